package io.sluice.forward;

import java.util.List;

/**
 * Which layer serves a wish best: the highest that is sent and within it, or else the lowest that is sent.
 */
public final class LayerChoice {
    private LayerChoice() {}

    /**
     * The encoding for a wish.
     *
     * @param alsoInactive whether to choose as if all encodings were sent
     * @return its index, or {@link LayerTarget#NO_ENCODING} if nothing is wished for or sent
     */
    public static int encoding(TrackLayers layers, ViewerWish wish, boolean alsoInactive) {
        List<EncodingLayers> encodings = layers.encodings();
        int lowest = LayerTarget.NO_ENCODING;
        int best = LayerTarget.NO_ENCODING;
        for (int i = 0; i < encodings.size() && !wish.paused(); i++) {
            if (!alsoInactive && !encodings.get(i).active()) {
                continue;
            }
            if (lowest == LayerTarget.NO_ENCODING || isLower(encodings, i, lowest)) {
                lowest = i;
            }
            boolean fits = fits(encodings.get(i), wish);
            if (fits && (best == LayerTarget.NO_ENCODING || isLower(encodings, best, i))) {
                best = i;
            }
        }
        return best == LayerTarget.NO_ENCODING ? lowest : best;
    }

    /**
     * The encoding for a wish, as if all were sent, or the one that the network carries if that is lower.
     *
     * @param allocated its index, {@link LayerTarget#NO_ENCODING} or {@link LayerTarget#ANY_ENCODING}
     */
    public static int encoding(TrackLayers layers, ViewerWish wish, int allocated) {
        int best = encoding(layers, wish, true);
        boolean bounds =
                best != LayerTarget.NO_ENCODING
                        && allocated >= 0
                        && allocated < layers.encodings().size()
                        && isLower(layers.encodings(), allocated, best);
        return bounds || allocated == LayerTarget.NO_ENCODING ? allocated : best;
    }

    /** What to go on with until an encoding comes: the best that is sent and no better, or else itself. */
    static int fallback(TrackLayers layers, int target) {
        List<EncodingLayers> encodings = layers.encodings();
        int best = LayerTarget.NO_ENCODING;
        for (int i = 0; i < encodings.size(); i++) {
            boolean fits = i == target || !isLower(encodings, target, i);
            if (fits
                    && encodings.get(i).active()
                    && (best == LayerTarget.NO_ENCODING || isLower(encodings, best, i))) {
                best = i;
            }
        }
        return best == LayerTarget.NO_ENCODING ? target : best;
    }

    /** The layers of an encoding for a wish; all of them while nothing is known. */
    static LayerTarget within(ViewerWish wish, int encoding, TrackLayers layers) {
        if (encoding == LayerTarget.NO_ENCODING) {
            return LayerTarget.NOTHING;
        }
        int spatial = LayerTarget.ALL_LAYERS;
        int temporal = LayerTarget.ALL_LAYERS;
        for (Layer layer : layers.encodings().get(encoding).layers()) {
            if (layer.height() > wish.maxHeight()) {
                spatial = Math.min(spatial, Math.max(0, layer.spatial() - 1));
            }
            if (layer.framesPerSecond() > wish.maxFramesPerSecond()) {
                temporal = Math.min(temporal, Math.max(0, layer.temporal() - 1));
            }
        }
        return new LayerTarget(encoding, spatial, temporal);
    }

    /** A height that is not known fits a viewer that takes any. */
    private static boolean fits(EncodingLayers encoding, ViewerWish wish) {
        int height = height(encoding);
        return wish.maxHeight() == Integer.MAX_VALUE || (height != 0 && height <= wish.maxHeight());
    }

    /** By height where both are known; by their order where not. */
    private static boolean isLower(List<EncodingLayers> encodings, int index, int than) {
        int height = height(encodings.get(index));
        int other = height(encodings.get(than));
        boolean comparable = height != 0 && other != 0 && height != other;
        return comparable ? height < other : index < than;
    }

    /** Of the lowest layer: the least that a viewer can get of an encoding. */
    private static int height(EncodingLayers encoding) {
        return encoding.layers().isEmpty() ? 0 : encoding.layers().getFirst().height();
    }
}
