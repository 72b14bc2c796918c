package io.sluice.bandwidth;

/**
 * Whether packets are lost when the way takes longest: a buffer that is full for a moment loses them then,
 * a path that loses some by itself does so at any moment.
 *
 * <p>Owned by the viewer's loop.
 */
final class LossMoments {
    private static final long MARGIN_NANOS = 2_000_000;
    private static final double MARGIN_SHARE = 0.25;

    private long origin;
    private long last;
    private long shortest;
    private long longest;
    private double sum;
    private int received;
    private double sumAtLoss;
    private int lost;

    void clear() {
        received = 0;
        lost = 0;
        sum = 0;
        sumAtLoss = 0;
    }

    /** A packet came, after so long by two clocks that need not agree. */
    void onReceived(long wayNanos) {
        if (received == 0) {
            origin = wayNanos;
            shortest = 0;
            longest = 0;
        }
        last = wayNanos - origin;
        shortest = Math.min(shortest, last);
        longest = Math.max(longest, last);
        sum += last;
        received++;
    }

    /** The packet after it did not come. */
    void onLost() {
        if (received > 0) {
            sumAtLoss += last;
            lost++;
        }
    }

    boolean atPeaks() {
        if (lost == 0) {
            return false;
        }
        double margin = MARGIN_NANOS + MARGIN_SHARE * (longest - shortest);
        return sumAtLoss / lost > sum / received + margin;
    }
}
