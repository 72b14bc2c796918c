package io.sluice.bandwidth;

/**
 * What was sent to one viewer lately, and what became of it: a ring by transport-wide numbers.
 *
 * <p>Grows with the rate, so that a viewer of audio costs little. Owned by the viewer's loop.
 */
final class SentPackets {
    /** A report that comes later tells nothing any more; packets are kept for so long if there is room. */
    static final long KEPT_NANOS = 2_000_000_000L;

    static final int CAPACITY_MIN = 256;

    /** Two seconds of 80 Mbit/s; half of what 16 bits tell apart. */
    static final int CAPACITY_MAX = 1 << 14;

    /** On its way, or its report was lost. */
    static final int SENT = 0;

    static final int RECEIVED = 1;
    static final int LOST = 2;

    /** Reports went on without it. */
    static final int SKIPPED = 3;

    private static final int NANOS_PER_MICRO = 1_000;
    private static final long MICROS_MASK = 0xffff_ffffL;
    private static final int SIZE_MASK = 0xffff;
    private static final int STATE_SHIFT = 16;
    private static final int STATE_MASK = 3;
    private static final int PROBE_SHIFT = 18;

    /** Ids of probes beyond this wrap. */
    static final int PROBE_MAX = 0x3fff;

    /**
     * Of each the microsecond that it was sent in, in the upper half; size, state and probe in the lower one. In one
     * word, for with hundreds of viewers each word is a line of the cache that has to be fetched.
     */
    private long[] packets = new long[CAPACITY_MIN];

    /** When the last was sent: the half of the others that is kept is complemented by it. */
    private long newestMicros;

    private long oldest;
    private long highest = -1;
    private long inFlightBytes;

    /** Forgets all. */
    void clear() {
        highest = -1;
        oldest = 0;
        inFlightBytes = 0;
    }

    void add(long sequence, int sizeBytes, int probe, long nowNanos) {
        if (sequence != highest + 1) {
            clear();
            oldest = sequence;
        }
        if (sequence - oldest == packets.length) {
            if (packets.length < CAPACITY_MAX && nowNanos - sentNanos(oldest) < KEPT_NANOS) {
                grow();
            } else {
                leaveFlight(oldest);
                oldest++;
            }
        }
        highest = sequence;
        int size = Math.min(sizeBytes, SIZE_MASK);
        newestMicros = Math.floorDiv(nowNanos, NANOS_PER_MICRO);
        packets[slot(sequence)] =
                newestMicros << Integer.SIZE | (long) (probe & PROBE_MAX) << PROBE_SHIFT | size;
        inFlightBytes += size;
    }

    private void grow() {
        long[] grown = new long[2 * packets.length];
        for (long sequence = oldest; sequence <= highest; sequence++) {
            grown[(int) (sequence & (grown.length - 1))] = packets[slot(sequence)];
        }
        packets = grown;
    }

    private int slot(long sequence) {
        return (int) (sequence & (packets.length - 1));
    }

    private void leaveFlight(long sequence) {
        if (state(sequence) == SENT) {
            inFlightBytes -= sizeBytes(sequence);
        }
    }

    /** Whether the packet is kept; the methods below are for those. */
    boolean has(long sequence) {
        return sequence >= oldest && sequence <= highest;
    }

    /** Says what became of it. */
    void become(long sequence, int state) {
        leaveFlight(sequence);
        int slot = slot(sequence);
        packets[slot] =
                (packets[slot] & ~((long) STATE_MASK << STATE_SHIFT))
                        | ((long) state << STATE_SHIFT);
    }

    /** When it was sent, to the microsecond. */
    long sentNanos(long sequence) {
        long age = newestMicros - (packets[slot(sequence)] >>> Integer.SIZE) & MICROS_MASK;
        return (newestMicros - age) * NANOS_PER_MICRO;
    }

    private int facts(long sequence) {
        return (int) packets[slot(sequence)];
    }

    int sizeBytes(long sequence) {
        return facts(sequence) & SIZE_MASK;
    }

    int state(long sequence) {
        return facts(sequence) >>> STATE_SHIFT & STATE_MASK;
    }

    int probe(long sequence) {
        return facts(sequence) >>> PROBE_SHIFT;
    }

    /** The number that these 16 bits mean: the one nearest to the highest. */
    long nearest(int sequence) {
        return highest + (short) (sequence - (int) highest);
    }

    long oldest() {
        return oldest;
    }

    /** The last that was sent, or -1. */
    long highest() {
        return highest;
    }

    /** Bytes that nothing was heard of yet. */
    long inFlightBytes() {
        return inFlightBytes;
    }
}
