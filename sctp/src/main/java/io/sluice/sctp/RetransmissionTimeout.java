package io.sluice.sctp;

/**
 * How long to wait for an acknowledgment (RFC 9260 6.3).
 *
 * <p>Owned by the loop of its association.
 */
final class RetransmissionTimeout {
    static final long INITIAL_NANOS = 500_000_000L;

    /** The other side may hold an acknowledgment back for 200 ms. */
    static final long MIN_NANOS = 400_000_000L;

    /**
     * RFC 9260 says a minute: then a path that comes back would go unnoticed for as long. A path that
     * does not come back is ICE's to find out.
     */
    static final long MAX_NANOS = 4_000_000_000L;

    private static final long MIN_VARIANCE_NANOS = 220_000_000L;

    private long smoothedNanos;
    private long variationNanos;
    private long timeoutNanos = INITIAL_NANOS;
    private int backOffs;

    /** RFC 9260 6.3.1; never of a chunk that was sent more than once. */
    void onMeasured(long roundTripNanos) {
        long measured = Math.max(1, roundTripNanos);
        if (smoothedNanos == 0) {
            smoothedNanos = measured;
            variationNanos = measured / 2;
        } else {
            variationNanos += (Math.abs(smoothedNanos - measured) - variationNanos) / 4;
            smoothedNanos += (measured - smoothedNanos) / 8;
        }
        long wait = smoothedNanos + Math.max(4 * variationNanos, MIN_VARIANCE_NANOS);
        timeoutNanos = Math.clamp(wait, MIN_NANOS, MAX_NANOS);
    }

    /** Nothing came in time. */
    void backOff() {
        backOffs++;
    }

    /** Something was acknowledged. */
    void onProgress() {
        backOffs = 0;
    }

    long nanos() {
        // Four doublings take the least to the most.
        return Math.min(MAX_NANOS, timeoutNanos << Math.min(backOffs, 4));
    }

    /** 0 before the first measurement. */
    long smoothedNanos() {
        return smoothedNanos;
    }
}
