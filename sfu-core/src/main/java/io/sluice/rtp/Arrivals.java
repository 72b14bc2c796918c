package io.sluice.rtp;

import java.util.Arrays;

/**
 * The packets that a transport-wide feedback message reports as received, in the order of their
 * numbers. Those of a message are only read.
 *
 * <p>Arrays of primitives: one message reports hundreds of packets, many times a second.
 */
public final class Arrivals {
    /** The resolution of arrival times. */
    public static final long TICK_NANOS = 250_000;

    /** After this many of the 24-bit reference times of 64 ms, arrival times begin anew. */
    public static final long WRAP_NANOS = (1L << 24) * 64_000_000;

    private int[] sequences;
    private long[] ticks;
    private int size;

    Arrivals(int expected) {
        sequences = new int[expected];
        ticks = new long[expected];
    }

    void clear() {
        size = 0;
    }

    Arrivals copy() {
        Arrivals copy = new Arrivals(size);
        System.arraycopy(sequences, 0, copy.sequences, 0, size);
        System.arraycopy(ticks, 0, copy.ticks, 0, size);
        copy.size = size;
        return copy;
    }

    void add(int sequence, long arrivalTicks) {
        if (size == sequences.length) {
            sequences = Arrays.copyOf(sequences, 2 * size + 16);
            ticks = Arrays.copyOf(ticks, 2 * size + 16);
        }
        sequences[size] = sequence & 0xffff;
        ticks[size] = arrivalTicks;
        size++;
    }

    /** How many packets were received. */
    public int size() {
        return size;
    }

    /** The transport-wide sequence number of the packet at {@code index}, 0 to 65535. */
    public int sequence(int index) {
        return sequences[index];
    }

    /**
     * When it arrived, by the receiver's clock, counted from some moment of its choice. Wraps after
     * {@link #WRAP_NANOS}, about 12 days.
     */
    public long arrivalNanos(int index) {
        return ticks[index] * TICK_NANOS;
    }
}
