package io.sluice.bandwidth;

/**
 * What may be shared out: the estimate. That less is sent for a moment, for a queue to empty or to see what
 * it is that loses packets, is the pacer's business; if it takes longer, it is everybody's.
 *
 * <p>Owned by the viewer's loop; sans-IO.
 */
public final class SteadyRate {
    /** Longer than a look at the path takes, shorter than video can wait in the pacer with no harm. */
    static final long PATIENCE_NANOS = 600_000_000;

    /** Of the estimate: less is no small matter. */
    private static final double NEAR_SHARE = 0.8;

    private boolean less;
    private long lessNanos;

    /**
     * What may be shared out now, in bits a second.
     *
     * @param estimateBps what the path carries
     * @param targetBps what should be sent at the moment
     */
    public long next(long estimateBps, long targetBps, long nowNanos) {
        boolean before = less;
        less = targetBps < NEAR_SHARE * estimateBps;
        if (less && !before) {
            lessNanos = nowNanos;
        }
        return less && nowNanos - lessNanos >= PATIENCE_NANOS ? targetBps : estimateBps;
    }
}
