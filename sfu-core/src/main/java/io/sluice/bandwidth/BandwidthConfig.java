package io.sluice.bandwidth;

/**
 * Bounds of an estimate, in bits per second.
 *
 * @param start taken for true until something is known: most paths carry more, and a guess costs nobody a picture
 * @param floor never less: audio and the lowest layer of one track still fit: 50 kbit/s
 * @param ceiling never more: above it no viewer needs an estimate
 */
public record BandwidthConfig(long start, long floor, long ceiling) {
    private static final long START = 1_000_000;
    private static final long FLOOR = 50_000;
    private static final long CEILING = 100_000_000;

    public BandwidthConfig {
        if (floor <= 0 || floor > start || start > ceiling) {
            throw new IllegalArgumentException(
                    "want 0 < floor <= start <= ceiling: " + floor + ", " + start + ", " + ceiling);
        }
    }

    public static BandwidthConfig defaults() {
        return new BandwidthConfig(START, FLOOR, CEILING);
    }

    /** The same with other numbers to begin with. */
    public BandwidthConfig startingAt(long bitsPerSecond) {
        return new BandwidthConfig(Math.clamp(bitsPerSecond, floor, ceiling), floor, ceiling);
    }
}
