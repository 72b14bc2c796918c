package io.sluice.forward;

import io.sluice.codec.PayloadInfo;

/**
 * The numbers of frames that one viewer is told in dependency descriptors: one row over all runs, whichever encodings
 * they are of, and which decode targets it gets.
 *
 * <p>Owned by the viewer's loop.
 */
final class FrameNumbers {
    /** From a frame's number at the publisher to the viewer's. */
    private long shift;

    private long highest;

    /** Whether a run with dependency descriptors has begun. */
    private boolean begun;

    /** Whether the viewer was told of fewer decode targets than are sent. */
    private boolean announces;

    /** Goes on where another stream has ended; before anything of this one is sent. */
    void takeOver(FrameNumbers before) {
        highest = before.highest;
        begun = before.begun;
    }

    /**
     * Begins a run of another source.
     *
     * @param info of a packet of its first frame
     */
    void begin(PayloadInfo info) {
        announces = false;
        if (info.structure() != null) {
            shift = begun ? highest + 1 - info.frameNumber() : 0;
            highest = info.frameNumber() + shift;
            begun = true;
        }
    }

    /** Takes a packet of the run that is sent; what changes in its descriptor, as {@link Rewrite}. */
    long rewrite(PayloadInfo info, LayerSelector selector) {
        if (info.structure() == null || !begun) {
            return Rewrite.NOTHING;
        }
        long frame = info.frameNumber() + shift;
        highest = Math.max(highest, frame);
        int targets = selector.targets(info);
        announces |= targets != info.activeTargets() && Rewrite.canAnnounce(info.structure());
        int announced = announces && info.frameStart() ? targets : 0;
        return shift != 0 || announced != 0
                ? Rewrite.frame((int) frame, announced)
                : Rewrite.NOTHING;
    }
}
