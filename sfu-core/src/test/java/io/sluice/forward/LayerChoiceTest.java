package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LayerChoiceTest {

    private static TrackLayers simulcast(boolean[] active, int... heights) {
        List<EncodingLayers> encodings = new ArrayList<>();
        for (int i = 0; i < heights.length; i++) {
            List<Layer> layers =
                    List.of(
                            new Layer(0, 0, 0, heights[i], 8, 0),
                            new Layer(0, 1, 0, heights[i], 15, 0),
                            new Layer(0, 2, 0, heights[i], 30, 0));
            encodings.add(new EncodingLayers("r" + i, active[i], layers));
        }
        return new TrackLayers(encodings);
    }

    private static ViewerWish height(int max) {
        return new ViewerWish(false, max, Integer.MAX_VALUE, 0);
    }

    @ParameterizedTest
    @CsvSource({"720, 2", "719, 1", "360, 1", "200, 0", "100, 0", "2147483647, 2"})
    void shouldTakeTheHighestThatFitsOrTheLowest(int max, int encoding) {
        TrackLayers layers = simulcast(new boolean[] {true, true, true}, 180, 360, 720);
        assertThat(LayerChoice.encoding(layers, height(max), false)).isEqualTo(encoding);
    }

    @Test
    void shouldGoByHeightWhateverTheOrder() {
        TrackLayers layers = simulcast(new boolean[] {true, true, true}, 720, 180, 360);
        assertThat(LayerChoice.encoding(layers, height(400), false)).isEqualTo(2);
        assertThat(LayerChoice.encoding(layers, height(10), false)).isEqualTo(1);
        assertThat(LayerChoice.encoding(layers, ViewerWish.EVERYTHING, false)).isZero();
    }

    @Test
    void shouldLeaveOutWhatIsNotSentUnlessAsked() {
        TrackLayers layers = simulcast(new boolean[] {true, false, false}, 180, 360, 720);
        assertThat(LayerChoice.encoding(layers, height(400), false)).isZero();
        assertThat(LayerChoice.encoding(layers, height(400), true)).isEqualTo(1);
        TrackLayers none = simulcast(new boolean[] {false, false}, 180, 360);
        assertThat(LayerChoice.encoding(none, height(400), false))
                .isEqualTo(LayerTarget.NO_ENCODING);
    }

    @Test
    void shouldTakeWhatIsUnknownForTooHighButForWhoTakesAnything() {
        TrackLayers layers = simulcast(new boolean[] {true, true}, 180, 0);
        assertThat(LayerChoice.encoding(layers, height(400), false)).isZero();
        assertThat(LayerChoice.encoding(layers, ViewerWish.EVERYTHING, false)).isEqualTo(1);
    }

    @Test
    void shouldTakeNothingWhenPaused() {
        TrackLayers layers = simulcast(new boolean[] {true}, 180);
        ViewerWish paused = new ViewerWish(true, 720, 30, 0);
        assertThat(LayerChoice.encoding(layers, paused, true)).isEqualTo(LayerTarget.NO_ENCODING);
        assertThat(LayerChoice.within(paused, LayerTarget.NO_ENCODING, layers))
                .isEqualTo(LayerTarget.NOTHING);
    }

    @ParameterizedTest
    @CsvSource({"60, 7", "30, 7", "29, 1", "10, 0", "1, 0"})
    void shouldTakeTheTemporalLayersThatFit(int framesPerSecond, int temporal) {
        TrackLayers layers = simulcast(new boolean[] {true}, 180);
        ViewerWish wish = new ViewerWish(false, 720, framesPerSecond, 0);
        assertThat(LayerChoice.within(wish, 0, layers))
                .isEqualTo(new LayerTarget(0, LayerTarget.ALL_LAYERS, temporal));
    }

    @ParameterizedTest
    @CsvSource({"720, 7", "500, 1", "180, 0", "100, 0"})
    void shouldTakeTheSpatialLayersThatFit(int max, int spatial) {
        EncodingLayers scalable =
                new EncodingLayers(
                        "",
                        true,
                        List.of(
                                new Layer(0, 0, 320, 180, 30, 0),
                                new Layer(1, 0, 640, 360, 30, 0),
                                new Layer(2, 0, 1280, 720, 30, 0)));
        TrackLayers layers = new TrackLayers(List.of(scalable));
        assertThat(LayerChoice.encoding(layers, height(max), false)).isZero();
        assertThat(LayerChoice.within(height(max), 0, layers).spatial()).isEqualTo(spatial);
    }
}
