package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.forward.LayerStage.Change;
import io.sluice.forward.LayerStage.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A viewer that changes its wish at random, over a network that loses and reorders, gets whole frames that can be
 * decoded, in order, and what it wished for in the end. Each seed is a tape, a network and a viewer of its own.
 */
final class LayerSimulationTest {
    /** A thousand take some seconds each; the build of every day has as many as it has time for. */
    private static final int SEEDS = Integer.getInteger("sluice.seeds", 24);

    private static final int PICTURES = 140;
    private static final long END_NANOS = 500_000_000;
    private static final int[] HEIGHTS = {180, 360, 720};
    private static final int[] RATES = {8, 15, 30};

    private final LayerStage stage = new LayerStage();

    /** What a publisher sends. */
    enum Sender {
        VP8_SIMULCAST(Codec.VP8, 3, 1, true, false, false),
        VP8_SIMULCAST_DESCRIBED(Codec.VP8, 3, 1, true, false, true),
        VP9_SIMULCAST(Codec.VP9, 3, 1, true, false, false),
        VP9_L3T3(Codec.VP9, 1, 3, true, false, false),
        VP9_L3T3_KEY(Codec.VP9, 1, 3, true, true, false),
        VP9_L3T3_DESCRIBED(Codec.VP9, 1, 3, true, false, true),
        VP9_L3T3_KEY_DESCRIBED(Codec.VP9, 1, 3, true, true, true),
        AV1_SIMULCAST(Codec.AV1, 3, 1, true, false, true),
        AV1_L2T1(Codec.AV1, 1, 2, false, false, true),
        AV1_L3T3(Codec.AV1, 1, 3, true, false, true),
        AV1_L3T3_KEY(Codec.AV1, 1, 3, true, true, true),
        H264_SIMULCAST(Codec.H264, 3, 1, false, false, false),
        H264_SIMULCAST_DESCRIBED(Codec.H264, 3, 1, true, false, true),
        H265_SIMULCAST(Codec.H265, 3, 1, true, false, false),
        H265_SIMULCAST_DESCRIBED(Codec.H265, 3, 1, true, false, true);

        private final Codec codec;
        private final int encodings;
        private final int spatialLayers;
        private final boolean temporal;
        private final boolean onKeyOnly;
        private final boolean describes;

        Sender(
                Codec codec,
                int encodings,
                int spatialLayers,
                boolean temporal,
                boolean onKeyOnly,
                boolean describes) {
            this.codec = codec;
            this.encodings = encodings;
            this.spatialLayers = spatialLayers;
            this.temporal = temporal;
            this.onKeyOnly = onKeyOnly;
            this.describes = describes;
        }

        Tape tape(Random random) {
            Tape.Builder tape = new Tape.Builder(codec);
            List<Encoder> encoders = new ArrayList<>();
            for (int i = 0; i < encodings; i++) {
                encoders.add(
                        new Encoder(
                                tape,
                                codec,
                                i,
                                spatialLayers,
                                temporal,
                                onKeyOnly,
                                describes,
                                random));
            }
            int[] next = new int[encodings];
            for (int picture = 0; picture < PICTURES; picture++) {
                for (int i = 0; i < encodings; i++) {
                    boolean isKey = encoders.get(i).picture(picture, picture >= next[i]);
                    next[i] = isKey ? picture + 8 + random.nextInt(20) : next[i];
                }
            }
            return tape.build();
        }

        TrackLayers layers() {
            List<EncodingLayers> all = new ArrayList<>();
            for (int encoding = 0; encoding < encodings; encoding++) {
                List<Layer> layers = new ArrayList<>();
                for (int s = 0; s < spatialLayers; s++) {
                    for (int t = 0; t < (temporal ? 3 : 1); t++) {
                        int height = HEIGHTS[Math.max(s, encoding)];
                        layers.add(new Layer(s, t, 0, height, temporal ? RATES[t] : 30, 0));
                    }
                }
                all.add(new EncodingLayers("r" + encoding, true, layers));
            }
            return new TrackLayers(all);
        }

