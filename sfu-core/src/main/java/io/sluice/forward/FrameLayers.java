package io.sluice.forward;

import io.sluice.codec.DependencyStructure;
import io.sluice.codec.PayloadInfo;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decides which frames of an encoding one viewer gets, by what dependency descriptors say: those of one
 * decode target, and only such whose references the viewer got.
 *
 * <p>All packets of a frame are decided alike, whenever they come. Owned by the viewer's loop.
 */
final class FrameLayers {
    /** Frames that are remembered; a power of two. References go back further in no stream of browsers. */
    private static final int FRAMES = 256;

    /** So far around a frame that comes late is looked for others of its time. */
    private static final int NEIGHBOURS = 32;

    /** After so many frames without a place to go up at, a keyframe has to be one. */
    private static final int PATIENCE_FRAMES = 60;

    private static final int UNKNOWN = -1;

    // A frame's entry: its number, then its decode target, then whether it was forwarded.
    private static final int TARGET_SHIFT = 1;
    private static final int NUMBER_SHIFT = 8;
    private static final int TARGET_MASK = 0x1f;

    private static final long[] NOTHING = {};

    /** Made with the first keyframe: audio has none, and most video says nothing of its frames. */
    private long[] frames = NOTHING;

    private @Nullable DependencyStructure structure;
    private long newest;
    private int newestTimestamp;

    private int spatialMax;
    private int temporalMax;

    /** The decode target that is forwarded. */
    private int target;

    /** The one that was forwarded when the frame at hand was decided. */
    private int decidedTarget;

    private int waitingFrames;
    private boolean keyframeNeeded;

    /** Sets where to get to. */
    void target(int spatial, int temporal) {
        spatialMax = spatial;
        temporalMax = temporal;
        waitingFrames = 0;
    }

    /** Begins with a keyframe. */
    void begin(PayloadInfo info, int timestamp) {
        if (frames == NOTHING) {
            frames = new long[FRAMES];
        }
        Arrays.fill(frames, UNKNOWN);
        structure = info.structure();
        newest = info.frameNumber() - 1;
        newestTimestamp = timestamp - 1;
        target = DependencyStructure.NO_TARGET;
    }

    /** Whether the viewer gets a packet of the run. */
    boolean takes(PayloadInfo info, int timestamp) {
        DependencyStructure described = info.structure();
        if (described == null) {
            return false;
        }
        long frame = info.frameNumber();
        long entry = frames[index(frame)];
        if (entry >>> NUMBER_SHIFT == frame) {
            decidedTarget = (int) (entry >>> TARGET_SHIFT) & TARGET_MASK;
            return (entry & 1) != 0;
        }
        if (frame > newest) {
            follow(described, info, timestamp);
            boolean forwarded = target != DependencyStructure.NO_TARGET && has(info, target);
            newest = frame;
            return decide(info, forwarded, target);
        }
        // What it is for was decided by the frames around it.
        int before = targetAround(frame, -1);
        int after = targetAround(frame, 1);
        boolean forwarded =
                described == structure && before >= 0 && has(info, before) && has(info, after);
        return newest - frame < FRAMES && decide(info, forwarded, Math.max(before, 0));
    }

    private boolean decide(PayloadInfo info, boolean forwarded, int byTarget) {
        decidedTarget = byTarget;
        boolean whole = forwarded && refersToForwarded(info, true);
        keyframeNeeded |= forwarded && !whole;
        long frame = info.frameNumber();
        int of = Math.max(byTarget, 0);
        frames[index(frame)] = frame << NUMBER_SHIFT | (long) of << TARGET_SHIFT | (whole ? 1 : 0);
        return whole;
    }

    private static boolean has(PayloadInfo info, int target) {
        return DependencyStructure.indication(info.indications(), target)
                != DependencyStructure.NOT_PRESENT;
    }

    /**
     * Whether the viewer gets all that a frame refers to.
     *
     * @param ifUnknown what to take of a frame that was lost before us: it may be repaired, but not be
     *     for the viewer
     */
    private boolean refersToForwarded(PayloadInfo info, boolean ifUnknown) {
        for (int i = 0; i < info.diffCount(); i++) {
            long frame = info.frameNumber() - info.diff(i);
            long entry = frames[index(frame)];
            boolean isKnown = entry >>> NUMBER_SHIFT == frame;
            boolean forwarded = isKnown ? (entry & 1) != 0 : ifUnknown;
            if (!forwarded) {
                return false;
            }
        }
        return true;
    }

