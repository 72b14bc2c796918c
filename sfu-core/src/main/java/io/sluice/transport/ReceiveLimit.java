package io.sluice.transport;

import io.sluice.bandwidth.RateBudget;

/**
 * How much one client may send us: what the application allows, and, where the client takes no feedback by
 * packets and so cannot estimate itself, what arrives without much loss.
 *
 * <p>Both are said to the client by REMB. The application's limit is enforced too: what of video goes beyond
 * it is dropped. Owned by the transport's loop.
 */
final class ReceiveLimit {
    /** Instead of bits per second: there is nothing to say. */
    static final long NONE = RateBudget.UNLIMITED;

    /** A client that keeps to its limit on average is left alone, keyframes and all. */
    private static final long BURST_NANOS = 1_000_000_000;

    /** An encoder that aims at a rate goes over it for some time: a quarter more is let through. */
    private static final long TOLERANCE_DIVISOR = 4;

    /** What most cameras send at most; a client that is told no limit finds its own by its own loss. */
    static final long START_BITS_PER_SECOND = 2_500_000;

    private static final long FLOOR_BITS_PER_SECOND = 100_000;
    private static final long CEILING_BITS_PER_SECOND = 100_000_000;

    /** Loss in hundredths between which the estimate stays, as in draft-ietf-rmcat-gcc-02 6. */
    private static final int LOSS_LOW_PERCENT = 2;

    private static final int LOSS_HIGH_PERCENT = 10;
    private static final double INCREASE = 1.08;

    /** An estimate says nothing of rates that were never sent. */
    private static final double ABOVE_RECEIVED = 1.5;

    /** Fewer packets say nothing of loss. */
    private static final int EXPECTED_MIN = 20;

    private static final double BITS_PER_BYTE = 8;
    private static final double NANOS_PER_SECOND = 1e9;

    private final RateBudget policing = new RateBudget(BURST_NANOS, 2 * BURST_NANOS);
    private long allowed = NONE;
    private boolean estimating;
    private long estimate = START_BITS_PER_SECOND;
    private long receivedBytes;
    private long expectedBefore;
    private long receivedBefore;
    private long measuredNanos;
    private boolean measured;

    /** Sets what the application allows, in bits per second, or {@link #NONE}. */
    void allow(long bitsPerSecond) {
        allowed = bitsPerSecond;
        policing.rate(
                bitsPerSecond == NONE ? NONE : bitsPerSecond + bitsPerSecond / TOLERANCE_DIVISOR);
    }

    /** Sets whether the client is to be told what arrives. */
    void estimating(boolean now) {
        estimating = now;
    }

    /**
     * Takes notice of a packet.
     *
     * @param droppable audio is never dropped, but counts
     * @return whether it may be forwarded
     */
    boolean admits(int lengthBytes, boolean droppable, long nowNanos) {
        receivedBytes += lengthBytes;
        if (allowed == NONE) {
            return true;
        }
        if (droppable && !policing.isOpen(nowNanos)) {
            return false;
        }
        policing.take(lengthBytes, nowNanos);
        return true;
    }

    /**
     * Measures since the last call, and says what the client is to be told.
     *
     * @param expected packets of all tracks so far
     * @param received of those
     * @return bits per second, or {@link #NONE}
     */
    long measure(long expected, long received, long nowNanos) {
        long expectedNow = expected - expectedBefore;
        long lost = expectedNow - (received - receivedBefore);
        double seconds = (nowNanos - measuredNanos) / NANOS_PER_SECOND;
        if (estimating && measured && seconds > 0 && expectedNow >= EXPECTED_MIN) {
            estimate(receivedBytes * BITS_PER_BYTE / seconds, Math.max(0, lost), expectedNow);
        }
        measured = true;
        measuredNanos = nowNanos;
        expectedBefore = expected;
        receivedBefore = received;
        receivedBytes = 0;
        return estimating ? Math.min(allowed, estimate) : allowed;
    }

    private void estimate(double receivedBitsPerSecond, long lost, long expected) {
        double next = estimate;
        if (lost * 100 > expected * LOSS_HIGH_PERCENT) {
            double share = (double) lost / expected;
            next = Math.min(next, receivedBitsPerSecond / (1 - share)) * (1 - share / 2);
        } else if (lost * 100 < expected * LOSS_LOW_PERCENT) {
            double reach = Math.max(estimate, ABOVE_RECEIVED * receivedBitsPerSecond);
            next = Math.min(next * INCREASE, reach);
        }
        estimate = Math.clamp((long) next, FLOOR_BITS_PER_SECOND, CEILING_BITS_PER_SECOND);
    }
}
