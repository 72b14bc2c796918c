package io.sluice.bandwidth;

import java.util.Arrays;

/**
 * Shares out among the pictures that one viewer asks for what the network carries to it: every picture at
 * its lowest rung before any gets its next; then the first ones first, and equals in turn. What was granted
 * stays as long as it fits; more is granted when there is some to spare, and has been for a while. If less
 * than half of it fits, all go to their smallest size for a moment, with all the frames of it that fit.
 *
 * <p>Owned by the viewer's loop; sans-IO. Nothing is allocated for a decision.
 */
public final class BandwidthAllocator {
    /** As bits a second: no picture is bounded. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** A tenth is left free by what is granted anew: rates are measured, and move. */
    private static final int SPARE_SHARE = 10;

    /** A fourth more is wanted than the pictures cost: what is free, and some for what estimates differ by. */
    private static final int DEMAND_SHARE = 4;

    /** What is granted may be a seventh too much for a moment: a keyframe is no change of rate. */
    private static final int TOLERATED_SHARE = 7;

    private static final long TOLERATED_NANOS = 500_000_000;

    /**
     * What is granted so many times over did not fail for what it was: the path became another one, and is not
     * known yet. A small keyframe gets through and shows what does; one of what may just fit would stand.
     */
    private static final int ANOTHER_PATH = 2;

    /** More than any network carries: sums of shares do not overflow. */
    private static final long BUDGET_MAX_BPS = 1_000_000_000_000L;

    private Picture[] pictures = new Picture[2];
    private int count;
    private boolean limited;
    private long ceilingBps = UNLIMITED;
    private boolean over;
    private long overNanos;
    private boolean farOver;
    private boolean anotherPath;

    public void add(Picture picture) {
        if (count == pictures.length) {
            pictures = Arrays.copyOf(pictures, 2 * count);
        }
        pictures[count++] = picture;
        picture.ceiling(ceilingBps);
        if (limited) {
            picture.limit();
        }
    }

    public void remove(Picture picture) {
        for (int i = 0; i < count; i++) {
            if (pictures[i] == picture) {
                System.arraycopy(pictures, i + 1, pictures, i, count - i - 1);
                count--;
                return;
            }
        }
    }

    /**
     * What a picture may cost at most from the next {@link #allocate} on, whatever the network carries; the lowest
     * rung of each stays.
     *
     * @param bps or {@link #UNLIMITED}
     */
    public void ceiling(long bps) {
        ceilingBps = bps;
        for (int i = 0; i < count; i++) {
            pictures[i].ceiling(bps);
        }
    }

