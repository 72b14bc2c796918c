package io.sluice.forward;

/**
 * What a viewer asks of one track; the wish bounds what it is sent, the bandwidth may bound it more.
 *
 * @param paused nothing is to be sent
 * @param maxHeight of the picture in pixels, as it is shown; at least 1
 * @param maxFramesPerSecond at least 1
 * @param priority among the tracks of one viewer: the higher is served first
 */
public record ViewerWish(boolean paused, int maxHeight, int maxFramesPerSecond, int priority) {
    /** Of a viewer that has not said anything. */
    public static final ViewerWish EVERYTHING =
            new ViewerWish(false, Integer.MAX_VALUE, Integer.MAX_VALUE, 0);

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if a maximum is below 1
     */
    public ViewerWish {
        if (maxHeight < 1 || maxFramesPerSecond < 1) {
            throw new IllegalArgumentException(
                    "height and frames per second must be at least 1, not %d and %d"
                            .formatted(maxHeight, maxFramesPerSecond));
        }
    }
}
