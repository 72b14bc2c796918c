package io.sluice.server;

import io.sluice.loop.LayerCeiling;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How far one loop leaves out the highest layers of all that it sends, since it has more to do than it can: a step
 * down at a time, as large as the excess; and up again as soon as what would be sent then fits.
 *
 * <p>Owned by the thread that looks at the load; sans-IO. Time is counted in looks, one a second.
 */
final class LayerShedding {
    /** So long after a step its effect is not seen yet: an encoding is left with a keyframe of the next. */
    private static final int SETTLING_LOOKS = 2;

    /** So long a step up must seem to fit. */
    private static final int CALM_LOOKS = 2;

    /** The same once steps up have failed. */
    private static final int CALM_MAX_LOOKS = 64;

    /** What had to be taken back so soon should not have been given. */
    private static final int FAILED_LOOKS = 10;

    /** A tenth below what sheds is where steps aim at: what is at the brink needs no crowd to fall. */
    private static final double AIM_SHARE = 0.9;

    /** Smaller steps would end in between two layers and do nothing. */
    private static final double STEP_MIN = 0.75;

    private static final double STEP_MAX = 0.25;

    /** From more than is sent to less than anybody sends. */
    private static final int STEPS_MAX = 32;

    /**
     * What was seen in the last second.
     *
     * @param stress of the loop; a second of garbage collection is no crowd, and a second of silence no end of it
     * @param carriedBps all that the loop received and sent
     * @param noted what its viewers have
     */
    record Look(double stress, double carriedBps, LayerCeiling.Noted noted) {
        /** The stress if so much more is sent. */
        private double expected(double from, long moreBps) {
            return from * (1 + moreBps / Math.max(1, carriedBps));
        }
    }

    /** The ceilings to go back to, the next one first. */
    private final Deque<Long> above = new ArrayDeque<>();

    private long ceilingBps = LayerCeiling.NONE;
    private double previous;
    private int settling;
    private int calm;
    private int calmNeeded = CALM_LOOKS;
    private int sinceRise = FAILED_LOOKS;

    /** What a picture may cost. */
    long ceilingBps() {
        return ceilingBps;
    }

    /** What it might next if there were less to do. */
    long stepUpBps() {
        return above.isEmpty() ? LayerCeiling.NONE : above.getFirst();
    }

    /**
     * Looks once more.
     *
     * @param shedStress above which to shed
     */
    void look(Look seen, double shedStress) {
        double least = Math.min(seen.stress, previous);
        double most = Math.max(seen.stress, previous);
        previous = seen.stress;
        sinceRise++;
        if (sinceRise == FAILED_LOOKS) {
            calmNeeded = Math.max(CALM_LOOKS, calmNeeded / 2);
        }
        double aim = shedStress * AIM_SHARE;
        if (settling > 0) {
            settling--;
        } else if (least > shedStress) {
            calm = 0;
            if (seen.noted.sheddableBps() > 0 && above.size() < STEPS_MAX) {
                down(seen.noted.sheddableBps(), aim / least);
            }
        } else if (!above.isEmpty()) {
            boolean all = seen.expected(most, seen.noted.allBps()) <= aim;
            boolean step = seen.expected(most, seen.noted.stepBps()) <= aim;
            // Where half would do, it is a crowd that has left, and no guess.
            boolean sure = seen.expected(most, seen.noted.allBps()) <= aim / 2;
            calm = step ? calm + 1 : 0;
            if (calm >= (sure ? CALM_LOOKS : calmNeeded)) {
                up(all);
            }
        }
    }

    private void down(long sheddableBps, double share) {
        if (sinceRise < FAILED_LOOKS) {
            calmNeeded = Math.min(2 * calmNeeded, CALM_MAX_LOOKS);
        }
        above.push(ceilingBps);
        ceilingBps = (long) (sheddableBps * Math.clamp(share, STEP_MAX, STEP_MIN));
        settling = SETTLING_LOOKS;
    }

    private void up(boolean all) {
        if (all) {
            ceilingBps = LayerCeiling.NONE;
            above.clear();
        } else {
            ceilingBps = above.pop();
        }
        calm = 0;
        sinceRise = 0;
        settling = SETTLING_LOOKS;
    }
}
