package io.sluice.plain;

/**
 * Lets so many messages through in a second, and so many at once (a token bucket).
 *
 * <p>Owned by the WebSocket's event loop.
 */
final class RateLimit {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final long nanosPerMessage;
    private final long burstNanos;

    /** The time that the messages so far have used up; never behind the clock. */
    private long usedUntilNanos;

    RateLimit(int messagesPerSecond, int burst, long nowNanos) {
        nanosPerMessage = NANOS_PER_SECOND / messagesPerSecond;
        burstNanos = burst * nanosPerMessage;
        usedUntilNanos = nowNanos;
    }

    /** Returns whether one more may pass. */
    boolean pass(long nowNanos) {
        long used = usedUntilNanos - nowNanos > 0 ? usedUntilNanos : nowNanos;
        if (used + nanosPerMessage - nowNanos > burstNanos) {
            return false;
        }
        usedUntilNanos = used + nanosPerMessage;
        return true;
    }
}
