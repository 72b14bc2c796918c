package io.sluice.forward;

import io.sluice.bandwidth.Prominence;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.TrackSequence;
import org.jspecify.annotations.Nullable;

/**
 * What the viewers of one track on one loop hear of it besides packets. Encodings are named by their
 * index.
 *
 * <p>Written by the publisher's loop, but {@link #prominence} by the room's, and read by that of the
 * viewers: each field is replaced as a whole, and none needs to change together with another.
 */
public final class TrackNews {
    private volatile ExtensionMap extensions;
    private volatile TrackLayers layers = TrackLayers.UNKNOWN;
    private volatile Prominence prominence = Prominence.OTHER;

    /** Mask of the encodings of which no keyframe comes for the asking. */
    private volatile int unansweredEncodings;

    /** By encoding. */
    private volatile @Nullable SenderClock[] senderClocks =
            new SenderClock[TrackSequence.ENCODINGS_MAX];

    TrackNews(ExtensionMap extensions) {
        this.extensions = extensions;
    }

    /** The publisher's header extension ids from now on. */
    public void extensions(ExtensionMap changed) {
        extensions = changed;
    }

    ExtensionMap extensions() {
        return extensions;
    }

    /** What the publisher sends from now on. */
    public void layers(TrackLayers sent) {
        layers = sent;
    }

    TrackLayers layers() {
        return layers;
    }

    /** How much the track matters among those of a viewer from now on. */
    public void prominence(Prominence changed) {
        prominence = changed;
    }

    Prominence prominence() {
        return prominence;
    }

    /** Whether the publisher sends no keyframe of an encoding when it is asked. */
    public void keyframesUnanswered(int encoding, boolean unanswered) {
        int before = unansweredEncodings;
        int now = unanswered ? before | 1 << encoding : before & ~(1 << encoding);
        if (now != before) {
            unansweredEncodings = now;
        }
    }

    boolean keyframesUnanswered(int encoding) {
        return (unansweredEncodings >>> encoding & 1) != 0;
    }

    /** The publisher's clock of an encoding, from its last sender report. */
    public void senderClock(int encoding, SenderClock clock) {
        @Nullable SenderClock[] clocks = senderClocks.clone();
        clocks[encoding] = clock;
        senderClocks = clocks;
    }

    @Nullable SenderClock senderClock(int encoding) {
        return senderClocks[encoding];
    }
}
