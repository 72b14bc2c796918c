package io.sluice.bandwidth;

/**
 * Puts packets that left together into groups, and says by how much two groups moved apart on their way
 * (draft-ietf-rmcat-gcc-02 5.2).
 *
 * <p>Packets come in the order in which they were sent. Owned by the viewer's loop.
 */
final class ArrivalGroups {
    /** Packets sent within this are one group. */
    private static final long GROUP_NANOS = 5_000_000;

    /** Packets that arrive closer than this, and sooner than they left, waited somewhere together. */
    private static final long BURST_GAP_NANOS = 5_000_000;

    private static final long BURST_NANOS = 100_000_000;

    /** The receiver's clock jumped. */
    private static final long JUMP_NANOS = 3_000_000_000L;

    private static final int REORDERED_MAX = 3;

    private boolean started;
    private boolean hasPrevious;
    private long firstSentNanos;
    private long lastSentNanos;
    private long firstArrivalNanos;
    private long lastArrivalNanos;
    private long previousSentNanos;
    private long previousArrivalNanos;
    private int reordered;
    private long sentDeltaNanos;
    private long arrivalDeltaNanos;

    void reset() {
        started = false;
        hasPrevious = false;
        reordered = 0;
    }

    /** Takes a packet; true if it ends a group that can be compared with the one before. */
    boolean onPacket(long sentNanos, long arrivalNanos) {
        if (!started) {
            begin(sentNanos, arrivalNanos);
            started = true;
            return false;
        }
        if (sentNanos < firstSentNanos) {
            return false;
        }
        if (belongs(sentNanos, arrivalNanos)) {
            lastSentNanos = Math.max(lastSentNanos, sentNanos);
            lastArrivalNanos = Math.max(lastArrivalNanos, arrivalNanos);
            return false;
        }
        boolean comparable = hasPrevious && compare();
        if (!started) {
            // Compared with a jump of the clock: all begins again.
            begin(sentNanos, arrivalNanos);
            started = true;
            return false;
        }
        previousSentNanos = lastSentNanos;
        previousArrivalNanos = lastArrivalNanos;
        hasPrevious = true;
        begin(sentNanos, arrivalNanos);
        return comparable;
    }

    private void begin(long sentNanos, long arrivalNanos) {
        firstSentNanos = sentNanos;
        lastSentNanos = sentNanos;
        firstArrivalNanos = arrivalNanos;
        lastArrivalNanos = arrivalNanos;
    }

    private boolean belongs(long sentNanos, long arrivalNanos) {
        if (sentNanos - firstSentNanos <= GROUP_NANOS) {
            return true;
        }
        long arrivalGap = arrivalNanos - lastArrivalNanos;
        return arrivalGap - (sentNanos - lastSentNanos) < 0
                && arrivalGap <= BURST_GAP_NANOS
                && arrivalNanos - firstArrivalNanos < BURST_NANOS;
    }

    private boolean compare() {
        sentDeltaNanos = lastSentNanos - previousSentNanos;
        arrivalDeltaNanos = lastArrivalNanos - previousArrivalNanos;
        if (Math.abs(arrivalDeltaNanos - sentDeltaNanos) >= JUMP_NANOS) {
            reset();
            return false;
        }
        if (arrivalDeltaNanos < 0) {
            if (++reordered >= REORDERED_MAX) {
                reset();
            }
            return false;
        }
        reordered = 0;
        return true;
    }

    /** Between the last packets of the two groups, as they left. */
    long sentDeltaNanos() {
        return sentDeltaNanos;
    }

    /** The same as they arrived. */
    long arrivalDeltaNanos() {
        return arrivalDeltaNanos;
    }

    /** When the group that ended arrived. */
    long arrivalNanos() {
        return previousArrivalNanos;
    }
}
