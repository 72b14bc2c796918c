package io.sluice.srtp;

/**
 * The 48-bit packet index of one SSRC: the roll-over counter and the sequence number (RFC 3711
 * 3.3.1).
 *
 * <p>Owned by whoever sends the SSRC.
 */
final class PacketIndex {

    private static final int HALF = 1 << 15;

    private long highest = -1;

    /** -1 before the first. */
    long highest() {
        return highest;
    }

    /** Begins again behind {@code highestIndex}; -1 before the first. */
    void restart(long highestIndex) {
        highest = highestIndex;
    }

    /** The index meant by a sequence number; negative if it lies before the first roll-over counter. */
    long of(int sequence) {
        return of(sequence, highest);
    }

    /** The same by the highest index so far. */
    static long of(int sequence, long highest) {
        if (highest < 0) {
            return sequence;
        }
        long rollOver = highest >>> 16;
        int last = (int) highest & 0xFFFF;
        if (last < HALF) {
            if (sequence - last > HALF) {
                rollOver--;
            }
        } else if (last - HALF > sequence) {
            rollOver++;
        }
        return (rollOver << 16) + sequence;
    }

    /** This index has been sent. */
    void advance(long index) {
        highest = Math.max(highest, index);
    }
}
