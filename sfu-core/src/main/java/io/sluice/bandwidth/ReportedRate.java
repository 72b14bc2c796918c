package io.sluice.bandwidth;

/**
 * For a viewer that reports no packets: what it says itself (REMB), and what its receiver reports say was lost
 * (draft-ietf-rmcat-gcc-02 6).
 *
 * <p>Owned by the viewer's loop.
 */
final class ReportedRate {
    private static final double LOW_LOSS = 0.02;
    private static final double HIGH_LOSS = 0.1;
    private static final double INCREASE_PER_SECOND = 1.08;
    private static final double SECOND_NANOS = 1e9;
    private static final double BACK_OFF = 0.5;

    /** Fewer packets say nothing of a share. */
    private static final int EXPECTED_MIN = 20;

    private static final long DECREASE_NANOS = 300_000_000;

    private final BandwidthConfig config;
    private double bitsPerSecond;
    private long told;
    private int lost;
    private int expected;
    private long changedNanos;
    private long decreasedNanos;

    ReportedRate(BandwidthConfig config, long nowNanos) {
        this.config = config;
        reset(nowNanos);
    }

    void reset(long nowNanos) {
        bitsPerSecond = config.start();
        told = config.ceiling();
        lost = 0;
        expected = 0;
        changedNanos = nowNanos;
        decreasedNanos = nowNanos - DECREASE_NANOS;
    }

    void onRemb(long rate) {
        told = Math.clamp(rate, config.floor(), config.ceiling());
        bitsPerSecond = told;
    }

    /** Takes what was lost and what was sent between two reports; ignores what cannot be. */
    boolean onLoss(int lostPackets, int expectedPackets, long roundTripNanos, long nowNanos) {
        if (expectedPackets <= 0 || lostPackets > expectedPackets) {
            return expectedPackets == 0 && lostPackets <= 0;
        }
        // Packets that came twice make it negative.
        lost += Math.max(lostPackets, 0);
        expected = (int) Math.min((long) expected + expectedPackets, Integer.MAX_VALUE);
        if (expected < EXPECTED_MIN) {
            return true;
        }
        double loss = (double) lost / expected;
        lost = 0;
        expected = 0;
        if (loss > HIGH_LOSS) {
            if (nowNanos - decreasedNanos >= DECREASE_NANOS + roundTripNanos) {
                bitsPerSecond *= 1 - BACK_OFF * loss;
                decreasedNanos = nowNanos;
            }
        } else if (loss <= LOW_LOSS) {
            double seconds = Math.min((nowNanos - changedNanos) / SECOND_NANOS, 1);
            bitsPerSecond *= Math.pow(INCREASE_PER_SECOND, seconds);
        }
        changedNanos = nowNanos;
        bitsPerSecond = Math.clamp(bitsPerSecond, config.floor(), Math.max(told, config.floor()));
        return true;
    }

    long bitsPerSecond() {
        return (long) bitsPerSecond;
    }
}
