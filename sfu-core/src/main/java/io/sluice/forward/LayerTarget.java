package io.sluice.forward;

/**
 * Which of a track's encodings one viewer is to get, and up to which layers of it. Set from the viewer's
 * wish, and by whoever shares out bandwidth; the selector gets there as soon as the stream allows.
 *
 * @param encoding its index, {@link #NO_ENCODING} or {@link #ANY_ENCODING}
 * @param spatial the highest spatial layer
 * @param temporal the highest temporal layer
 */
public record LayerTarget(int encoding, int spatial, int temporal) {
    /** Instead of an encoding's index. */
    public static final int NO_ENCODING = -1;

    /** Instead of an encoding's index: the first that can be begun with. */
    public static final int ANY_ENCODING = -2;

    /** More layers than any stream has. */
    public static final int ALL_LAYERS = 7;

    /** Of a viewer who is to get nothing. */
    public static final LayerTarget NOTHING = new LayerTarget(NO_ENCODING, 0, 0);

    /** Of a viewer who takes what comes, while nothing is known of the track. */
    public static final LayerTarget ANYTHING =
            new LayerTarget(ANY_ENCODING, ALL_LAYERS, ALL_LAYERS);
}
