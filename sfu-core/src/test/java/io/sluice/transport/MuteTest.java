package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.codec.Codec;
import io.sluice.forward.Egress;
import io.sluice.forward.Fanout;
import io.sluice.forward.MemoryUdpPort;
import io.sluice.forward.Subscription;
import io.sluice.forward.SubscriptionFormat;
import io.sluice.ice.Path;
import io.sluice.ice.Slab;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.loop.TestLoops;
import io.sluice.receive.Track;
import io.sluice.receive.TrackFormat;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.RtcpMessage;
import io.sluice.rtp.RtcpReader;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A muted track reaches no viewer, and goes on without a hole. */
final class MuteTest {

    /** The keyframe requests that the publisher is sent now. */
    private static int pictureLosses(Track track, long nowNanos) {
        MemorySegment memory = Arena.ofAuto().allocate(Slab.SLOT_BYTES);
        RtcpWriter writer = new RtcpWriter();
        writer.begin(memory, 0, Slab.SLOT_BYTES);
        track.writeFeedback(writer, 1, 0, nowNanos);
        RtcpReader reader = new RtcpReader();
        reader.wrap(memory, 0, writer.lengthBytes());
        int count = 0;
        for (RtcpMessage message = reader.next(); message != null; message = reader.next()) {
            count += message instanceof RtcpMessage.PictureLoss ? 1 : 0;
        }
        return count;
    }

    @Nested
    final class OfVideo extends PacketLineFixture {
        OfVideo() {
            super(Codec.VP8);
        }

        private void media(int sequence, byte[] payload) {
            send(PUBLISHER_SSRC, MEDIA, sequence, 9_000 + sequence * 3_000, payload);
        }

        @Test
        void shouldReachNobodyWhileItIsReceivedAndReported() {
            publish();
            media(500, KEYFRAME);
            first.next();
            track.mute(true);
            media(501, KEYFRAME);
            media(503, INTERFRAME);

            assertThat(first.waiting()).isZero();
            assertThat(second.waiting()).isEqualTo(1);
            assertThat(drops.of(DropReason.MUTED)).isEqualTo(2);
            assertThat(track.receivedPackets()).isEqualTo(3);
            assertThat(track.expectedPackets()).isEqualTo(4);
            assertThat(asked()).containsExactly(502);
        }

        @Test
        void shouldGoOnWithAKeyframeAndTheNextNumber() {
            publish();
            media(500, KEYFRAME);
            media(501, INTERFRAME);
            first.next();
            int before = first.next().sequence();
            track.mute(true);
            media(502, INTERFRAME);
            media(503, INTERFRAME);
            track.mute(false);
            media(504, INTERFRAME);
            assertThat(first.waiting()).isZero();
            media(505, KEYFRAME);
            media(506, INTERFRAME);

            RtpPacket begin = first.next();
            assertThat(begin.sequence()).isEqualTo(before + 1);
            assertThat(payload(begin)).isEqualTo(KEYFRAME);
            assertThat(first.next().sequence()).isEqualTo(before + 2);
        }

        @Test
        void shouldAskForAKeyframeOnlyWhenItGoesOn() {
            publish();
            track.mute(true);
            media(500, INTERFRAME);
            track.fanout().requestKeyframe();
            assertThat(pictureLosses(track, nowNanos)).isZero();
            track.mute(false);
            assertThat(pictureLosses(track, nowNanos)).isEqualTo(1);
            media(501, INTERFRAME);
            assertThat(pictureLosses(track, nowNanos)).isZero();
            media(502, KEYFRAME);
            assertThat(payload(first.next())).isEqualTo(KEYFRAME);
        }

        @Test
        void shouldNotForwardWhatWasLostBeforeAndComesAfter() {
            publish();
            media(500, KEYFRAME);
            media(502, INTERFRAME);
            track.mute(true);
            media(503, INTERFRAME);
            track.mute(false);
            media(504, KEYFRAME);
            while (first.waiting() > 0) {
                first.next();
            }
            media(501, INTERFRAME);
            assertThat(first.waiting()).isZero();
            assertThat(drops.of(DropReason.BEFORE_SWITCH)).isEqualTo(2);
        }

        @Test
        void shouldNotInterruptViewersWhenItIsUnmutedTwice() {
            publish();
            media(500, KEYFRAME);
            track.mute(false);
            media(501, INTERFRAME);
            assertThat(first.waiting()).isEqualTo(2);
        }
    }

    @Nested
    final class OfAudio extends PacketLineFixture {
        private static final byte[] FRAME = {0x78, 1, 2, 3};

        OfAudio() {
            super(Codec.OPUS);
        }

        private void media(int sequence) {
            send(PUBLISHER_SSRC, MEDIA, sequence, sequence * 960, FRAME);
        }

