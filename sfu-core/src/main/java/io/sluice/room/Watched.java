package io.sluice.room;

import io.sluice.forward.Fanout;
import io.sluice.forward.LayerTarget;
import io.sluice.forward.ViewerWish;
import io.sluice.loop.Loop;
import io.sluice.transport.SendSection;
import java.util.function.UnaryOperator;

/**
 * A track that a participant watches, with what feeds it on the participant's loop and what is wished of
 * it: by the viewer, and by the room, whose word bounds the viewer's.
 *
 * <p>Owned by the room's home loop.
 */
final class Watched {
    /** Most clients say what they wish as soon as they know how large they show a track. */
    static final long UNSAID_NANOS = 1_000_000_000;

    private final PublishedTrack published;
    private final Loop viewerLoop;
    private final Fanout fanout;
    private SendSection section;
    private ViewerWish ofViewer = ViewerWish.EVERYTHING;
    private ViewerWish ofRoom = ViewerWish.EVERYTHING;
    private ViewerWish wish = ViewerWish.EVERYTHING;
    private long bornNanos;
    private boolean said;
    private boolean allowed = true;

    /** The highest encoding that the network to the viewer carries, as it was said last. */
    private int allocated = LayerTarget.ANY_ENCODING;

    Watched(
            PublishedTrack published,
            Loop viewerLoop,
            Fanout fanout,
            SendSection section,
            long nowNanos) {
        this.published = published;
        this.viewerLoop = viewerLoop;
        this.fanout = fanout;
        this.section = section;
        bornNanos = nowNanos;
    }

    PublishedTrack published() {
        return published;
    }

    Loop viewerLoop() {
        return viewerLoop;
    }

    Fanout fanout() {
        return fanout;
    }

    boolean isOf(String trackId) {
        return published.info().trackId().equals(trackId);
    }

    /** The viewer's numbers for this track. */
    SendSection section() {
        return section;
    }

    void section(SendSection changed) {
        section = changed;
    }

    /** What counts. */
    ViewerWish wish() {
        return wish;
    }

    int allocated() {
        return allocated;
    }

    /** Sets which encoding the network carries; returns whether the track is paused or resumed by it. */
    boolean allocated(int encoding) {
        boolean before = isPaused();
        allocated = encoding;
        return isPaused() != before;
    }

    /** Whether the network carries nothing of the track. */
    boolean isPaused() {
        return allocated == LayerTarget.NO_ENCODING;
    }

    /** Whether it is too early to take the viewer's silence for a wish. */
    boolean isUnsaid(long nowNanos) {
        return !said && nowNanos - bornNanos < UNSAID_NANOS;
    }

    /** Changes the wish of one; returns what that one wishes now. */
    ViewerWish change(Origin origin, UnaryOperator<ViewerWish> change) {
        ViewerWish changed =
                switch (origin) {
                    case PARTICIPANT -> ofViewer = change.apply(ofViewer);
                    case ROOM -> ofRoom = change.apply(ofRoom);
                };
        said = true;
        count();
        return changed;
    }

    /** Lets the viewer watch, or not any more. */
    void allow(boolean watching) {
        allowed = watching;
        count();
    }

    boolean isAllowed() {
        return allowed;
    }

    private void count() {
        ViewerWish counts = bounded(ofViewer, ofRoom);
        wish =
                allowed
                        ? counts
                        : new ViewerWish(
                                true,
                                counts.maxHeight(),
                                counts.maxFramesPerSecond(),
                                counts.priority());
    }

    /** A viewer's wish, as far as the room allows it. */
    static ViewerWish bounded(ViewerWish ofViewer, ViewerWish ofRoom) {
        return new ViewerWish(
                ofViewer.paused() || ofRoom.paused(),
                Math.min(ofViewer.maxHeight(), ofRoom.maxHeight()),
                Math.min(ofViewer.maxFramesPerSecond(), ofRoom.maxFramesPerSecond()),
                ofRoom.priority() == 0 ? ofViewer.priority() : ofRoom.priority());
    }

    /** Goes on with the wishes of the same viewer for the same track. */
    void inherit(Watched before) {
        ofViewer = before.ofViewer;
        ofRoom = before.ofRoom;
        wish = before.wish;
        allowed = before.allowed;
        said = before.said;
        bornNanos = before.bornNanos;
    }
}