    /** How many rungs the ceiling takes away, of all pictures. */
    public int shedRungs() {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += pictures[i].shedRungs();
        }
        return sum;
    }

    /** What all pictures would cost more below a higher ceiling, in bits a second. */
    public long moreBelow(long higherBps) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += pictures[i].moreBelow(higherBps);
        }
        return sum;
    }

    /** What one picture costs at most of what a ceiling could take away, in bits a second; 0 for nothing. */
    public long sheddableBps() {
        long highest = 0;
        for (int i = 0; i < count; i++) {
            highest = Math.max(highest, pictures[i].sheddableBps());
        }
        return highest;
    }

    /** What all pictures cost at their best, in bits a second. */
    public long demandBps() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += pictures[i].demandBps();
        }
        return sum + sum / DEMAND_SHARE;
    }

    /** With so much no picture is paused, and none gets worse, in bits a second. */
    public long leastBps() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += pictures[i].leastBps();
        }
        // What is granted anew leaves its share free.
        return sum + sum / (SPARE_SHARE - 1) + SPARE_SHARE;
    }

    /** What is granted costs so much now, in bits a second. */
    public long grantedBps() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += pictures[i].grantedBps();
        }
        return sum;
    }

    /**
     * Shares out.
     *
     * @param allBps for all pictures together, or {@link #UNLIMITED}
     */
    public void allocate(long allBps, long nowNanos) {
        limited = allBps != UNLIMITED || ceilingBps != UNLIMITED;
        if (!limited) {
            over = false;
            for (int i = 0; i < count; i++) {
                pictures[i].release();
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            pictures[i].limit();
        }
        sort();
        long budgetBps = Math.clamp(allBps, 0, BUDGET_MAX_BPS);
        boolean tolerant = tolerates(budgetBps, nowNanos);
        long keptBps = tolerant ? tolerated(budgetBps) : budgetBps;
        begin(false);
        share(keptBps, budgetBps);
        boolean held = false;
        for (int i = 0; i < count; i++) {
            held |= pictures[i].hold(!tolerant, nowNanos);
        }
        if (held) {
            // What must wait leaves to the others what it will get.
            begin(true);
            share(keptBps, budgetBps);
        }
        for (int i = 0; i < count; i++) {
            pictures[i].take(farOver, anotherPath, nowNanos);
        }
    }

    /** Those that are served first in front; equals as they came. There are few, and mostly in order. */
    private void sort() {
        for (int i = 1; i < count; i++) {
            Picture picture = pictures[i];
            int at = i;
            while (at > 0 && picture.isBefore(pictures[at - 1])) {
                pictures[at] = pictures[at - 1];
                at--;
            }
            pictures[at] = picture;
        }
    }

    private static long tolerated(long budgetBps) {
        return budgetBps + budgetBps / TOLERATED_SHARE;
    }

    /** Whether too much is granted, but not for long, nor by much. */
    private boolean tolerates(long budgetBps, long nowNanos) {
        long sum = grantedBps();
        boolean before = over;
        over = sum > budgetBps;
        farOver = sum > tolerated(budgetBps);
        anotherPath = sum > ANOTHER_PATH * budgetBps;
        if (over && !before) {
            overNanos = nowNanos;
        }
        return over && !farOver && nowNanos - overNanos < TOLERATED_NANOS;
    }

    private void begin(boolean held) {
        for (int i = 0; i < count; i++) {
            pictures[i].begin(held);
        }
    }

    private void share(long keptBps, long budgetBps) {
        long moreBps = budgetBps - budgetBps / SPARE_SHARE;
        long usedBps = 0;
        for (int i = 0; i < count; i++) {
            // With one picture at all there is nothing that its share could hurt.
            long freeBps = usedBps == 0 ? budgetBps : moreBps;
            usedBps += step(pictures[i], usedBps, keptBps, freeBps);
        }
        if (anotherPath) {
            for (int i = 0; i < count; i++) {
                pictures[i].staySmall();
            }
        }
        int first = 0;
        while (first < count) {
            int end = first + 1;
            while (end < count && pictures[end].isBesides(pictures[first])) {
                end++;
            }
            usedBps = raise(first, end, usedBps, keptBps, moreBps);
            first = end;
        }
    }

    /** Raises equals in turn, as far as it goes. */
    private long raise(int first, int end, long beforeBps, long keptBps, long moreBps) {
        long usedBps = beforeBps;
        boolean raised;
        do {
            raised = false;
            for (int i = first; i < end; i++) {
                Picture picture = pictures[i];
                if (!picture.isNothing() && picture.hasNext()) {
                    usedBps += step(picture, usedBps, keptBps, moreBps);
                    raised |= picture.hasNext();
                }
            }
        } while (raised);
        return usedBps;
    }

    /** Raises a picture by a rung if that fits; returns what that costs. */
    private static long step(Picture picture, long usedBps, long keptBps, long moreBps) {
        if (!picture.hasNext()) {
            return 0;
        }
        long stepBps = picture.stepBps();
        if (usedBps + stepBps > (picture.nextIsMore() ? moreBps : keptBps)) {
            picture.stop();
            return 0;
        }
        picture.step();
        return stepBps;
    }
}
