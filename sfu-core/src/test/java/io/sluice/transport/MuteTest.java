package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.codec.Codec;
import io.sluice.ice.Slab;
import io.sluice.receive.Track;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.RtcpMessage;
import io.sluice.rtp.RtcpReader;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpPacket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
            track.fanout().requestKeyframe(0);
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
            assertThat(drops.of(DropReason.MUTED)).isEqualTo(2);
        }

        @Test
        void shouldNotShowWhatWasSentMutedAndComesAfter() {
            publish();
            media(500, KEYFRAME);
            first.next();
            track.mute(true);
            media(502, INTERFRAME);
            track.mute(false);
            media(501, KEYFRAME);
            assertThat(first.waiting()).isZero();
            media(503, KEYFRAME);
            assertThat(first.waiting()).isEqualTo(1);
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

    @Test
    void shouldGoOnWithAKeyframeAndTheNextNumberAcrossLoops() {
        try (TwoLoops loops = new TwoLoops()) {
            loops.publish(() -> {
                loops.send(500, PacketLineFixture.KEYFRAME);
                loops.track.mute(true);
                loops.send(501, PacketLineFixture.INTERFRAME);
                loops.track.mute(false);
                loops.send(502, PacketLineFixture.INTERFRAME);
                loops.send(503, PacketLineFixture.KEYFRAME);
                loops.send(504, PacketLineFixture.INTERFRAME);
            });

            await().until(() -> loops.received().size() == 3);
            int begin = loops.received().getFirst();
            assertThat(loops.received()).containsExactly(begin, begin + 1, begin + 2);
            assertThat(loops.publishers.drops().of(DropReason.MUTED)).isEqualTo(1);
            assertThat(loops.publishers.drops().of(DropReason.HANDOFF_FULL)).isZero();
        }
    }
}
