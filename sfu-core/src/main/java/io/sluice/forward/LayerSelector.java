package io.sluice.forward;

import io.sluice.codec.MediaKind;
import io.sluice.codec.PayloadInfo;

/**
 * Decides which packets of a track one viewer gets. There is one encoding: the decision is where to begin.
 *
 * <p>Owned by the viewer's loop. Video begins, and begins anew, with a keyframe; audio anywhere.
 */
final class LayerSelector {

    /** What to do with a packet. */
    enum Choice {
        DROP,
        /** Forward it as the continuation of what was forwarded before. */
        FORWARD,
        /** Forward it as the first of a new run of the same source: numbers go on, time is its own. */
        RESUME,
        /** Forward it as the first of a new run of another source: its clock means nothing here. */
        BEGIN
    }

    private final boolean needsKeyframe;
    private boolean begun;
    private boolean running;
    private int ssrc;

    LayerSelector(MediaKind kind) {
        needsKeyframe = kind == MediaKind.VIDEO;
    }

    Choice select(int packetSsrc, PayloadInfo info) {
        boolean sameSource = begun && packetSsrc == ssrc;
        if (running && sameSource) {
            return Choice.FORWARD;
        }
        if (needsKeyframe && !info.keyframe()) {
            return Choice.DROP;
        }
        begun = true;
        running = true;
        ssrc = packetSsrc;
        return sameSource ? Choice.RESUME : Choice.BEGIN;
    }

    /** Whether the source of this SSRC is what is forwarded now. */
    boolean follows(int sourceSsrc) {
        return begun && sourceSsrc == ssrc;
    }

    /** Packets were lost on our side: what follows is of no use before the next keyframe. */
    void interrupt() {
        running = false;
    }
}
