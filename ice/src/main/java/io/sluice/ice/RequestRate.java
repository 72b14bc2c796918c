package io.sluice.ice;

/**
 * How many requests of one session are answered, or of its connections taken: so many at once, so many a second (a
 * token bucket). Used by one thread.
 */
final class RequestRate {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final long requestNanos;
    private final long burstNanos;

    /** The time that the requests so far have used up; never behind the clock once asked. */
    private long usedUntilNanos;

    RequestRate(int perSecond, int burst, long nowNanos) {
        requestNanos = NANOS_PER_SECOND / perSecond;
        burstNanos = burst * requestNanos;
        usedUntilNanos = nowNanos;
    }

    /** Whether one more may be answered; it is counted then. */
    boolean pass(long nowNanos) {
        long used = usedUntilNanos - nowNanos > 0 ? usedUntilNanos : nowNanos;
        if (used + requestNanos - nowNanos > burstNanos) {
            return false;
        }
        usedUntilNanos = used + requestNanos;
        return true;
    }
}
