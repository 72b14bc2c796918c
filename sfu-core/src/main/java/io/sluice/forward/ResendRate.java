package io.sluice.forward;

/**
 * What is sent again to one viewer, for a while: it takes its part of the path as the media does, so that pictures may
 * cost as much less.
 *
 * <p>Owned by the viewer's loop; sans-IO.
 */
final class ResendRate {
    private static final long INTERVAL_NANOS = 500_000_000;

    /** A burst of losses is repaired and over; what goes on for two seconds is the path's. */
    private static final int SMOOTHING = 4;

    private static final long BITS_NANOS = 8_000_000_000L;

    private boolean begun;
    private long bytes;
    private long measuredNanos;
    private long bitsPerSecond;

    /**
     * Lets time pass.
     *
     * @param sentBytes again since the transport had its keys
     */
    void onTick(long sentBytes, long nowNanos) {
        long elapsedNanos = nowNanos - measuredNanos;
        if (begun && elapsedNanos < INTERVAL_NANOS) {
            return;
        }
        if (begun) {
            long nowBps = Math.max(0, sentBytes - bytes) * BITS_NANOS / elapsedNanos;
            bitsPerSecond += (nowBps - bitsPerSecond) / SMOOTHING;
        }
        begun = true;
        bytes = sentBytes;
        measuredNanos = nowNanos;
    }

    /** Bits a second. */
    long bitsPerSecond() {
        return bitsPerSecond;
    }
}
