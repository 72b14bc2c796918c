package io.sluice.sctp;

import org.jspecify.annotations.Nullable;

/**
 * What has come: the TSN up to which there is no gap, and the chunks after it or not delivered yet.
 *
 * <p>Owned by the loop of its association.
 */
final class ReceivedWindow {
    /** Chunks after the first gap: 1 MB of pieces is a thousand, of small messages as many as this. */
    static final int MAX_AHEAD = 8_192;

    private static final int MIN_SLOTS = 16;

    /** The pieces of one message before the gap, in addition. */
    private static final int MAX_SLOTS = 2 * MAX_AHEAD;

    private @Nullable Fragment[] slots = new Fragment[MIN_SLOTS];
    private long cumulative;
    private long highest;

    /** The first chunk whose payload is held; after {@code cumulative} if none is held before. */
    private long held;

    ReceivedWindow(int initialTsn) {
        cumulative = (1L << 32) + Integer.toUnsignedLong(initialTsn) - 1;
        highest = cumulative;
        held = cumulative + 1;
    }

    long cumulative() {
        return cumulative;
    }

    long highest() {
        return highest;
    }

    boolean hasGap() {
        return highest > cumulative;
    }

    boolean has(long tsn) {
        return tsn <= cumulative || (slots[index(tsn)] != null && tsn <= highest);
    }

    /** The chunk whose payload is held; null if it has not come, or is gone. */
    @Nullable Fragment find(long tsn) {
        if (tsn < held || tsn > highest) {
            return null;
        }
        Fragment fragment = slots[index(tsn)];
        return fragment == Fragment.GONE ? null : fragment;
    }

    Fragment at(long tsn) {
        Fragment fragment = find(tsn);
        if (fragment == null) {
            throw new IllegalStateException("no chunk " + tsn);
        }
        return fragment;
    }

    /** Whether there can be a place for a TSN. */
    boolean reaches(long tsn) {
        return tsn <= cumulative + MAX_AHEAD && tsn - held < MAX_SLOTS;
    }

    /** Puts a chunk in its place, which is empty and within reach. */
    void put(long tsn, Fragment fragment) {
        while (tsn - held >= slots.length) {
            grow();
        }
        slots[index(tsn)] = fragment;
        highest = Math.max(highest, tsn);
    }

    /** The payload of a chunk that has come is not held any more. */
    void release(long tsn) {
        slots[index(tsn)] = tsn <= cumulative ? null : Fragment.GONE;
    }

    /** Goes on to the first gap. */
    void advance() {
        boolean moved = false;
        while (cumulative < highest && slots[index(cumulative + 1)] != null) {
            cumulative++;
            moved = true;
            if (slots[index(cumulative)] == Fragment.GONE) {
                slots[index(cumulative)] = null;
            }
        }
        if (moved) {
            Fragment last = slots[index(cumulative)];
            // Before the gap at most one message is not whole: the one that ends there.
            held = last == null ? cumulative + 1 : last.runFirst;
        } else if (find(held) == null) {
            held = cumulative + 1;
        }
    }

    /** Notes a chunk that needs no place, if it is the next one and nothing is held. */
    boolean passNext(long tsn) {
        if (tsn != cumulative + 1 || highest != cumulative || held != tsn) {
            return false;
        }
        cumulative = tsn;
        highest = tsn;
        held = tsn + 1;
        return true;
    }

    /** Passes over all up to a TSN, come or not; what is held of it must have been released. */
    void passTo(long tsn) {
        for (long t = held; t <= Math.min(tsn, highest); t++) {
            slots[index(t)] = null;
        }
        cumulative = tsn;
        highest = Math.max(highest, tsn);
        held = tsn + 1;
    }

    /** The first chunk that is held. */
    long held() {
        return held;
    }

    private void grow() {
        @Nullable Fragment[] larger = new Fragment[2 * slots.length];
        for (long tsn = held; tsn <= highest; tsn++) {
            larger[(int) tsn & larger.length - 1] = slots[index(tsn)];
        }
        slots = larger;
    }

    private int index(long tsn) {
        return (int) tsn & slots.length - 1;
    }
}
