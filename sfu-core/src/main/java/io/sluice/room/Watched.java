package io.sluice.room;

import io.sluice.forward.Fanout;
import io.sluice.forward.ViewerWish;
import io.sluice.loop.Loop;
import java.util.function.UnaryOperator;

/**
 * A track that a participant watches, with what feeds it on the participant's loop and what is wished of
 * it: by the viewer, and by the room, whose word bounds the viewer's.
 *
 * <p>Owned by the room's home loop.
 */
final class Watched {
    private final PublishedTrack published;
    private final Loop viewerLoop;
    private final Fanout fanout;
    private ViewerWish ofViewer = ViewerWish.EVERYTHING;
    private ViewerWish ofRoom = ViewerWish.EVERYTHING;
    private ViewerWish wish = ViewerWish.EVERYTHING;

    Watched(PublishedTrack published, Loop viewerLoop, Fanout fanout) {
        this.published = published;
        this.viewerLoop = viewerLoop;
        this.fanout = fanout;
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

    /** What counts. */
    ViewerWish wish() {
        return wish;
    }

    /** Changes the wish of one; returns what that one wishes now. */
    ViewerWish change(Origin origin, UnaryOperator<ViewerWish> change) {
        ViewerWish changed =
                switch (origin) {
                    case PARTICIPANT -> ofViewer = change.apply(ofViewer);
                    case ROOM -> ofRoom = change.apply(ofRoom);
                };
        wish = bounded(ofViewer, ofRoom);
        return changed;
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
    }
}
