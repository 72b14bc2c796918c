package io.sluice.bandwidth;

/**
 * One way to have a picture, and its price.
 *
 * @param encoding its index, or what stands for any
 * @param spatial the highest spatial layer
 * @param temporal the highest temporal layer
 * @param height in pixels, 0 while unknown
 * @param framesPerSecond 0 while unknown
 * @param bitrateBps with all that is sent along: headers, authentication
 * @param active whether it is sent now
 */
public record Rung(
        int encoding,
        int spatial,
        int temporal,
        int height,
        int framesPerSecond,
        long bitrateBps,
        boolean active) {
    boolean isSameLayer(Rung other) {
        return encoding == other.encoding && spatial == other.spatial && temporal == other.temporal;
    }

    /** Whether both are of one encoding and known to be of one size. */
    boolean isSizeOf(Rung other) {
        return encoding == other.encoding && height == other.height && height != 0;
    }

    boolean isAtMost(Rung other) {
        return height < other.height
                || (height == other.height && framesPerSecond <= other.framesPerSecond);
    }
}
