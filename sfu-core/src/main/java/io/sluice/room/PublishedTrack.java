package io.sluice.room;

import io.sluice.codec.MediaKind;
import io.sluice.forward.Fanout;
import io.sluice.forward.TrackLayers;
import io.sluice.forward.ViewerWish;
import io.sluice.loop.Loop;
import io.sluice.receive.Track;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A track of a room, and on which loops it is watched.
 *
 * <p>Owned by the room's home loop. The track itself belongs to its publisher's loop, each fan-out to
 * the loop of its viewers; they are reached by tasks only.
 */
final class PublishedTrack {
    /** A repair is quicker, and a keyframe ends those that are under way. */
    private static final int UNSIZED_REVIEWS = 5;

    private final Track track;
    private final Loop publisherLoop;
    private final Map<Loop, Watch> watches = new HashMap<>();
    private final Set<Watched> viewers = new HashSet<>();
    private TrackInfo info;

    /** Null for audio, which has one encoding that is always sent. */
    private @Nullable EncodingDemand demand;

    /** By all viewers, when they were last looked at: a mask of encodings. */
    private int needed;

    private TrackLayers reviewedLayers = TrackLayers.UNKNOWN;
    private boolean viewersChanged;

    /** Encodings of which a keyframe was asked for to see their size: a mask. */
    private int askedSizes;

    private int unsizedReviews;

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

    /** Takes up a description: the rids of its encodings, none where there is one without a name. */
    void describe(List<String> rids, long nowNanos) {
        boolean known = demand != null && demand.isOf(rids);
        if (info.kind() == MediaKind.VIDEO && !known) {
            demand = new EncodingDemand(rids, nowNanos);
            viewersChanged = true;
        }
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

    /** One more viewer on a loop, with what feeds it there. */
    Watched watch(Loop viewerLoop) {
        Watched watched = new Watched(this, viewerLoop, feed(viewerLoop));
        viewers.add(watched);
        return watched;
    }

    private Fanout feed(Loop viewerLoop) {
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
    void unwatch(Watched watched) {
        viewers.remove(watched);
        viewersChanged = true;
        Loop viewerLoop = watched.viewerLoop();
        Watch watch = watches.get(viewerLoop);
        if (watch != null && --watch.viewers == 0) {
            watches.remove(viewerLoop);
            end(viewerLoop, watch.fanout);
        }
    }

    /** Takes one viewer's new wish; returns the mask of encodings that are needed for it and were not. */
    int raise(ViewerWish wish, long nowNanos) {
        if (demand == null) {
            return 0;
        }
        viewersChanged = true;
        return demand.raise(demand.needed(wish, track.layers()), nowNanos);
    }

    /** Looks at what all viewers need; returns whether {@link #activeEncodings} has changed. */
    boolean review(long nowNanos) {
        if (demand == null) {
            return false;
        }
        TrackLayers layers = track.layers();
        if (viewersChanged || layers != reviewedLayers) {
            viewersChanged = false;
            reviewedLayers = layers;
            needed = 0;
            for (Watched viewer : viewers) {
                needed |= demand.needed(viewer.wish(), layers);
            }
        }
        return demand.review(needed, nowNanos);
    }

    /**
     * Encodings that come while nobody knows how large they are, so that no wish can be met with them: a
     * mask. The first keyframe may have been lost, and not been repaired for a while. Each is named once.
     */
    int pollUnsized() {
        if (demand == null) {
            return 0;
        }
        int unsized = demand.unsized(track.layers()) & ~askedSizes;
        unsizedReviews = unsized == 0 ? 0 : unsizedReviews + 1;
        if (unsizedReviews < UNSIZED_REVIEWS) {
            return 0;
        }
        askedSizes |= unsized;
        return unsized;
    }

    /** Whether each encoding is needed, by its rid or index. */
    Map<String, Boolean> activeEncodings() {
        return demand == null ? Map.of() : demand.active();
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
