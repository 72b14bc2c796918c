package io.sluice.sctp;

/**
 * How many bytes may be on the way (RFC 9260 7.2): slow start, congestion avoidance, fast recovery.
 *
 * <p>Owned by the loop of its association.
 */
final class CongestionWindow {
    private static final int UNIT = PacketWriter.MAX_PACKET_BYTES;

    /** RFC 6928, as browsers do too. */
    static final int INITIAL_BYTES = 10 * UNIT;

    private static final int MIN_THRESHOLD_BYTES = 4 * UNIT;

    /** RFC 3465: two packets an acknowledgment, since the other side acknowledges every second one. */
    private static final int MAX_GROWTH_BYTES = 2 * UNIT;

    private static final long NOT_RECOVERING = Long.MIN_VALUE;

    private long windowBytes = INITIAL_BYTES;
    private long thresholdBytes = Long.MAX_VALUE;
    private long partialBytes;
    private long recoveryExit = NOT_RECOVERING;

    long bytes() {
        return windowBytes;
    }

    /**
     * The acknowledged point has moved.
     *
     * @param flightBytes what was on the way before
     */
    void onAcknowledged(long tsn, long acknowledgedBytes, long flightBytes) {
        if (recoveryExit != NOT_RECOVERING) {
            if (tsn >= recoveryExit) {
                recoveryExit = NOT_RECOVERING;
            }
            return;
        }
        // A window that is not used says nothing about the path.
        boolean used = flightBytes + UNIT > windowBytes;
        if (windowBytes <= thresholdBytes) {
            if (used) {
                windowBytes += Math.min(acknowledgedBytes, MAX_GROWTH_BYTES);
            }
            return;
        }
        partialBytes += acknowledgedBytes;
        if (partialBytes >= windowBytes && used) {
            partialBytes -= windowBytes;
            windowBytes += UNIT;
        }
        partialBytes = Math.min(partialBytes, windowBytes);
    }

    /**
     * Chunks are reported missing; once for all that were on the way then.
     *
     * @return whether this is news: the first packet sent again then asks no window
     */
    boolean onMissing(long lastSentTsn) {
        if (recoveryExit != NOT_RECOVERING) {
            return false;
        }
        recoveryExit = lastSentTsn;
        halve();
        windowBytes = thresholdBytes;
        return true;
    }

    /** Nothing was acknowledged for the whole timeout. */
    void onTimeout() {
        recoveryExit = NOT_RECOVERING;
        halve();
        windowBytes = UNIT;
    }

    /** RFC 9260 7.2.1: nothing was sent for a timeout, so the window is a memory of another time. */
    void onIdle() {
        windowBytes = Math.max(INITIAL_BYTES, windowBytes / 2);
        partialBytes = 0;
    }

    private void halve() {
        thresholdBytes = Math.max(windowBytes / 2, MIN_THRESHOLD_BYTES);
        partialBytes = 0;
    }
}
