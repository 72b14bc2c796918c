package io.sluice.rtp;

/**
 * Makes a 64-bit number that never wraps of the 32-bit RTP timestamps of one stream.
 *
 * <p>A timestamp is taken to be the one nearest to the highest so far; the first is placed in the
 * second round, so that older ones are still positive. Owned by whoever owns the stream.
 */
public final class TimestampUnwrapper {
    private static final long ROUND = 1L << 32;

    private long highest = -1;

    /** The number of {@code timestamp}, which may become the highest. */
    public long unwrap(int timestamp) {
        long unwrapped = nearest(timestamp);
        highest = Math.max(highest, unwrapped);
        return unwrapped;
    }

    /** The number of {@code timestamp} without taking notice of it. */
    public long nearest(int timestamp) {
        if (highest < 0) {
            return ROUND + Integer.toUnsignedLong(timestamp);
        }
        return highest + (timestamp - (int) highest);
    }

    /** The highest number so far, or -1 before the first. */
    public long highest() {
        return highest;
    }
}
