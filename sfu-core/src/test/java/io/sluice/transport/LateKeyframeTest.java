package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.rtp.DropReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Viewers who wait for a keyframe whose first packet is lost on the way and comes later. */
final class LateKeyframeTest {
    private static final byte[] CONTINUED = {0x00, 0x01, 2, 3};

    private abstract static class Line extends PacketLineFixture {
        private Line(Codec codec) {
            super(codec);
        }

        /** Sends a packet on the media's own SSRC. */
        void send(int sequence, int timestamp, byte[] payload) {
            send(PUBLISHER_SSRC, MEDIA, sequence, timestamp, payload);
        }

        /** Sends a packet that was lost, as the publisher does when it is asked. */
        void repair(int sequence, int timestamp, byte[] payload) {
            send(PUBLISHER_RTX_SSRC, RTX, 7_000 + sequence, timestamp, wrapped(sequence, payload));
        }

        /** The payloads that wait at a viewer, at their distance from the first number. */
        List<byte[]> received(Viewer viewer) {
            List<byte[]> payloads = new ArrayList<>();
            int firstSequence = -1;
            while (viewer.waiting() > 0) {
                var packet = viewer.next();
                firstSequence = firstSequence < 0 ? packet.sequence() : firstSequence;
                int index = packet.sequence() - firstSequence;
                while (payloads.size() <= index) {
                    payloads.add(new byte[0]);
                }
                payloads.set(index, payload(packet));
            }
            return payloads;
        }
    }

    @Nested
    final class WithVp8 extends Line {
        WithVp8() {
            super(Codec.VP8);
        }

        @Test
        void shouldSendWhatFollowedTheRepairedPacketAtOnce() {
            publish();
            send(499, 6_000, INTERFRAME);
            send(501, 9_000, CONTINUED);
            send(502, 12_000, INTERFRAME);
            assertThat(first.waiting()).isZero();

            repair(500, 9_000, KEYFRAME);

            assertThat(received(first)).containsExactly(KEYFRAME, CONTINUED, INTERFRAME);
            send(503, 15_000, INTERFRAME);
            assertThat(received(first)).containsExactly(INTERFRAME);
        }

        @Test
        void shouldSendWhatOneTurnRepairsOnce() {
            publish();
            deliver(PUBLISHER_SSRC, MEDIA, 502, 9_000, CONTINUED);
            deliver(PUBLISHER_RTX_SSRC, RTX, 7_500, 9_000, wrapped(500, KEYFRAME));
            deliver(PUBLISHER_RTX_SSRC, RTX, 7_501, 9_000, wrapped(501, INTERFRAME));
            departures.departAll();

            assertThat(defects).isEmpty();
            assertThat(first.waiting()).isEqualTo(3);
            assertThat(received(first)).containsExactly(KEYFRAME, INTERFRAME, CONTINUED);
        }

        @Test
        void shouldKeepThePlaceOfWhatIsStillMissing() {
            publish();
            send(499, 6_000, INTERFRAME);
            send(502, 9_000, CONTINUED);
            repair(500, 9_000, KEYFRAME);
            repair(501, 9_000, INTERFRAME);
            assertThat(received(first)).containsExactly(KEYFRAME, INTERFRAME, CONTINUED);
        }

        @Test
        void shouldSendAgainWhatWasCaughtUpUnderTheSameNumbers() {
            publish();
            send(499, 6_000, INTERFRAME);
            send(501, 9_000, CONTINUED);
            repair(500, 9_000, KEYFRAME);
            int begin = second.next().sequence();
            second.next();
            byte[] datagram = second.port.sent().getLast();

            // Without RTX the very same bytes: the checking context throws for others.
            second.subscription.onNack(begin + 1, 0, nowNanos);

            assertThat(second.port.sent().getLast()).isEqualTo(datagram);
            assertThat(second.waiting()).isEqualTo(1);
        }

        @Test
        void shouldNotBeginAgainWithAKeyframeWhoseRestWasSent() {
            publish();
            send(498, 6_000, KEYFRAME);
            send(500, 9_000, CONTINUED);
            received(first);
            // Packets were lost on the way between two loops.
            track.fanout().onHandoff(slab.memory(), 0, 0, 0, nowNanos, true);

            repair(499, 9_000, KEYFRAME);

            assertThat(first.waiting()).isZero();
            assertThat(drops.of(DropReason.AWAITING_KEYFRAME)).isEqualTo(2);
        }
    }

    @Nested
    final class WithH264 extends Line {
        private static final byte[] PARAMETER_SET = {0x67, 0x42, (byte) 0xe0, 0x1f};
        private static final byte[] PICTURE_PARAMETERS = {0x68, (byte) 0xce, 0x3c};
        private static final byte[] PICTURE = {0x65, (byte) 0x88, (byte) 0x84, 1};
        private static final byte[] SLICE = {0x41, (byte) 0x9a, 2};

        WithH264() {
            super(Codec.H264);
        }

        @Test
        void shouldWaitForParameterSetsThatComeAfterTheirPicture() {
            publish();
            send(499, 6_000, SLICE);
            send(502, 9_000, PICTURE);
            send(503, 12_000, SLICE);
            assertThat(first.waiting()).isZero();

            repair(501, 9_000, PICTURE_PARAMETERS);
            assertThat(first.waiting()).isZero();
            repair(500, 9_000, PARAMETER_SET);

            assertThat(received(first))
                    .containsExactly(PARAMETER_SET, PICTURE_PARAMETERS, PICTURE, SLICE);
        }

        @Test
        void shouldAskForParameterSetsThatWereLostBeforeTheirPicture() {
            publish();
            send(499, 6_000, SLICE);
            send(502, 9_000, PICTURE);
            send(503, 12_000, SLICE);
            assertThat(asked()).containsExactly(500, 501);
        }

        @Test
        void shouldBeginWithAPictureThatHasNoParameterSetsWhereNoneWasLost() {
            publish();
            send(499, 6_000, SLICE);
            send(500, 9_000, PICTURE);
            assertThat(received(first)).containsExactly(PICTURE);
        }
    }
}
