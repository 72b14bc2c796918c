package io.sluice.sctp;

import org.jspecify.annotations.Nullable;

/**
 * The DATA chunks from the first that is not acknowledged to the last that has a TSN.
 *
 * <p>Owned by the loop of its association.
 */
final class SentWindow {
    /**
     * With messages of a few bytes the congestion window alone would allow millions, and a SACK may walk
     * over all of them; 4 MB in full packets.
     */
    static final int MAX_CHUNKS = 4_000;

    private static final int MIN_SLOTS = 16;

    private @Nullable SentChunk[] slots = new SentChunk[MIN_SLOTS];
    private long acknowledged;
    private long next;
    private long flightBytes;
    private int lost;

    /** No chunk before this one is lost. */
    private long lostFrom;

    SentWindow(int initialTsn) {
        // Far from zero, so that no number before the first is negative.
        next = (1L << 32) + Integer.toUnsignedLong(initialTsn);
        acknowledged = next - 1;
        lostFrom = next;
    }

    /** The last TSN up to which the other side has all. */
    long acknowledged() {
        return acknowledged;
    }

    /** The TSN of the next chunk. */
    long next() {
        return next;
    }

    long flightBytes() {
        return flightBytes;
    }

    boolean hasLost() {
        return lost > 0;
    }

    boolean isEmpty() {
        return acknowledged + 1 == next;
    }

    boolean isFull() {
        return next - acknowledged > MAX_CHUNKS;
    }

    /** Null outside of the window. */
    @Nullable SentChunk find(long tsn) {
        return tsn > acknowledged && tsn < next ? slots[index(tsn)] : null;
    }

    /** The chunk of a TSN within the window. */
    SentChunk at(long tsn) {
        SentChunk chunk = find(tsn);
        if (chunk == null) {
            throw new IllegalStateException("no chunk " + tsn);
        }
        return chunk;
    }

    void add(SentChunk chunk) {
        if (next - acknowledged > slots.length) {
            grow();
        }
        slots[index(next)] = chunk;
        next++;
        count(chunk, chunk.state, 1);
    }

    /** Forgets the first chunk, which is acknowledged. */
    void removeFirst() {
        acknowledged++;
        slots[index(acknowledged)] = null;
    }

    /** Gives a chunk another state; a new one among the lost is looked for from its TSN on. */
    void turn(SentChunk chunk, long tsn, SentChunk.State state) {
        count(chunk, chunk.state, -1);
        chunk.state = state;
        count(chunk, state, 1);
        if (state == SentChunk.State.LOST) {
            lostFrom = Math.min(lostFrom, tsn);
        }
    }

    private void count(SentChunk chunk, SentChunk.State state, int sign) {
        switch (state) {
            case IN_FLIGHT -> flightBytes += (long) sign * chunk.chunkBytes();
            case LOST -> lost += sign;
            case RECEIVED, ABANDONED -> {
                // Neither on the way nor to be sent.
            }
        }
    }

    /** The first chunk that is to be sent again; there is one. */
    long firstLost() {
        lostFrom = Math.max(lostFrom, acknowledged + 1);
        while (at(lostFrom).state != SentChunk.State.LOST) {
            lostFrom++;
        }
        return lostFrom;
    }

    private void grow() {
        @Nullable SentChunk[] larger = new SentChunk[2 * slots.length];
        for (long tsn = acknowledged + 1; tsn < next; tsn++) {
            larger[(int) tsn & larger.length - 1] = slots[index(tsn)];
        }
        slots = larger;
    }

    private int index(long tsn) {
        return (int) tsn & slots.length - 1;
    }
}
