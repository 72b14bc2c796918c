package io.sluice.bandwidth;

/**
 * With loss on a path without a queue, packets are held back for a moment, now and then: if the delay falls, a
 * queue stood, and it is the queue that loses.
 *
 * <p>Owned by the viewer's loop.
 */
final class Dip {
    /** Of the target, while it lasts. */
    static final double SHARE = 0.6;

    private static final double LOSS = 0.03;

    /** With less than this of the estimate, it is not us who fill a queue. */
    private static final double USED = 0.75;

    private static final long LENGTH_NANOS = 300_000_000;
    private static final long INTERVAL_NANOS = 10_000_000_000L;

    private boolean begun;
    private long begunNanos;

    void reset() {
        begun = false;
    }

    /** Whether packets are held back now. */
    boolean lasts(
            LossBasedRate lossBased,
            double sentBitsPerSecond,
            long estimate,
            long roundTripNanos,
            long nowNanos) {
        if (lossBased.isCalm()
                && lossBased.loss() > LOSS
                && sentBitsPerSecond > USED * estimate
                && (!begun || nowNanos - begunNanos > INTERVAL_NANOS)) {
            begun = true;
            begunNanos = nowNanos;
        }
        return begun && nowNanos - begunNanos < LENGTH_NANOS + roundTripNanos;
    }
}
