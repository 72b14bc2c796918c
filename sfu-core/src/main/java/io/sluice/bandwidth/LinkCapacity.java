package io.sluice.bandwidth;

/**
 * Remembers what passed when the path was full, so that increases slow down near it.
 *
 * <p>Owned by the viewer's loop.
 */
final class LinkCapacity {
    private static final double SMOOTHING = 0.05;
    private static final double DEVIATION_START = 0.4;
    private static final double DEVIATION_MAX = 2.5;
    private static final double KILO = 1_000;

    private double kilobits = -1;
    private double deviation = DEVIATION_START;

    void reset() {
        kilobits = -1;
    }

    /** The path was full with this. */
    void onOveruse(long acknowledgedBitsPerSecond) {
        double sample = acknowledgedBitsPerSecond / KILO;
        kilobits = kilobits < 0 ? sample : (1 - SMOOTHING) * kilobits + SMOOTHING * sample;
        double error = kilobits - sample;
        double norm = Math.max(kilobits, 1);
        deviation = (1 - SMOOTHING) * deviation + SMOOTHING * error * error / norm;
        deviation = Math.clamp(deviation, DEVIATION_START, DEVIATION_MAX);
    }

    boolean known() {
        return kilobits >= 0;
    }

    /** Only while known. */
    long bitsPerSecond() {
        return (long) (KILO * kilobits);
    }

    /** Whether so much cannot pass the link that is remembered. */
    boolean isAbove(long bitsPerSecond) {
        return known() && bitsPerSecond > KILO * (kilobits + spread());
    }

    /** Whether so little cannot be what fills the link that is remembered. */
    boolean isBelow(long bitsPerSecond) {
        return known() && bitsPerSecond < KILO * (kilobits - spread());
    }

    private double spread() {
        return 3 * Math.sqrt(deviation * kilobits);
    }
}
