package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.ice.Slab;
import io.sluice.receive.TrackFormat;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.RtpHeaderWriter;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A publisher whose encodings have wild names, sources and numbers. */
final class HostileSimulcastTest extends PacketLineFixture {
    private static final int PACKETS = 6_000;
    private static final int ALLOCATION = 12;

    HostileSimulcastTest() {
        super(Codec.VP8, List.of("q", "h", "f"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldBreakNoViewerWhateverItSends(long seed) {
        ReceiveSection plain = section(Map.of());
        ReceiveSection told =
                new ReceiveSection(
                        plain.mid(),
                        plain.trackId(),
                        plain.kind(),
                        plain.source(),
                        plain.codecs(),
                        Map.of(
                                HeaderExtension.MID,
                                MID,
                                HeaderExtension.RID,
                                RID,
                                HeaderExtension.REPAIRED_RID,
                                REPAIRED_RID,
                                HeaderExtension.VIDEO_LAYERS_ALLOCATION,
                                ALLOCATION),
                        plain.ssrcs(),
                        plain.rids());
        TrackFormat had = track.format();
        track.update(
                new TrackFormat(
                        had.codec(),
                        MEDIA,
                        RTX,
                        true,
                        true,
                        ExtensionMap.of(told.extensions()),
                        rids));
        ingress.routes(List.of(new ReceiveRoute(told, track)), server);
        first.subscription.begin();
        second.subscription.begin();
        Random wild = new Random(seed);
        int[] sequences = new int[6];
        for (int i = 0; i < PACKETS; i++) {
            int source = wild.nextInt(sequences.length);
            sequences[source] += wild.nextInt(200) == 0 ? wild.nextInt(1 << 16) : 1;
            sendWild(wild, source, sequences[source]);
            nowNanos += wild.nextInt(30_000_000);
            if (i % 20 == 0) {
                feedback(Slab.SLOT_BYTES);
                first.subscription.onNack(wild.nextInt(1 << 16), wild.nextInt(), nowNanos);
            }
            assertThat(defects).as("after packet %d of seed %d", i, seed).isEmpty();
        }
        assertThat(first.port.sent()).isNotEmpty();
        assertThat(second.port.sent()).isNotEmpty();
    }

    private void sendWild(Random wild, int source, int sequence) {
        int slot = slab.take();
        RtpHeaderWriter writer = new RtpHeaderWriter();
        boolean repair = wild.nextInt(8) == 0;
        writer.begin(
                slab.memory(),
                Slab.offset(slot),
                200,
                wild.nextBoolean(),
                repair ? RTX : MEDIA,
                sequence,
                wild.nextInt(4) == 0 ? wild.nextInt() : sequence * 3_000L,
                repair ? 0x2000 + source : 0x1000 + source);
        if (wild.nextBoolean()) {
            writer.add(MID, wild.nextInt(20) == 0 ? '2' : '1', 1);
        }
        if (wild.nextBoolean()) {
            writer.add(repair ? REPAIRED_RID : RID, "qhfx".charAt(wild.nextInt(4)), 1);
        }
        if (wild.nextInt(10) == 0) {
            writer.add(ALLOCATION, wild.nextInt(), wild.nextInt(1, 5));
        }
        byte[] payload = (wild.nextInt(10) == 0 ? KEYFRAME : INTERFRAME).clone();
        payload[wild.nextInt(payload.length)] ^=
                (byte) (wild.nextInt(20) == 0 ? wild.nextInt() : 0);
        deliver(slot, writer.end(), repair ? wrapped(sequence, payload) : payload);
        departures.departAll();
    }
}
