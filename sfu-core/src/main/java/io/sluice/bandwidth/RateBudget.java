package io.sluice.bandwidth;

/**
 * Holds something to a rate over time, with bursts up to a length.
 *
 * <p>It counts in time: what is taken is owed until the rate has paid for it (RFC 2698's bucket, upside
 * down). Nothing has to be filled up again as time passes. Owned by the loop of what it bounds.
 */
public final class RateBudget {
    /** Instead of bits per second: everything may go. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final double BIT_NANOS_PER_BYTE = 8e9;

    private final long burstNanos;
    private final long debtMaxNanos;
    private double nanosPerByte;

    /** When all is paid for. */
    private long paidNanos = Long.MIN_VALUE;

    /**
     * A budget without limit, until {@link #rate} sets one.
     *
     * @param burstNanos what may be owed and still be added to
     * @param debtMaxNanos what is owed at most, however much was taken
     */
    public RateBudget(long burstNanos, long debtMaxNanos) {
        this.burstNanos = burstNanos;
        this.debtMaxNanos = debtMaxNanos;
    }

    /**
     * Sets how fast is paid. What is owed stays, in time.
     *
     * @param bitsPerSecond more than 0
     */
    public void rate(long bitsPerSecond) {
        boolean unlimited = bitsPerSecond == UNLIMITED;
        nanosPerByte = unlimited ? 0 : BIT_NANOS_PER_BYTE / bitsPerSecond;
        if (unlimited) {
            clear();
        }
    }

    /** Whether something may be taken now. */
    public boolean isOpen(long nowNanos) {
        return owedNanos(nowNanos) <= burstNanos;
    }

    /** How many bytes may be taken now without owing more than a burst; 0 or more. */
    public long roomBytes(long nowNanos) {
        long roomNanos = burstNanos - owedNanos(nowNanos);
        if (roomNanos <= 0) {
            return 0;
        }
        return nanosPerByte == 0 ? Long.MAX_VALUE : (long) (roomNanos / nanosPerByte);
    }

    /** Takes bytes, whether there is room for them or not. */
    public void take(long sizeBytes, long nowNanos) {
        double taken = Math.min(sizeBytes * nanosPerByte, debtMaxNanos);
        paidNanos = nowNanos + Math.min(owedNanos(nowNanos) + (long) taken, debtMaxNanos);
    }

    /** Nothing is owed any more. */
    public void clear() {
        paidNanos = Long.MIN_VALUE;
    }

    /** For how long the rate has to pay for what was taken; 0 or more. */
    long owedNanos(long nowNanos) {
        return Math.max(paidNanos, nowNanos) - nowNanos;
    }
}
