package io.sluice.api;

/**
 * Lets so much through in a second, and so much at once (a token bucket): messages, bytes, joins.
 *
 * <p>Owned by whoever asks it; it reads no clock.
 */
public final class RateLimit {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final long nanosPerUnit;
    private final long burstNanos;

    /** The time that what came so far has used up; never behind the clock. */
    private long usedUntilNanos;

    /**
     * @param rate of units; a single thing larger than what may come at once never passes
     */
    public RateLimit(Rate rate, long nowNanos) {
        nanosPerUnit = NANOS_PER_SECOND / rate.perSecond();
        burstNanos = rate.burst() * nanosPerUnit;
        usedUntilNanos = nowNanos;
    }

    /** Returns whether one more may pass. */
    public boolean pass(long nowNanos) {
        return pass(1, nowNanos);
    }

    /** Returns whether so many units more may pass, all or none. */
    public boolean pass(int units, long nowNanos) {
        long used = usedUntilNanos - nowNanos > 0 ? usedUntilNanos : nowNanos;
        long until = used + units * nanosPerUnit;
        if (until - nowNanos > burstNanos) {
            return false;
        }
        usedUntilNanos = until;
        return true;
    }
}
