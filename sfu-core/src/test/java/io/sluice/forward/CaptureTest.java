package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.forward.LayerStage.Change;
import io.sluice.forward.LayerStage.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Of what Chromium's encoders sent once, every viewer gets whole frames that can be decoded, whatever it wishes and
 * whatever is lost: by dependency descriptors, and by payload headers where they show layers.
 */
final class CaptureTest {
    /** {@code ./sluice test} takes a thousand; a quick build of the module, these. */
    private static final int SEEDS = Integer.getInteger("sluice.captures.seeds", 30);

    private static final int[] HEIGHTS = {180, 360, 720};
    private static final int[] RATES = {8, 15, 30};

    private final LayerStage stage = new LayerStage();

    static TrackLayers layers(Capture capture) {
        List<EncodingLayers> all = new ArrayList<>();
        for (int encoding = 0; encoding < capture.encodings(); encoding++) {
            List<Layer> layers = new ArrayList<>();
            for (int s = 0; s < capture.spatialLayers(); s++) {
                for (int t = 0; t < capture.temporalLayers(); t++) {
                    int height = HEIGHTS[Math.max(s, encoding)];
                    int rate = RATES[3 - capture.temporalLayers() + t];
                    layers.add(new Layer(s, t, 0, height, rate, 0));
                }
            }
            all.add(new EncodingLayers("r" + encoding, true, layers));
        }
        return new TrackLayers(all);
    }

    static List<Change> changes(Random random, int packets) {
        List<Change> changes = new ArrayList<>();
        for (int at = 0; at < packets; at += random.nextInt(packets / 4)) {
            boolean paused = random.nextInt(8) == 0;
            int height = HEIGHTS[random.nextInt(3)];
            changes.add(
                    new Change(at, new ViewerWish(paused, height, RATES[random.nextInt(3)], 0)));
        }
        return changes;
    }

    private int simulate(Tape tape, TrackLayers layers, int seed) {
        Random random = new Random(seed);
        Network network =
                switch (seed % 3) {
                    case 0 -> Network.GOOD;
                    case 1 -> Network.FAIR;
                    default -> Network.BAD;
                };
        List<Change> changes = changes(random, tape.packets().size());
        LayerStage.Played played = stage.play(tape, layers, changes, network, false, random);
        ViewerCheck check = new ViewerCheck(tape, played, network);
        check.check(false);
        return check.frameCount();
    }

    @ParameterizedTest
    @CsvSource({
        "vp8-simulcast, true, 3",
        "vp8-simulcast, false, 3",
        "vp9-simulcast, true, 3",
        "vp9-simulcast, false, 3",
        "vp9-l3t3, true, 2",
        "vp9-l3t3, false, 2",
        "vp9-l3t3-key, true, 2",
        "vp9-l3t3-key, false, 2",
        "av1-simulcast, true, 3",
        "av1-l3t3, true, 3",
        "av1-l3t3-key, true, 3",
        "h264-simulcast, true, 3",
        "h264-simulcast, false, 3",
    })
    void shouldGiveEveryViewerWholeFramesThatItCanDecode(
            String name, boolean described, int sizes) {
        Capture capture = Capture.load(name);
        Tape tape = capture.tape(described);
        assertThat(capture.encodings() * capture.spatialLayers()).isEqualTo(sizes);
        assertThat(tape.codec()).isNotEqualTo(Codec.OPUS);
        int frames = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            try {
                frames += simulate(tape, layers(capture), seed);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(frames).isGreaterThan(20 * SEEDS);
    }

    /** Chromium cannot tell where a frame ends within a picture of AV1 without descriptors. */
    @ParameterizedTest
    @ValueSource(strings = {"av1-l3t3", "av1-l3t3-key"})
    void shouldSendOneSpatialLayerOfAv1ToWhoTakesNoDescriptors(String name) {
        Capture capture = Capture.load(name);
        Tape tape = capture.tape(true);
        LayerStage plain = new LayerStage(false);
        LayerStage.Played played =
                plain.play(tape, layers(capture), List.of(), Network.GOOD, false, new Random(1));
        ViewerCheck check = new ViewerCheck(tape, played, Network.GOOD);
        check.checkPayloads();
        assertThat(check.lastFrames(Long.MAX_VALUE / 2))
                .hasSizeGreaterThan(50)
                .allMatch(frame -> frame.spatial() == 0);
        assertThat(played.sent()).hasSizeGreaterThan(50);
    }
}
