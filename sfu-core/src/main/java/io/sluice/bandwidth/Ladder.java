package io.sluice.bandwidth;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The ways to have one picture that are worth having, the least first: each is better than the one
 * before it and costs no less. Immutable.
 */
public final class Ladder {
    /** A larger picture that stutters is no gain, unless it is of something that stands still. */
    private static final int FLUENT_FRAMES_PER_SECOND = 12;

    private final List<Rung> rungs;
    private final boolean complete;

    private Ladder(List<Rung> rungs, boolean complete) {
        this.rungs = rungs;
        this.complete = complete;
    }

    /**
     * A ladder of what the viewer may have.
     *
     * @param allowed in order, the best last; at least one
     * @param still whether size counts for more than movement
     * @param complete whether nothing better is left out for not being known
     */
    public static Ladder of(List<Rung> allowed, boolean still, boolean complete) {
        if (allowed.isEmpty()) {
            throw new IllegalArgumentException("a picture that cannot be had has no ladder");
        }
        List<Rung> fluent = still ? allowed : fluent(allowed);
        return new Ladder(List.copyOf(rising(worthIt(fluent))), complete);
    }

    private static List<Rung> fluent(List<Rung> all) {
        List<Rung> fluent = new ArrayList<>();
        int lowest = all.getFirst().height();
        for (Rung rung : all) {
            boolean stutters =
                    rung.height() > lowest
                            && rung.framesPerSecond() > 0
                            && rung.framesPerSecond() < FLUENT_FRAMES_PER_SECOND;
            if (!stutters || !hasMoreFrames(all, rung)) {
                fluent.add(rung);
            }
        }
        return fluent;
    }

    private static boolean hasMoreFrames(List<Rung> all, Rung than) {
        for (Rung rung : all) {
            if (rung.encoding() == than.encoding()
                    && rung.height() == than.height()
                    && rung.framesPerSecond() > than.framesPerSecond()) {
                return true;
            }
        }
        return false;
    }

    /** Without what costs no less than something better that comes. */
    private static List<Rung> worthIt(List<Rung> all) {
        List<Rung> worthIt = new ArrayList<>();
        long cheapestBps = Long.MAX_VALUE;
        for (Rung rung : all.reversed()) {
            if (rung.bitrateBps() < cheapestBps) {
                worthIt.add(rung);
                // What an encoding cost that does not come now says little of what it will cost.
                cheapestBps = rung.active() ? rung.bitrateBps() : cheapestBps;
            }
        }
        Collections.reverse(worthIt);
        return worthIt;
    }

    private static List<Rung> rising(List<Rung> all) {
        List<Rung> rising = new ArrayList<>();
        long priceBps = 0;
        for (Rung rung : all) {
            priceBps = Math.max(priceBps, rung.bitrateBps());
            rising.add(
                    new Rung(
                            rung.encoding(),
                            rung.spatial(),
                            rung.temporal(),
                            rung.height(),
                            rung.framesPerSecond(),
                            priceBps,
                            rung.active()));
        }
        return rising;
    }

    Rung rung(int index) {
        return rungs.get(index);
    }

    int top() {
        return rungs.size() - 1;
    }

    /** The best rung of the lowest one's size: with all its frames. The lowest where sizes are not known. */
    int smallest() {
        Rung lowest = rungs.getFirst();
        int smallest = 0;
        while (smallest < top() && rungs.get(smallest + 1).isSizeOf(lowest)) {
            smallest++;
        }
        return smallest;
    }

    /** Whether nothing better is left out for not being known. */
    boolean isComplete() {
        return complete;
    }

    /** The rung that is nearest to one of another ladder, and not above it; the lowest if all are. */
    int nearest(Rung other) {
        int nearest = 0;
        for (int i = 0; i < rungs.size(); i++) {
            if (rungs.get(i).isSameLayer(other)) {
                return i;
            }
            if (rungs.get(i).isAtMost(other)) {
                nearest = i;
            }
        }
        return nearest;
    }

    /** What rungs up to this one cost together: 0 for none. */
    long priceBps(int index) {
        return index < 0 ? 0 : rungs.get(index).bitrateBps();
    }
}
