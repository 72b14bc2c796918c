package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bandwidth.BandwidthAllocator;
import io.sluice.bandwidth.Picture;
import io.sluice.bandwidth.Rung;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Seen by what is granted for more and more bandwidth. */
final class LayerLadderTest {
    private static final ViewerWish ALL = ViewerWish.EVERYTHING;

    private static Layer layer(int spatial, int temporal, int height, int frames, int kbps) {
        return new Layer(spatial, temporal, height * 16 / 9, height, frames, kbps * 1_000L);
    }

    private static EncodingLayers encoding(Layer... layers) {
        return new EncodingLayers("", true, List.of(layers));
    }

    private static TrackLayers simulcast() {
        return new TrackLayers(
                List.of(
                        encoding(layer(0, 0, 180, 15, 100), layer(0, 1, 180, 30, 150)),
                        encoding(layer(0, 0, 360, 15, 300), layer(0, 1, 360, 30, 500)),
                        encoding(layer(0, 0, 720, 15, 1_500), layer(0, 1, 720, 30, 2_500))));
    }

    /** As encoding/spatial/temporal, least first. */
    private static Set<String> granted(
            TrackLayers layers, ViewerWish wish, boolean spatial, boolean still) {
        Set<String> granted = new LinkedHashSet<>();
        Picture picture = new Picture(LayerLadder.of(layers, wish, spatial, still), () -> {});
        BandwidthAllocator allocator = new BandwidthAllocator();
        allocator.add(picture);
        for (long kbps = 50; kbps < 10_000; kbps += 25) {
            picture.ask(true, 0);
            allocator.allocate(kbps * 1_000, kbps * 1_000_000_000);
            Rung bound = picture.bound();
            granted.add(
                    picture.isPaused()
                            ? "none"
                            : bound == null
                                    ? "all"
                                    : bound.encoding()
                                            + "/"
                                            + bound.spatial()
                                            + "/"
                                            + bound.temporal());
        }
        return granted;
    }

    private static Set<String> granted(TrackLayers layers, ViewerWish wish) {
        return granted(layers, wish, true, false);
    }

    private static ViewerWish upTo(int height, int frames) {
        return new ViewerWish(false, height, frames, 0);
    }

    @Test
    void shouldClimbByHeightAndThenByFrames() {
        assertThat(granted(simulcast(), ALL))
                .containsExactly("none", "0/0/0", "0/7/7", "1/0/0", "1/7/7", "2/0/0", "all");
    }

    @Test
    void shouldNotClimbAboveTheWish() {
        assertThat(granted(simulcast(), upTo(360, 30)))
                .containsExactly("none", "0/0/0", "0/7/7", "1/0/0", "all");
        assertThat(granted(simulcast(), upTo(90, 30))).containsExactly("none", "0/0/0", "all");
        assertThat(granted(simulcast(), upTo(720, 15)))
                .containsExactly("none", "0/0/0", "0/7/7", "1/0/0", "1/7/7", "all");
    }

    @Test
    void shouldClimbTheSpatialLayersOfOneEncodingWhereTheViewerCanTakeThem() {
        TrackLayers scalable =
                new TrackLayers(
                        List.of(
                                encoding(
                                        layer(0, 0, 180, 30, 150),
                                        layer(1, 0, 360, 30, 500),
                                        layer(2, 0, 720, 30, 1_500))));

        assertThat(granted(scalable, ALL)).containsExactly("none", "0/0/0", "0/1/0", "all");
        assertThat(granted(scalable, ALL, false, false)).containsExactly("none", "all");
    }

    @Test
    void shouldPutAPriceOnWhatIsNotMeasured() {
        TrackLayers unmeasured =
                new TrackLayers(
                        List.of(
                                encoding(layer(0, 0, 180, 0, 0)),
                                encoding(layer(0, 0, 720, 0, 0))));

        assertThat(granted(unmeasured, ALL)).containsExactly("none", "0/7/7", "all");
        assertThat(granted(TrackLayers.UNKNOWN, ALL)).containsExactly("none", "-2/0/0");
    }

    @Test
    void shouldNotReachForAnEncodingThatNothingIsKnownOf() {
        List<EncodingLayers> encodings = new ArrayList<>(simulcast().encodings());
        encodings.set(2, new EncodingLayers("", true, List.of()));

        assertThat(granted(new TrackLayers(encodings), ALL).toArray()).endsWith("1/7/7").hasSize(5);
    }

    @Test
    void shouldGoOnMeanwhileWithTheBestThatIsSentAndNoBetter() {
        List<EncodingLayers> encodings = new ArrayList<>(simulcast().encodings());
        assertThat(LayerChoice.fallback(simulcast(), 1)).isEqualTo(1);
        encodings.set(1, new EncodingLayers("", false, encodings.get(1).layers()));
        TrackLayers paused = new TrackLayers(encodings);
        assertThat(LayerChoice.fallback(paused, 1)).isZero();
        assertThat(LayerChoice.fallback(paused, 2)).isEqualTo(2);
        encodings.set(0, new EncodingLayers("", false, encodings.get(0).layers()));
        assertThat(LayerChoice.fallback(new TrackLayers(encodings), 1)).isEqualTo(1);
    }
}
