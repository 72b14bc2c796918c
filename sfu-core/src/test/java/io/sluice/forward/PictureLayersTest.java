package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.codec.PayloadFormat;
import io.sluice.codec.PayloadInfo;
import io.sluice.rtp.Hex;
import org.junit.jupiter.api.Test;

final class PictureLayersTest {
    private static final int ALL = LayerTarget.ALL_LAYERS;
    private static final int FRAME_TICKS = 3_000;
    private static final PayloadInfo BASE = vp8(0, false);
    private static final PayloadInfo UPPER = vp8(1, false);

    private final PictureLayers layers = new PictureLayers();

    /** A packet of a picture of one of two temporal layers, which refers to the lowest only. */
    private static PayloadInfo vp8(int temporal, boolean keyframe) {
        int layerAndSync = temporal << 6 | (temporal == 0 ? 0 : 0x20);
        String digits = "90f08064%02x%02x%02x".formatted(1, layerAndSync, keyframe ? 0 : 1);
        PayloadInfo info = new PayloadInfo();
        PayloadFormat.of(Codec.VP8).read(Hex.packet(digits), 0, digits.length() / 2, false, info);
        assertThat(info.valid()).isTrue();
        assertThat(info.temporalLayer()).isEqualTo(temporal);
        return info;
    }

    /** Base and upper pictures in turns; how many were taken. */
    private int play(int firstPicture, int pictures) {
        int taken = 0;
        for (int i = firstPicture; i < firstPicture + pictures; i++) {
            taken += layers.takes(i % 2 == 0 ? BASE : UPPER, i * FRAME_TICKS) ? 1 : 0;
        }
        return taken;
    }

    private void begin(int temporal) {
        layers.target(ALL, temporal);
        layers.begin(0);
    }

    @Test
    void shouldTakeWhatComesLateOfPicturesThatWereTakenWhole() {
        begin(ALL);
        assertThat(play(0, 10)).isEqualTo(10);

        layers.target(ALL, 0);

        assertThat(layers.takes(UPPER, 7 * FRAME_TICKS)).isTrue();
        assertThat(layers.takes(UPPER, 9 * FRAME_TICKS)).isTrue();
        assertThat(play(10, 10)).isEqualTo(5);
        assertThat(layers.takes(UPPER, 9 * FRAME_TICKS)).isTrue();
        assertThat(layers.takes(UPPER, 11 * FRAME_TICKS)).isFalse();
    }

    @Test
    void shouldNotTakeWhatComesLateOfPicturesThatWereLeftOut() {
        begin(0);
        assertThat(play(0, 10)).isEqualTo(5);

        layers.target(ALL, ALL);
        assertThat(layers.takes(vp8(0, true), 10 * FRAME_TICKS)).isTrue();
        assertThat(play(11, 20)).isEqualTo(20);

        assertThat(layers.takes(UPPER, 9 * FRAME_TICKS)).isFalse();
        assertThat(layers.takes(UPPER, 11 * FRAME_TICKS)).isTrue();
    }

    @Test
    void shouldGoDownAndUpAgainAfterALongTimeOfTakingAll() {
        begin(0);
        layers.target(ALL, ALL);
        assertThat(layers.takes(vp8(0, true), 0)).isTrue();
        assertThat(play(1, 300)).isEqualTo(300);

        layers.target(ALL, 0);
        assertThat(layers.takes(UPPER, 299 * FRAME_TICKS)).isTrue();
        assertThat(play(302, 10)).isEqualTo(5);

        layers.target(ALL, ALL);
        assertThat(layers.takes(UPPER, 303 * FRAME_TICKS)).isFalse();
        assertThat(play(313, 10)).isEqualTo(10);
    }
}
