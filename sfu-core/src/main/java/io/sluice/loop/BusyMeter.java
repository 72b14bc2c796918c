package io.sluice.loop;

import java.util.concurrent.TimeUnit;

/**
 * How much of the last second a loop's thread was computing, and for what.
 *
 * <p>Owned by the loop; {@link #share} is for any thread.
 */
final class BusyMeter {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private long lastNanos;
    private long lastCpuNanos;
    private long lastDataNanos;
    private double mediaShare;
    private volatile double share;

    /** Whether a second is over; the thread's CPU time is dear to ask for. */
    boolean isDue(long nowNanos) {
        return nowNanos - lastNanos >= INTERVAL_NANOS;
    }

    /**
     * Ends a second.
     *
     * @param cpuNanos of the thread since it began
     * @param dataNanos of that time what it spent on records of data
     */
    void measure(long nowNanos, long cpuNanos, long dataNanos) {
        double elapsedNanos = nowNanos - lastNanos;
        if (lastNanos != 0) {
            share = Math.min(1, (cpuNanos - lastCpuNanos) / elapsedNanos);
            mediaShare = Math.max(0, share - (dataNanos - lastDataNanos) / elapsedNanos);
        }
        lastNanos = nowNanos;
        lastCpuNanos = cpuNanos;
        lastDataNanos = dataNanos;
    }

    /** Of its time, 0 to 1. */
    double share() {
        return share;
    }

    /** The same without records of data. */
    double mediaShare() {
        return mediaShare;
    }
}
