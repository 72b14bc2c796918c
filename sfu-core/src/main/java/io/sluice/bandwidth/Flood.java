package io.sluice.bandwidth;

/**
 * Whether much more is sent than passes, as after a sharp fall of what the path carries, and how much does pass: that
 * is taken for the rate at once, where the delay's trend goes down by steps.
 *
 * <p>Owned by the viewer's loop.
 */
final class Flood {
    /** Of the rate: what passes is so much less. */
    private static final double SHARE = 0.7;

    /** So long what passes is measured better, while the queue is there; later it may be that less is sent. */
    private static final long LENGTH_NANOS = 600_000_000;

    private final BusyPeriod busy = new BusyPeriod();
    private boolean begun;
    private long begunNanos;

    void reset() {
        busy.reset();
        begun = false;
    }

    /** Takes a packet that arrived; see {@link BusyPeriod}. */
    void onPacket(long arrivalNanos, long waitNanos, int sizeBytes) {
        busy.onPacket(arrivalNanos, waitNanos, sizeBytes);
    }

    /**
     * Judges at the end of a message.
     *
     * @param rate is brought down to what passes while there is a flood
     * @return whether there is a flood now, and was none before
     */
    boolean judge(DelayBasedRate rate, long nowNanos) {
        begun = begun && nowNanos - begunNanos < LENGTH_NANOS;
        if (!busy.isKnown()) {
            return false;
        }
        long passingBps = busy.bitsPerSecond();
        if (begun) {
            rate.onFlood(passingBps, true, nowNanos);
            return false;
        }
        begun = busy.grows() && passingBps < SHARE * rate.bitsPerSecond();
        if (begun) {
            begunNanos = nowNanos;
            rate.onFlood(passingBps, false, nowNanos);
        }
        return begun;
    }
}