        @Test
        void shouldGoOnAtOnceWithTheNextNumberAndItsOwnTime() {
            publish();
            media(500);
            RtpPacket before = first.next();
            track.mute(true);
            for (int i = 501; i < 600; i++) {
                media(i);
            }
            assertThat(first.waiting()).isZero();
            track.mute(false);
            media(600);
            RtpPacket after = first.next();
            assertThat(after.sequence()).isEqualTo(before.sequence() + 1);
            assertThat(after.timestamp() - before.timestamp()).isEqualTo(100 * 960);
        }
    }

    /** The viewer lives on another loop than the publisher. */
    @Nested
    final class AcrossLoops {
        private static final int SSRC = 7;
        private static final int PAYLOAD_TYPE = 96;

        private final Random random = new Random(PacketLineFixture.SEED);
        private final RtpPacket packet = new RtpPacket();
        private final MemoryUdpPort port = new MemoryUdpPort();

        private void send(Loop loop, Track track, int sequence, byte[] payload) {
            Slab slab = loop.slab();
            int slot = slab.take();
            RtpHeaderWriter writer = new RtpHeaderWriter();
            writer.begin(
                    slab.memory(),
                    Slab.offset(slot),
                    64,
                    true,
                    PAYLOAD_TYPE,
                    sequence,
                    sequence * 3_000L,
                    SSRC);
            int header = writer.end();
            MemorySegment.copy(
                    payload,
                    0,
                    slab.memory(),
                    ValueLayout.JAVA_BYTE,
                    Slab.offset(slot) + header,
                    payload.length);
            assertThat(packet.wrap(slab.memory(), Slab.offset(slot), header + payload.length))
                    .isTrue();
            track.onRtp(packet, slot, 1_000_000_000L + sequence);
            slab.release(slot);
        }

        private Fanout watch(Loop viewers) {
            byte[][] parts = {new byte[16], new byte[12], new byte[16], new byte[12]};
            Fanout fanout =
                    new Fanout(
                            viewers.kept(),
                            Codec.VP8,
                            ExtensionMap.EMPTY,
                            viewers.drops(),
                            viewers.departures());
            Egress egress =
                    new Egress(
                            port,
                            viewers.scratch(),
                            viewers.drops(),
                            viewers.counters(),
                            viewers.latency(),
                            true,
                            viewers::countDefect);
            egress.keys(
                    SrtpContexts.open(
                            new SrtpKeys(
                                    SrtpProfile.AEAD_AES_128_GCM,
                                    parts[0],
                                    parts[1],
                                    parts[2],
                                    parts[3]),
                            SrtpConfig.defaults()));
            egress.path(new Path(0, 0, 0, 9));
            SubscriptionFormat format =
                    new SubscriptionFormat("0", PAYLOAD_TYPE, 0, 0xAAAA0001, 0, ExtensionMap.EMPTY);
            new Subscription(format, fanout, egress, random).begin();
            return fanout;
        }

        private List<Integer> sequences() {
            return port.sent().stream()
                    .map(sent -> (sent[2] & 0xff) << 8 | (sent[3] & 0xff))
                    .toList();
        }

        @Test
        void shouldGoOnWithAKeyframeAndTheNextNumber() {
            TestLoops loops = new TestLoops(2, LoopConfig.defaults().withRoom(256, 64));
            Loop publishers = loops.all().get(0);
            Loop viewers = loops.all().get(1);
            TrackFormat format =
                    new TrackFormat(Codec.VP8, PAYLOAD_TYPE, 97, true, true, ExtensionMap.EMPTY);
            Track track =
                    new Track(
                            "TR_1",
                            format,
                            publishers.kept(),
                            publishers.drops(),
                            publishers.counters(),
                            publishers.departures());
            Fanout fanout = TestLoops.on(viewers, () -> watch(viewers));
            TestLoops.on(
                    publishers,
                    () -> {
                        track.source(SSRC);
                        track.fanOutTo(publishers.handoffTo(viewers), fanout);
                        send(publishers, track, 500, PacketLineFixture.KEYFRAME);
                        track.mute(true);
                        send(publishers, track, 501, PacketLineFixture.INTERFRAME);
                        track.mute(false);
                        send(publishers, track, 502, PacketLineFixture.INTERFRAME);
                        send(publishers, track, 503, PacketLineFixture.KEYFRAME);
                        send(publishers, track, 504, PacketLineFixture.INTERFRAME);
                        publishers.endTurn();
                        return true;
                    });

            await().until(() -> TestLoops.on(viewers, () -> port.sent().size()) == 3);
            List<Integer> sequences = TestLoops.on(viewers, this::sequences);
            int begin = sequences.getFirst();
            assertThat(sequences).containsExactly(begin, begin + 1, begin + 2);
            assertThat(publishers.drops().of(DropReason.MUTED)).isEqualTo(1);
            assertThat(publishers.drops().of(DropReason.HANDOFF_FULL)).isZero();
            TestLoops.on(
                    publishers,
                    () -> {
                        track.close();
                        return true;
                    });
            TestLoops.on(
                    viewers,
                    () -> {
                        fanout.close();
                        return true;
                    });
            loops.close();
        }
    }
}
