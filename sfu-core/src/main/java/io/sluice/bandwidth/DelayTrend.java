package io.sluice.bandwidth;

/**
 * Whether the delay grows: a line through the smoothed delays of the last groups, against a threshold that
 * follows the noise of the path, so that a competing flow does not starve us
 * (draft-ietf-rmcat-gcc-02 5.4, with the line instead of the filter, as libwebrtc does).
 *
 * <p>Owned by the viewer's loop.
 */
final class DelayTrend {
    private static final int WINDOW = 20;
    private static final double SMOOTHING = 0.9;

    /** Puts slopes into the range of the threshold. */
    private static final double GAIN = 4;

    private static final int DELTAS_MAX = 60;
    private static final double OVERUSE_MILLIS = 10;
    private static final double THRESHOLD_START = 12.5;
    private static final double THRESHOLD_MIN = 6;
    private static final double THRESHOLD_MAX = 600;

    /** What is further out than this is a spike: no noise to get used to. */
    private static final double SPIKE = 15;

    private static final double ADAPT_UP = 0.0087;
    private static final double ADAPT_DOWN = 0.039;
    private static final double ADAPT_MILLIS_MAX = 100;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NOISE_SMOOTHING = 0.02;
    private static final double NOISE_MILLIS_MAX = 50;

    private final double[] arrivalMillis = new double[WINDOW];
    private final double[] delayMillis = new double[WINDOW];
    private int next;
    private int held;
    private int deltas;
    private long originNanos;
    private double accumulatedMillis;
    private double smoothedMillis;
    private double trend;
    private double scaled;
    private double threshold = THRESHOLD_START;
    private double overMillis = -1;
    private int overs;
    private long adaptedNanos;
    private double noiseMillis;
    private PathUse use = PathUse.NORMAL;

    /** Forgets all but what the noise of the path is. */
    void restart() {
        double learnt = threshold;
        reset();
        threshold = learnt;
    }

    void reset() {
        next = 0;
        held = 0;
        deltas = 0;
        accumulatedMillis = 0;
        smoothedMillis = 0;
        trend = 0;
        scaled = 0;
        threshold = THRESHOLD_START;
        overMillis = -1;
        overs = 0;
        use = PathUse.NORMAL;
    }

    /** Takes how two groups moved apart, and when the later arrived. */
    void onGroups(long sentDeltaNanos, long arrivalDeltaNanos, long arrivalNanos) {
        if (deltas == 0) {
            originNanos = arrivalNanos;
            adaptedNanos = arrivalNanos;
        }
        deltas = Math.min(deltas + 1, DELTAS_MAX);
        accumulatedMillis += (arrivalDeltaNanos - sentDeltaNanos) / NANOS_PER_MILLI;
        double moved = Math.abs(arrivalDeltaNanos - sentDeltaNanos) / NANOS_PER_MILLI;
        noiseMillis += (Math.min(moved, NOISE_MILLIS_MAX) - noiseMillis) * NOISE_SMOOTHING;
        smoothedMillis = SMOOTHING * smoothedMillis + (1 - SMOOTHING) * accumulatedMillis;
        arrivalMillis[next] = (arrivalNanos - originNanos) / NANOS_PER_MILLI;
        delayMillis[next] = smoothedMillis;
        next = (next + 1) % WINDOW;
        held = Math.min(held + 1, WINDOW);
        double slope = held == WINDOW ? slope() : trend;
        detect(slope, sentDeltaNanos / NANOS_PER_MILLI, arrivalNanos);
    }

    /** Of the line with the least squares. */
    private double slope() {
        double sumX = 0;
        double sumY = 0;
        for (int i = 0; i < WINDOW; i++) {
            sumX += arrivalMillis[i];
            sumY += delayMillis[i];
        }
        double meanX = sumX / WINDOW;
        double meanY = sumY / WINDOW;
        double above = 0;
        double below = 0;
        for (int i = 0; i < WINDOW; i++) {
            double x = arrivalMillis[i] - meanX;
            above += x * (delayMillis[i] - meanY);
            below += x * x;
        }
        return below == 0 ? trend : above / below;
    }

    private void detect(double slope, double sentDeltaMillis, long arrivalNanos) {
        if (deltas < 2) {
            return;
        }
        scaled = deltas * slope * GAIN;
        if (scaled > threshold) {
            overMillis = overMillis < 0 ? sentDeltaMillis / 2 : overMillis + sentDeltaMillis;
            overs++;
            if (overMillis > OVERUSE_MILLIS && overs > 1 && slope >= trend) {
                overMillis = 0;
                overs = 0;
                use = PathUse.OVER;
            }
        } else {
            overMillis = -1;
            overs = 0;
            use = scaled < -threshold ? PathUse.UNDER : PathUse.NORMAL;
        }
        trend = slope;
        adapt(arrivalNanos);
    }

    private void adapt(long arrivalNanos) {
        double magnitude = Math.abs(scaled);
        if (magnitude <= threshold + SPIKE) {
            double factor = magnitude < threshold ? ADAPT_DOWN : ADAPT_UP;
            double passed =
                    Math.clamp(
                            (arrivalNanos - adaptedNanos) / NANOS_PER_MILLI, 0, ADAPT_MILLIS_MAX);
            threshold += factor * (magnitude - threshold) * passed;
            threshold = Math.clamp(threshold, THRESHOLD_MIN, THRESHOLD_MAX);
        }
        adaptedNanos = arrivalNanos;
    }

    PathUse use() {
        return use;
    }

    /** The slope in the units of {@link #threshold}. */
    double scaled() {
        return scaled;
    }

    /** By how much two groups move apart, on the average. */
    long noiseNanos() {
        return (long) (noiseMillis * NANOS_PER_MILLI);
    }

    double threshold() {
        return threshold;
    }
}
