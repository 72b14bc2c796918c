package io.sluice.forward;

import java.util.Arrays;

/**
 * What one viewer was sent lately: which packet of the track stood under which number.
 *
 * <p>Owned by the viewer's loop. The bytes are in {@link PacketHistory}, once for all viewers. An entry
 * lies in one piece: a packet to a hundred viewers writes a hundred of them, and each line of memory that
 * it touches counts.
 */
final class SendHistory {
    static final int NONE = -1;

    /** An entry's numbers: the viewer's, the track's, timestamp over transport-wide, last resend. */
    private static final int ENTRY_LONGS = 4;

    private static final int TRACK_SEQUENCE = 1;
    private static final int NUMBERS = 2;
    private static final int RESENT_NANOS = 3;

    /** Instead of the track's number: nothing but padding was sent. */
    static final long PADDING = -2;

    /** Instead of what was said of the departure: the packet has not left yet. */
    static final int WAITING = -2;

    private static final long[] NOTHING_REWRITTEN = {};

    private final int capacity;
    private final long[] entries;

    /** What was changed in packets, as {@link Rewrite}; made when there is such a packet. */
    private long[] rewrites = NOTHING_REWRITTEN;

    private long newest = NONE;

    /** As many packets as are kept of the track: a power of two. */
    SendHistory(int capacity) {
        this.capacity = capacity;
        entries = new long[capacity * ENTRY_LONGS];
        clear();
    }

    /** Forgets everything: what was sent cannot be sent again. */
    void clear() {
        Arrays.fill(entries, NONE);
        newest = NONE;
    }

    /**
     * Remembers a packet that was sent.
     *
     * @param trackSequence of the packet, or {@link #PADDING}
     * @param rewrite what was changed in it
     */
    void keep(long sequence, long trackSequence, int timestamp, int departure, long rewrite) {
        if (sequence <= newest - capacity) {
            return;
        }
        int entry = entry(sequence);
        entries[entry] = sequence;
        entries[entry + TRACK_SEQUENCE] = trackSequence;
        entries[entry + NUMBERS] = ((long) timestamp << 32) | (departure & 0xffff_ffffL);
        entries[entry + RESENT_NANOS] = Long.MIN_VALUE;
        if (sequence > newest) {
            newest = sequence;
        }
        if (rewrites.length != 0) {
            rewrites[entry / ENTRY_LONGS] = rewrite;
        } else if (rewrite != Rewrite.NOTHING) {
            rewrites = new long[capacity];
            rewrites[entry / ENTRY_LONGS] = rewrite;
        }
    }

    private int entry(long sequence) {
        return ((int) sequence & (capacity - 1)) * ENTRY_LONGS;
    }

    /** Whether a packet with this number was sent lately. */
    boolean has(long sequence) {
        return entries[entry(sequence)] == sequence;
    }

    /** Where the packet stands that a NACK names by its 16 bits, or {@link #NONE}. */
    int find(int sequence16) {
        if (newest < 0) {
            return NONE;
        }
        // The nearest number at or below the newest with these 16 bits.
        long sequence = newest - ((newest - sequence16) & 0xffff);
        int entry = entry(sequence);
        return sequence >= 0 && entries[entry] == sequence ? entry : NONE;
    }

    /** What was changed in a packet. */
    long rewrite(int entry) {
        return rewrites.length == 0 ? Rewrite.NOTHING : rewrites[entry / ENTRY_LONGS];
    }

    long trackSequence(int entry) {
        return entries[entry + TRACK_SEQUENCE];
    }

    long sequence(int entry) {
        return entries[entry];
    }

    int timestamp(int entry) {
        return (int) (entries[entry + NUMBERS] >>> 32);
    }

    int departure(int entry) {
        return (int) entries[entry + NUMBERS];
    }

    /** Whether a packet waits for its turn and was never sent. */
    boolean isWaiting(int entry) {
        return departure(entry) == WAITING;
    }

    /** A packet that waited was sent. */
    void departed(int entry, int departure) {
        long numbers = entries[entry + NUMBERS];
        entries[entry + NUMBERS] = (numbers & ~0xffff_ffffL) | (departure & 0xffff_ffffL);
    }

    /** A packet that waited will not be sent: its number stays a hole. */
    void forget(long sequence) {
        if (has(sequence)) {
            entries[entry(sequence)] = NONE;
        }
    }

    /** Whether a packet may be sent again now: not twice within {@code intervalNanos}. */
    boolean mayResend(int entry, long nowNanos, long intervalNanos) {
        return !wasResent(entry) || nowNanos - entries[entry + RESENT_NANOS] >= intervalNanos;
    }

    /** Whether a packet was sent again before. */
    boolean wasResent(int entry) {
        return entries[entry + RESENT_NANOS] != Long.MIN_VALUE;
    }

    /** A packet was sent again. */
    void resent(int entry, long nowNanos) {
        entries[entry + RESENT_NANOS] = nowNanos;
    }
}
