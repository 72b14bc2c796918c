package io.sluice.forward;

import java.util.Arrays;

/**
 * What one viewer was sent lately: which packet of the track stood under which number.
 *
 * <p>Owned by the viewer's loop. The bytes are in {@link PacketHistory}, once for all viewers.
 */
final class SendHistory {
    static final int NONE = -1;

    private final int capacity;
    private final long[] sequences;
    private final long[] trackSequences;
    private final int[] timestamps;
    private final int[] transportSequences;
    private final long[] resentNanos;
    private long newest = NONE;

    /** As many packets as are kept of the track: a power of two. */
    SendHistory(int capacity) {
        this.capacity = capacity;
        sequences = new long[capacity];
        trackSequences = new long[capacity];
        timestamps = new int[capacity];
        transportSequences = new int[capacity];
        resentNanos = new long[capacity];
        Arrays.fill(sequences, NONE);
    }

    /** Forgets everything: what was sent cannot be sent again. */
    void clear() {
        Arrays.fill(sequences, NONE);
        newest = NONE;
    }

    /** Remembers a packet that was sent. */
    void keep(long sequence, long trackSequence, int timestamp, int transportSequence) {
        if (sequence <= newest - capacity) {
            return;
        }
        int index = (int) sequence & (capacity - 1);
        sequences[index] = sequence;
        trackSequences[index] = trackSequence;
        timestamps[index] = timestamp;
        transportSequences[index] = transportSequence;
        resentNanos[index] = Long.MIN_VALUE;
        if (sequence > newest) {
            newest = sequence;
        }
    }

    /** Index of the packet that a NACK names by its 16 bits, or {@link #NONE}. */
    int find(int sequence16) {
        if (newest < 0) {
            return NONE;
        }
        // The nearest number at or below the newest with these 16 bits.
        long sequence = newest - ((newest - sequence16) & 0xffff);
        int index = (int) sequence & (capacity - 1);
        return sequence >= 0 && sequences[index] == sequence ? index : NONE;
    }

    long trackSequence(int index) {
        return trackSequences[index];
    }

    long sequence(int index) {
        return sequences[index];
    }

    int timestamp(int index) {
        return timestamps[index];
    }

    int transportSequence(int index) {
        return transportSequences[index];
    }

    /** Whether a packet may be sent again now: not twice within {@code intervalNanos}. */
    boolean mayResend(int index, long nowNanos, long intervalNanos) {
        long last = resentNanos[index];
        return last == Long.MIN_VALUE || nowNanos - last >= intervalNanos;
    }

    /** A packet was sent again. */
    void resent(int index, long nowNanos) {
        resentNanos[index] = nowNanos;
    }
}
