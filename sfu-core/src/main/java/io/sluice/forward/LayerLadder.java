package io.sluice.forward;

import io.sluice.bandwidth.Ladder;
import io.sluice.bandwidth.Rung;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What a viewer may have of a track, by what it wishes and by what is sent, as a ladder with prices. */
final class LayerLadder {
    /** Of a picture that nothing is known of yet: a small one costs so much. */
    private static final long UNKNOWN_BPS = 150_000;

    /** What encoders are set to for a pixel, for a second: 0.14 Mbit/s for 180 lines, 2.2 for 720. */
    private static final double TYPICAL_BITS_PER_PIXEL = 2.4;

    /**
     * What is sent for 100 bytes of a packet: extensions of ours, the authentication tag, the headers of UDP
     * and IP.
     */
    private static final long SENT_PERCENT = 106;

    private static final Ladder UNKNOWN =
            Ladder.of(
                    List.of(new Rung(LayerTarget.ANY_ENCODING, 0, 0, 0, 0, UNKNOWN_BPS, true)),
                    false,
                    false);

    /** Where a height is not known, the order of the encodings is all there is. */
    private static final Comparator<Rung> BY_PLACE =
            Comparator.comparingInt(Rung::encoding)
                    .thenComparingInt(Rung::spatial)
                    .thenComparingInt(Rung::temporal);

    private static final Comparator<Rung> BY_QUALITY =
            Comparator.comparingInt(Rung::height)
                    .thenComparingInt(Rung::framesPerSecond)
                    .thenComparing(BY_PLACE);

    private LayerLadder() {}

    /**
     * The ladder for a wish.
     *
     * @param spatial whether the viewer can take more than the lowest spatial layer of an encoding
     * @param still whether size counts for more than movement
     */
    static Ladder of(TrackLayers layers, ViewerWish wish, boolean spatial, boolean still) {
        int best = LayerChoice.encoding(layers, wish, true);
        if (best == LayerTarget.NO_ENCODING) {
            return UNKNOWN;
        }
        LayerTarget top = LayerChoice.within(wish, best, layers);
        List<Rung> rungs = new ArrayList<>();
        boolean complete = true;
        for (int i = 0; i < layers.encodings().size(); i++) {
            complete &= !layers.encodings().get(i).layers().isEmpty();
            boolean isBest = i == best;
            add(
                    layers.encodings().get(i),
                    i,
                    spatial ? (isBest ? top.spatial() : LayerTarget.ALL_LAYERS) : 0,
                    isBest ? top.temporal() : LayerTarget.ALL_LAYERS,
                    rungs);
        }
        if (rungs.isEmpty()) {
            return UNKNOWN;
        }
        boolean known = rungs.stream().allMatch(rung -> rung.height() != 0);
        rungs.sort(known ? BY_QUALITY : BY_PLACE);
        boolean bestKnown = !layers.encodings().get(best).layers().isEmpty();
        return Ladder.of(bestKnown ? upTo(best, rungs) : rungs, still, complete);
    }

    private static void add(
            EncodingLayers encoding, int index, int maxSpatial, int maxTemporal, List<Rung> rungs) {
        List<Layer> layers = encoding.layers();
        Layer last = layers.isEmpty() ? null : layers.getLast();
        for (Layer layer : layers) {
            if (layer.spatial() <= maxSpatial && layer.temporal() <= maxTemporal) {
                boolean all = layer.equals(last);
                rungs.add(
                        new Rung(
                                index,
                                all ? LayerTarget.ALL_LAYERS : layer.spatial(),
                                all ? LayerTarget.ALL_LAYERS : layer.temporal(),
                                layer.height(),
                                layer.framesPerSecond(),
                                priceBps(layer),
                                encoding.active()));
            }
        }
    }

    private static long priceBps(Layer layer) {
        long typical = (long) (TYPICAL_BITS_PER_PIXEL * layer.width() * layer.height());
        long known = layer.bitrateBps() == 0 ? typical : layer.bitrateBps();
        return Math.max(1, known * SENT_PERCENT / 100);
    }

    /** What is better than the best of the encoding that serves the wish best is of no use. */
    private static List<Rung> upTo(int best, List<Rung> rungs) {
        int end = rungs.size();
        while (end > 1 && rungs.get(end - 1).encoding() != best) {
            end--;
        }
        return rungs.subList(0, end);
    }
}
