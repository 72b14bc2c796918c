package io.sluice.forward;

import java.util.Arrays;

/**
 * Gives numbers without holes to what is forwarded of a numbered stream: what is skipped leaves none, and
 * what has not come keeps its place. That may be late, so it is remembered for a while what was skipped.
 *
 * <p>Owned by the viewer's loop. All numbers are unwrapped.
 */
final class Renumbering {
    /** There is no number: of what is skipped, from before the run, or too late to be known. */
    static final long NONE = -1;

    /** How far back it is known what was skipped: more than comes within a second. */
    static final int WINDOW = 2_048;

    private static final int WORD_MASK = Long.SIZE - 1;

    /** One for all: an empty array of its own would be one more line of memory for each packet. */
    private static final long[] NOTHING_SKIPPED = {};

    /** By number, a bit for what was skipped; made with the first. */
    private long[] skipped = NOTHING_SKIPPED;

    private long start;
    private long newest;

    /** From a number above {@link #newest} to its own. */
    private long shift;

    /** Begins a run: the first number and all after it follow on {@code next}. */
    void begin(long first, long next) {
        start = first;
        newest = first - 1;
        shift = next - first;
        Arrays.fill(skipped, 0);
    }

    /** The highest number of this run that was forwarded or skipped. */
    long newest() {
        return newest;
    }

    /** The new number of what is above the newest, if all between is forwarded. */
    long ahead(long at) {
        return at + shift;
    }

    /** The new number of what is forwarded, or {@link #NONE}. */
    long number(long at) {
        if (at > newest) {
            advance(at);
            return at + shift;
        }
        return at < start || isSkipped(at) ? NONE : at + shift + skippedAfter(at);
    }

    /**
     * Skips one.
     *
     * @param gapToo whether what is missing just before it would be skipped as well
     * @param highestSent the highest new number that was used
     * @return the number that was kept for it and now stays empty, or {@link #NONE}
     */
    long skip(long at, boolean gapToo, long highestSent) {
        if (at > newest) {
            long from = gapToo ? Math.max(newest + 1, at - WINDOW + 1) : at;
            advance(at);
            for (long each = from; each <= at; each++) {
                mark(each);
            }
            return NONE;
        }
        // Nobody asks any more for what is a window back.
        if (at < start || isBehindWindow(at) || isSkipped(at)) {
            return NONE;
        }
        long number = at + shift + skippedAfter(at);
        if (number > highestSent) {
            mark(at);
            return NONE;
        }
        return number;
    }

    private void mark(long at) {
        if (skipped.length == 0) {
            skipped = new long[WINDOW / Long.SIZE];
        }
        skipped[word(at)] |= 1L << (at & WORD_MASK);
        shift--;
    }

    private static int word(long at) {
        return (int) (at / Long.SIZE) & (WINDOW / Long.SIZE - 1);
    }

    /** What is too far back counts as skipped: its number is not known any more. */
    private boolean isSkipped(long at) {
        if (skipped.length == 0) {
            return false;
        }
        return isBehindWindow(at) || (skipped[word(at)] >>> (at & WORD_MASK) & 1) != 0;
    }

    private boolean isBehindWindow(long at) {
        return newest - at >= WINDOW - Long.SIZE;
    }

    private int skippedAfter(long at) {
        if (skipped.length == 0 || at == newest) {
            return 0;
        }
        long first = at + 1;
        int count = 0;
        for (long each = first & -Long.SIZE; each <= newest; each += Long.SIZE) {
            long bits = skipped[word(each)];
            if (each < first) {
                bits &= -1L << (first & WORD_MASK);
            }
            count += Long.bitCount(bits);
        }
        return count;
    }

    /** Words that are entered are of a window ago. */
    private void advance(long at) {
        if (skipped.length != 0) {
            long entered = (newest | WORD_MASK) + 1;
            long last = Math.min(at, entered + WINDOW - 1);
            for (long each = entered; each <= last; each += Long.SIZE) {
                skipped[word(each)] = 0;
            }
        }
        newest = at;
    }
}
