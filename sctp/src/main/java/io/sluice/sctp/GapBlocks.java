package io.sluice.sctp;

/**
 * The gap blocks of SACKs: whether they make sense, and how many chunks they may have us walk over.
 *
 * <p>Owned by the loop of its association.
 */
final class GapBlocks {
    /**
     * Chunks walked over at one time. A datagram may carry twenty packets with a SACK each, and each may
     * name the whole window; a few are enough, as what one says the next one says again.
     */
    static final int MAX_STEPS = 4 * SentWindow.MAX_CHUNKS;

    private long atNanos = Long.MIN_VALUE;
    private int steps;

    /** Blocks must ascend: overlapping ones could cost as much time as their sender likes. */
    static boolean fit(byte[] bytes, int at, int blocks, long tsn, long next) {
        int before = 0;
        for (int i = 0; i < blocks; i++) {
            int first = Wire.u16(bytes, at + i * Inbound.GAP_BYTES);
            int last = Wire.u16(bytes, at + i * Inbound.GAP_BYTES + 2);
            if (first <= before || last < first || tsn + last >= next) {
                return false;
            }
            before = last;
        }
        return true;
    }

    /** Whether there is time to look at them. All packets of a datagram have one time. */
    boolean affordable(byte[] bytes, int at, int blocks, long nowNanos) {
        if (blocks == 0) {
            return true;
        }
        if (nowNanos != atNanos) {
            atNanos = nowNanos;
            steps = 0;
        }
        int last = Wire.u16(bytes, at + (blocks - 1) * Inbound.GAP_BYTES + 2);
        if (steps > 0 && steps + last > MAX_STEPS) {
            return false;
        }
        steps += last;
        return true;
    }
}
