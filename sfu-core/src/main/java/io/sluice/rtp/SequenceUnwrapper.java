package io.sluice.rtp;

/**
 * Makes a 64-bit number that never wraps of the 16-bit sequence numbers of one stream.
 *
 * <p>A number is taken to be the one nearest to the highest so far. The first is placed in the second
 * round, so that packets older than it still have positive numbers and negative ones are free to
 * mean "none". Owned by whoever owns the stream.
 */
public final class SequenceUnwrapper {
    private static final long ROUND = 1L << 16;

    private long highest = -1;

    /** The number of {@code sequence} (its low 16 bits), which may become the highest. */
    public long unwrap(int sequence) {
        long unwrapped = nearest(sequence);
        highest = Math.max(highest, unwrapped);
        return unwrapped;
    }

    /** The number of {@code sequence} (its low 16 bits) without taking notice of it. */
    public long nearest(int sequence) {
        if (highest < 0) {
            return ROUND + (sequence & 0xffff);
        }
        return highest + (short) (sequence - (int) highest);
    }

    /** The highest number so far, or -1 before the first. */
    public long highest() {
        return highest;
    }
}