        /** What the viewer is to have in the end: nothing above, and this. */
        private void checkReached(ViewerWish wish, List<Tape.Frame> last) {
            int step = wish.maxHeight() == HEIGHTS[0] ? 0 : wish.maxHeight() == HEIGHTS[1] ? 1 : 2;
            int rate = wish.maxFramesPerSecond() == 8 ? 0 : wish.maxFramesPerSecond() == 15 ? 1 : 2;
            int spatial = Math.min(step, spatialLayers - 1);
            int top = temporal ? rate : 0;
            assertThat(last).allMatch(frame -> frame.encoding() == Math.min(step, encodings - 1));
            assertThat(last.stream().mapToInt(Tape.Frame::spatial).max()).hasValue(spatial);
            assertThat(last.stream().mapToInt(Tape.Frame::temporal).max()).hasValue(top);
        }
    }

    private static ViewerWish wish(Random random, boolean mayPause) {
        return new ViewerWish(
                mayPause && random.nextInt(8) == 0,
                HEIGHTS[random.nextInt(3)],
                RATES[random.nextInt(3)],
                0);
    }

    /** At random, the last one while there is time enough left. */
    static List<Change> changes(Random random, int packets) {
        List<Change> changes = new ArrayList<>();
        int at = 0;
        while (at < packets / 2) {
            changes.add(new Change(at, wish(random, true)));
            at += random.nextInt(packets / 6);
        }
        changes.add(new Change(packets * 55 / 100, wish(random, false)));
        return changes;
    }

    private void simulate(Sender sender, Network network, int seed) {
        Random random = new Random(seed);
        Tape tape = sender.tape(random);
        List<Change> changes = changes(random, tape.packets().size());
        boolean clocks = random.nextBoolean();
        LayerStage.Played played =
                stage.play(tape, sender.layers(), changes, network, clocks, random);
        ViewerCheck check = new ViewerCheck(tape, played, network);
        check.check(clocks && network.equals(Network.GOOD));
        assertThat(check.frameCount()).isGreaterThan(10);
        if (network.equals(Network.GOOD)) {
            sender.checkReached(changes.getLast().wish(), check.lastFrames(END_NANOS));
        }
    }

    @ParameterizedTest
    @EnumSource(Sender.class)
    void shouldGiveEveryViewerWholeFramesThatItCanDecode(Sender sender) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Network network =
                    switch (seed % 3) {
                        case 0 -> Network.GOOD;
                        case 1 -> Network.FAIR;
                        default -> Network.BAD;
                    };
            try {
                simulate(sender, network, seed);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + " over " + network, e);
            }
        }
    }

    /** Descriptors, layers and numbers that lie: a bit here, a jump there. */
    private static Tape forged(Tape tape, Random random) {
        List<Tape.Packet> packets = new ArrayList<>();
        long jumped = 0;
        int shifted = 0;
        for (Tape.Packet packet : tape.packets()) {
            byte[] descriptor = packet.descriptor().clone();
            byte[] payload = packet.payload().clone();
            if (descriptor.length > 0 && random.nextInt(4) == 0) {
                descriptor[random.nextInt(descriptor.length)] ^= (byte) (1 << random.nextInt(8));
            }
            if (descriptor.length > 0 && random.nextInt(20) == 0) {
                descriptor = Arrays.copyOf(descriptor, random.nextInt(descriptor.length) + 1);
            }
            if (random.nextInt(4) == 0) {
                payload[random.nextInt(8)] ^= (byte) (1 << random.nextInt(8));
            }
            jumped += random.nextInt(60) == 0 ? random.nextInt(1 << 16) : 0;
            shifted += random.nextInt(60) == 0 ? random.nextInt() : 0;
            packets.add(
                    new Tape.Packet(
                            packet.encoding(),
                            packet.sequence() + jumped,
                            packet.timestamp() + shifted,
                            packet.marker() ^ random.nextInt(30) == 0,
                            descriptor,
                            payload,
                            packet.frame(),
                            packet.inFrame(),
                            packet.atNanos()));
        }
        return new Tape(tape.codec(), packets, tape.frames());
    }

    @ParameterizedTest
    @EnumSource(Sender.class)
    void shouldBreakNoViewerWhateverAPublisherSaysOfItsLayers(Sender sender) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Tape tape = forged(sender.tape(random), random);
            List<Change> changes = changes(random, tape.packets().size());
            LayerStage.Played played =
                    stage.play(tape, sender.layers(), changes, Network.BAD, true, random);
            assertThat(played.defects()).as("seed %d", seed).isEmpty();
            Set<Integer> numbers = new HashSet<>();
            for (byte[] datagram : played.sent()) {
                int number = (datagram[2] & 0xff) << 8 | (datagram[3] & 0xff);
                assertThat(numbers.add(number)).as("number %d of seed %d", number, seed).isTrue();
            }
        }
    }
}
