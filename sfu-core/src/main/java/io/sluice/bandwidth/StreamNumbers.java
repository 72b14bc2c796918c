package io.sluice.bandwidth;

import java.util.Arrays;

/**
 * Which number among all packets to one viewer those have had that are known by their stream and its own
 * sequence number: a ring for each stream, of the last ones.
 *
 * <p>Owned by the viewer's loop.
 */
final class StreamNumbers {
    static final long NONE = -1;

    /** Far more than anybody watches at once; with more, those that began first are not reported on. */
    static final int STREAMS_MAX = 512;

    static final int CAPACITY_MIN = 64;

    /** As many as are kept of all streams together are never of one that is not alone. */
    static final int CAPACITY_MAX = SentPackets.CAPACITY_MAX;

    private static final int SEQUENCE_BITS = 16;
    private static final int SEQUENCE_MASK = 0xffff;

    private int[] ssrcs = new int[4];

    /** The number, and in the lowest 16 bits the stream's own. */
    private long[][] rings = new long[4][];

    private int count;

    /** Of those that are there, the next to make room. */
    private int evicted;

    /** Where the last search ended: packets of a stream come in runs. */
    private int last;

    /**
     * A packet leaves.
     *
     * @param sequence of the stream's own numbers, 16 bits
     * @param number among all packets
     * @param oldest the first number that reports may still be of use for
     */
    void add(int ssrc, int sequence, long number, long oldest) {
        int at = at(ssrc);
        if (at < 0) {
            at = open(ssrc);
        }
        long[] ring = rings[at];
        long there = ring[sequence & (ring.length - 1)];
        while (there != NONE && (there >>> SEQUENCE_BITS) >= oldest && ring.length < CAPACITY_MAX) {
            ring = grown(ring);
            rings[at] = ring;
            there = ring[sequence & (ring.length - 1)];
        }
        ring[sequence & (ring.length - 1)] = (number << SEQUENCE_BITS) | sequence;
    }

    private int open(int ssrc) {
        if (count == STREAMS_MAX) {
            last = evicted;
            evicted = (evicted + 1) % STREAMS_MAX;
            Arrays.fill(rings[last], NONE);
        } else {
            if (count == ssrcs.length) {
                ssrcs = Arrays.copyOf(ssrcs, 2 * count);
                rings = Arrays.copyOf(rings, 2 * count);
            }
            last = count++;
            rings[last] = ring(CAPACITY_MIN);
        }
        ssrcs[last] = ssrc;
        return last;
    }

    private static long[] ring(int capacity) {
        long[] ring = new long[capacity];
        Arrays.fill(ring, NONE);
        return ring;
    }

    private static long[] grown(long[] ring) {
        long[] grown = ring(2 * ring.length);
        for (long entry : ring) {
            if (entry != NONE) {
                grown[(int) entry & (grown.length - 1)] = entry;
            }
        }
        return grown;
    }

    /** The number among all packets, or {@link #NONE} if it is not kept. */
    long find(int ssrc, int sequence) {
        int at = at(ssrc);
        if (at < 0) {
            return NONE;
        }
        long entry = rings[at][sequence & (rings[at].length - 1)];
        return entry != NONE && (entry & SEQUENCE_MASK) == sequence
                ? entry >>> SEQUENCE_BITS
                : NONE;
    }

    private int at(int ssrc) {
        if (last < count && ssrcs[last] == ssrc) {
            return last;
        }
        for (int i = 0; i < count; i++) {
            if (ssrcs[i] == ssrc) {
                last = i;
                return i;
            }
        }
        return -1;
    }
}
