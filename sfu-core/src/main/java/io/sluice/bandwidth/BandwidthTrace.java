package io.sluice.bandwidth;

import java.util.ArrayList;
import java.util.List;

/**
 * What an estimator found over time, ten times a second, for plots: the last minutes of it.
 *
 * <p>Owned by the viewer's loop.
 */
public final class BandwidthTrace {
    static final long STEP_NANOS = 100_000_000;

    /** Five minutes; 192 KB. */
    static final int SAMPLES_MAX = 3_000;

    private static final int VALUES = 8;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    /**
     * A moment.
     *
     * @param seconds by the loop's clock
     * @param estimate bits per second, as are {@code target}, {@code sent} and {@code layer}
     * @param trend of the delay; beyond 1 or -1 it counts
     * @param loss share of the bytes
     * @param queueMillis how long packets wait on the path
     * @param layer what is granted
     */
    public record Sample(
            double seconds,
            double estimate,
            double target,
            double sent,
            double trend,
            double loss,
            double queueMillis,
            double layer) {}

    private final double[] values = new double[VALUES * SAMPLES_MAX];
    private long samples;
    private boolean started;
    private long sampledNanos;
    private long layer;

    /** What is granted from now on, in bits per second. */
    public void layer(long bitsPerSecond) {
        layer = bitsPerSecond;
    }

    void onTick(
            long estimate,
            long target,
            double sent,
            double trend,
            double loss,
            long queueNanos,
            long nowNanos) {
        if (started && nowNanos - sampledNanos < STEP_NANOS) {
            return;
        }
        started = true;
        sampledNanos = nowNanos;
        int at = (int) (samples++ % SAMPLES_MAX) * VALUES;
        values[at] = nowNanos / NANOS_PER_SECOND;
        values[at + 1] = estimate;
        values[at + 2] = target;
        values[at + 3] = sent;
        values[at + 4] = trend;
        values[at + 5] = loss;
        values[at + 6] = queueNanos / NANOS_PER_MILLI;
        values[at + 7] = layer;
    }

    /** What is kept, the oldest first. */
    public List<Sample> samples() {
        List<Sample> kept = new ArrayList<>();
        for (long i = Math.max(0, samples - SAMPLES_MAX); i < samples; i++) {
            int at = (int) (i % SAMPLES_MAX) * VALUES;
            kept.add(
                    new Sample(
                            values[at],
                            values[at + 1],
                            values[at + 2],
                            values[at + 3],
                            values[at + 4],
                            values[at + 5],
                            values[at + 6],
                            values[at + 7]));
        }
        return kept;
    }
}
