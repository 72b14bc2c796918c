package io.sluice.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.codec.PayloadFormat;
import io.sluice.codec.PayloadInfo;
import io.sluice.forward.EncodingLayers;
import io.sluice.forward.Layer;
import io.sluice.forward.TrackLayers;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LayerWatchTest {
    private static final int ALLOCATION = 9;
    private static final long FRAME_NANOS = 33_333_333;
    private static final int PACKET_BYTES = 1_000;

    private final LayerWatch watch = new LayerWatch();
    private final MemorySegment memory = Arena.ofAuto().allocate(2_048);
    private final RtpPacket packet = new RtpPacket();
    private final PayloadInfo info = new PayloadInfo();
    private final PayloadFormat format = PayloadFormat.of(Codec.VP8);
    private TrackLayers last = TrackLayers.UNKNOWN;
    private long nowNanos = 1_000_000_000;
    private int told;

    /** A frame of VP8 in one packet of {@link #PACKET_BYTES}; a keyframe if it has a height. */
    private void frame(int encoding, int temporal, int height, int... allocation) {
        RtpHeaderWriter writer = new RtpHeaderWriter();
        writer.begin(memory, 0, 200, true, 96, 1, 0, encoding);
        if (allocation.length > 0) {
            MemorySegment extension = Arena.ofAuto().allocate(allocation.length);
            for (int i = 0; i < allocation.length; i++) {
                extension.set(ValueLayout.JAVA_BYTE, i, (byte) allocation[i]);
            }
            writer.add(ALLOCATION, extension, 0, allocation.length);
        }
        int header = writer.end();
        int width = height * 16 / 9;
        byte[] payload = {
            (byte) 0x90,
            0x20,
            (byte) (temporal << 6),
            (byte) (height == 0 ? 1 : 0),
            0,
            0,
            (byte) 0x9d,
            1,
            0x2a,
            (byte) width,
            (byte) (width >> 8),
            (byte) height,
            (byte) (height >> 8)
        };
        MemorySegment.copy(payload, 0, memory, ValueLayout.JAVA_BYTE, header, payload.length);
        assertThat(packet.wrap(memory, 0, PACKET_BYTES)).isTrue();
        format.read(memory, header, PACKET_BYTES - header, true, info);
        assertThat(info.valid()).isTrue();
        watch.onPacket(encoding, packet, info, nowNanos);
    }

    /** Frames of some encodings, with a look after each. */
    private void play(int frames, int... encodings) {
        for (int i = 0; i < frames; i++) {
            for (int encoding : encodings) {
                frame(encoding, i % 2, 0);
            }
            nowNanos += FRAME_NANOS;
            look();
        }
    }

    private void look() {
        TrackLayers now = watch.poll(nowNanos);
        if (now != null) {
            last = now;
            told++;
        }
    }

    private List<Boolean> active() {
        return last.encodings().stream().map(EncodingLayers::active).toList();
    }

    @Test
    void shouldMeasureWhatTheLayersGiveAndCost() {
        watch.describe(List.of(), 0);
        frame(0, 0, 720);
        play(60, 0);

        List<Layer> layers = last.encodings().getFirst().layers();
        assertThat(layers).extracting(Layer::temporal).containsExactly(0, 1);
        assertThat(layers).extracting(Layer::height).containsExactly(720, 720);
        assertThat(layers.getLast().framesPerSecond()).isBetween(28, 33);
        assertThat(layers.getFirst().framesPerSecond()).isBetween(13, 17);
        assertThat(layers.getLast().bitrateBps()).isBetween(220_000L, 260_000L);
        assertThat(layers.getFirst().bitrateBps()).isBetween(105_000L, 135_000L);
    }

    @Test
    void shouldTellChangesAndNothingElse() {
        watch.describe(List.of(), 0);
        frame(0, 0, 360);
        play(60, 0);
        int before = told;
        play(300, 0);
        assertThat(told).isEqualTo(before);

        frame(0, 0, 180);
        look();
        assertThat(told).isEqualTo(before + 1);
        assertThat(last.encodings().getFirst().layers().getLast().height()).isEqualTo(180);
    }

    @Test
    void shouldKnowAnEncodingThatHasStoppedSilently() {
        watch.describe(List.of("q", "h", "f"), 0);
        play(30, 0, 1);
        assertThat(last.encodings()).extracting(EncodingLayers::rid).containsExactly("q", "h", "f");
        assertThat(active()).containsExactly(true, true, false);

        play(20, 0);
        assertThat(active()).containsExactly(true, true, false);
        play(20, 0);
        assertThat(active()).containsExactly(true, false, false);
        play(1, 0, 1, 2);
        assertThat(active()).containsExactly(true, true, true);
    }

    @Test
    void shouldNotTakeAStillPictureForAnEnd() {
        watch.describe(List.of("a", "b"), 0);
        play(1, 0, 1);
        for (int second = 0; second < 10; second++) {
            nowNanos += 2_000_000_000L;
            look();
            frame(0, 0, 0);
            look();
            frame(1, 0, 0);
            look();
            assertThat(active()).containsExactly(true, true);
        }
    }

    @Test
    void shouldBelieveThePublisherWhereItSaysWhatItSends() {
        watch.describe(List.of("q", "h"), ALLOCATION);
        // Two streams of one layer: 100 and 900 kbit/s, 320x180 at 15 and 640x360 at 30.
        int[] both = {0x11, 0, 100, 0x84, 7, 1, 63, 0, 179, 15, 2, 127, 1, 103, 30};
        frame(0, 0, 180, both);
        frame(1, 0, 360);
        play(3, 0, 1);

        assertThat(last.encodings().get(1).layers())
                .containsExactly(new Layer(0, 0, 640, 360, 30, 900_000));
        assertThat(last.encodings().get(0).layers())
                .containsExactly(new Layer(0, 0, 320, 180, 15, 100_000));

        frame(0, 0, 0, 0x10, 0x10, 0, 100);
        play(4, 0);
        assertThat(active()).containsExactly(true, false);
        assertThat(last.encodings().get(1).layers())
                .as("as it would come again")
                .containsExactly(new Layer(0, 0, 640, 360, 30, 900_000));
    }
}