    private int targetAround(long frame, int step) {
        for (int i = 1; i <= NEIGHBOURS; i++) {
            long other = frame + (long) i * step;
            long entry = frames[index(other)];
            if (entry >>> NUMBER_SHIFT == other) {
                return (int) (entry >>> TARGET_SHIFT) & TARGET_MASK;
            }
        }
        return step > 0 ? Math.max(target, 0) : UNKNOWN;
    }

    private static int index(long frame) {
        return (int) frame & (FRAMES - 1);
    }

    /** Goes to another decode target where this frame allows it. */
    private void follow(DependencyStructure described, PayloadInfo info, int timestamp) {
        boolean opensPicture = timestamp != newestTimestamp;
        newestTimestamp = timestamp;
        int wanted = described.target(spatialMax, temporalMax, info.activeTargets());
        if (described != structure || (info.independent() && info.spatialLayer() == 0)) {
            structure = described;
            target = wanted;
            waitingFrames = 0;
            return;
        }
        if (wanted == target || wanted == DependencyStructure.NO_TARGET) {
            waitingFrames = 0;
            return;
        }
        if (target == DependencyStructure.NO_TARGET) {
            keyframeNeeded = true;
            return;
        }
        target = nearest(described, info, wanted, opensPicture);
        boolean otherSpatial = described.spatialLayerOf(target) != described.spatialLayerOf(wanted);
        waitingFrames++;
        keyframeNeeded |= otherSpatial || waitingFrames > PATIENCE_FRAMES;
    }

    /**
     * The decode target nearest to what is wanted that can be gone to with this frame: part of what is
     * forwarded already, or switched to here. What is sent of a picture that has begun gets no less, and
     * no other spatial layer: its end is to be told, and once.
     */
    private int nearest(
            DependencyStructure described, PayloadInfo info, int wanted, boolean opensPicture) {
        int best = described.isHigher(target, wanted) ? UNKNOWN : target;
        boolean canSwitch = refersToForwarded(info, false);
        for (int candidate = 0; candidate < described.targets(); candidate++) {
            boolean sameSpatial =
                    described.spatialLayerOf(candidate) == described.spatialLayerOf(target);
            boolean switches =
                    canSwitch
                            && DependencyStructure.indication(info.indications(), candidate)
                                    == DependencyStructure.SWITCH;
            boolean reachable =
                    opensPicture
                            ? switches || described.isPart(candidate, target)
                            : switches && sameSpatial;
            if (reachable
                    && described.spatialLayerOf(candidate) <= described.spatialLayerOf(wanted)
                    && described.temporalLayerOf(candidate) <= described.temporalLayerOf(wanted)
                    && (info.activeTargets() >>> candidate & 1) != 0
                    && (best == UNKNOWN || described.isHigher(candidate, best))) {
                best = candidate;
            }
        }
        return best == UNKNOWN ? target : best;
    }

    /** Whether the packet that was taken last is the end of what the viewer gets of its picture. */
    boolean endsPicture(PayloadInfo info) {
        DependencyStructure current = structure;
        return info.frameEnd()
                && current != null
                && decidedTarget >= 0
                && decidedTarget < current.targets()
                && info.spatialLayer() == current.spatialLayerOf(decidedTarget);
    }

    /**
     * Mask of the decode targets that the viewer can decode of what it got when the frame that was taken
     * last was decided: those that are sent, and part of its own.
     */
    int targets(PayloadInfo info) {
        DependencyStructure described = info.structure();
        return described == null || decidedTarget < 0 || decidedTarget >= described.targets()
                ? info.activeTargets()
                : described.parts(decidedTarget) & info.activeTargets();
    }

    /** Whether only a keyframe leads further, since this was asked last. */
    boolean pollKeyframeNeeded() {
        boolean needed = keyframeNeeded;
        keyframeNeeded = false;
        return needed;
    }
}
