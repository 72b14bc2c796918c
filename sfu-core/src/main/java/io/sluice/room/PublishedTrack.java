package io.sluice.room;

import io.sluice.forward.Fanout;
import io.sluice.loop.Loop;
import io.sluice.receive.Track;
import java.util.HashMap;
import java.util.Map;

/**
 * A track of a room, and on which loops it is watched.
 *
 * <p>Owned by the room's home loop. The track itself belongs to its publisher's loop, each fan-out to
 * the loop of its viewers; they are reached by tasks only.
 */
final class PublishedTrack {
    private final Track track;
    private final Loop publisherLoop;
    private final Map<Loop, Watch> watches = new HashMap<>();
    private TrackInfo info;

    private static final class Watch {
        private final Fanout fanout;
        private int viewers;

        private Watch(Fanout fanout) {
            this.fanout = fanout;
        }
    }

    PublishedTrack(TrackInfo info, Track track, Loop publisherLoop) {
        this.info = info;
        this.track = track;
        this.publisherLoop = publisherLoop;
    }

    TrackInfo info() {
        return info;
    }

    void muting(Muting changed) {
        info = info.with(changed);
    }

    Loop publisherLoop() {
        return publisherLoop;
    }

    Track track() {
        return track;
    }

    /** One more viewer on a loop: what feeds it there. */
    Fanout watch(Loop viewerLoop) {
        if (viewerLoop == publisherLoop) {
            return track.fanout();
        }
        Watch watch = watches.computeIfAbsent(viewerLoop, this::spill);
        watch.viewers++;
        return watch.fanout;
    }

    private Watch spill(Loop viewerLoop) {
        Fanout fanout =
                new Fanout(
                        viewerLoop.kept(),
                        info.format().codec(),
                        track.extensions(),
                        viewerLoop.drops(),
                        viewerLoop.departures());
        publisherLoop.execute(() -> track.fanOutTo(publisherLoop.handoffTo(viewerLoop), fanout));
        return new Watch(fanout);
    }

    /** One viewer less on a loop; the last one ends the hand-off to it. */
    void unwatch(Loop viewerLoop) {
        Watch watch = watches.get(viewerLoop);
        if (watch != null && --watch.viewers == 0) {
            watches.remove(viewerLoop);
            end(viewerLoop, watch.fanout);
        }
    }

    /** Ends the hand-off to every loop. The publisher's transport closes the track itself. */
    void unpublish() {
        watches.forEach((loop, watch) -> end(loop, watch.fanout));
        watches.clear();
    }

    private void end(Loop viewerLoop, Fanout fanout) {
        publisherLoop.execute(() -> track.endFanOutTo(fanout));
        viewerLoop.execute(fanout::close);
    }
}
