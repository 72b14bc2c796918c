package io.sluice.rtp;

import java.util.Arrays;

/**
 * What a congestion control feedback message says of packets (RFC 8888), stream by stream, in the order of their
 * numbers. Those of a message are only read.
 *
 * <p>Arrays of primitives: one message reports hundreds of packets, many times a second.
 */
public final class PacketReports {
    /** After this much, the times of arrival begin anew: 32 bits of 1/65536 s. */
    public static final long ARRIVALS_WRAP_NANOS = 65_536_000_000_000L;

    private static final long NOT_RECEIVED = -1;
    private static final int NANOS_SHIFT = 16;
    private static final long SECOND_NANOS = 1_000_000_000;

    private int[] ssrcs;
    private int[] sequences;

    /** In 1/65536 s. */
    private long[] arrivals;

    private int size;

    PacketReports(int expected) {
        ssrcs = new int[expected];
        sequences = new int[expected];
        arrivals = new long[expected];
    }

    void clear() {
        size = 0;
    }

    PacketReports copy() {
        PacketReports copy = new PacketReports(0);
        copy.ssrcs = Arrays.copyOf(ssrcs, size);
        copy.sequences = Arrays.copyOf(sequences, size);
        copy.arrivals = Arrays.copyOf(arrivals, size);
        copy.size = size;
        return copy;
    }

    void addLost(int ssrc, int sequence) {
        add(ssrc, sequence, NOT_RECEIVED);
    }

    /** With the time of arrival in 1/65536 s. */
    void add(int ssrc, int sequence, long arrival) {
        if (size == sequences.length) {
            int capacity = 2 * size + 16;
            ssrcs = Arrays.copyOf(ssrcs, capacity);
            sequences = Arrays.copyOf(sequences, capacity);
            arrivals = Arrays.copyOf(arrivals, capacity);
        }
        ssrcs[size] = ssrc;
        sequences[size] = sequence & 0xffff;
        arrivals[size] = arrival;
        size++;
    }

    /** How many packets are reported on, received or not. */
    public int size() {
        return size;
    }

    public int ssrc(int index) {
        return ssrcs[index];
    }

    /** The RTP sequence number, 0 to 65535. */
    public int sequence(int index) {
        return sequences[index];
    }

    public boolean isReceived(int index) {
        return arrivals[index] != NOT_RECEIVED;
    }

    /**
     * When a packet that was received arrived, by the receiver's clock, counted from some moment of its choice.
     * Wraps after {@link #ARRIVALS_WRAP_NANOS}.
     */
    public long arrivalNanos(int index) {
        return (arrivals[index] * SECOND_NANOS) >>> NANOS_SHIFT;
    }
}
