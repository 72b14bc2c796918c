package io.sluice.room;

import java.util.concurrent.TimeUnit;

/**
 * So much a second, and a burst of it at once. What is taken may exceed what is left, and is paid off before
 * anything more is allowed.
 *
 * <p>Owned by the loop of whoever asks.
 */
final class Allowance {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long perSecond;
    private final long burst;
    private double left;
    private long filledNanos;

    Allowance(long perSecond, long burst, long nowNanos) {
        this.perSecond = perSecond;
        this.burst = burst;
        left = burst;
        filledNanos = nowNanos;
    }

    /** How long it is until something is allowed; 0: something is. */
    long delayNanos(long nowNanos) {
        left = Math.min(burst, left + perSecond * ((nowNanos - filledNanos) / NANOS_PER_SECOND));
        filledNanos = nowNanos;
        return left > 0 ? 0 : 1 + (long) (-left / perSecond * NANOS_PER_SECOND);
    }

    void take(long amount) {
        left -= amount;
    }
}
