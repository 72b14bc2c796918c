package io.sluice.bandwidth;

/**
 * How much leaves, smoothed, and whether it is so much less than could that it is the tracks that set the bound
 * and not the path.
 *
 * <p>Owned by the viewer's loop.
 */
final class SentRate {
    private static final long STEP_NANOS = 50_000_000;
    private static final double SMOOTHING_NANOS = 500e6;
    private static final double LIMITED_BELOW = 0.65;
    private static final double UNUSED_BELOW = 0.85;
    private static final double NOT_LIMITED_ABOVE = 0.8;
    private static final double BITS_NANOS = 8e9;

    private long bytes;
    private long stepNanos;
    private double bitsPerSecond;
    private boolean limited;
    private boolean unused;

    SentRate(long nowNanos) {
        stepNanos = nowNanos;
    }

    void onSent(int sizeBytes) {
        bytes += sizeBytes;
    }

    /** Measures now and then against what could leave. */
    void onTick(long target, long nowNanos) {
        long passed = nowNanos - stepNanos;
        if (passed < STEP_NANOS) {
            return;
        }
        double rate = bytes * BITS_NANOS / passed;
        bitsPerSecond += (rate - bitsPerSecond) * Math.min(1, passed / SMOOTHING_NANOS);
        bytes = 0;
        stepNanos = nowNanos;
        unused = bitsPerSecond < UNUSED_BELOW * target;
        limited = bitsPerSecond < (limited ? NOT_LIMITED_ABOVE : LIMITED_BELOW) * target;
    }

    double bitsPerSecond() {
        return bitsPerSecond;
    }

    /** Whether less leaves than could, be it by little. */
    boolean unused() {
        return unused;
    }

    boolean limited() {
        return limited;
    }
}
