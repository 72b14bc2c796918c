package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.forward.Subscription;
import io.sluice.forward.SubscriptionFormat;
import io.sluice.ice.Slab;
import io.sluice.receive.KeyframeRequester;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.RtcpMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A viewer who comes while another watches, some time after a keyframe. */
final class LateJoinerTest extends PacketLineFixture {
    private static final long MS_NANOS = 1_000_000;

    private int sequence = 500;

    LateJoinerTest() {
        super(Codec.VP8);
    }

    /** The first viewer watches, and a keyframe comes. */
    private void begin() {
        ingress.routes(
                List.of(new ReceiveRoute(section(PUBLISHER_SSRC, PUBLISHER_RTX_SSRC), track)),
                server);
        first.subscription.begin();
        send(KEYFRAME);
        feedback(Slab.SLOT_BYTES);
    }

    private void send(byte[] payload) {
        sequence++;
        send(PUBLISHER_SSRC, MEDIA, sequence, 3_000 * sequence, payload);
    }

    private void send(int interframes) {
        for (int i = 0; i < interframes; i++) {
            send(INTERFRAME);
        }
    }

    private List<byte[]> received() {
        List<byte[]> payloads = new ArrayList<>();
        int before = -1;
        while (second.waiting() > 0) {
            var packet = second.next();
            assertThat(before < 0 ? packet.sequence() : before + 1).isEqualTo(packet.sequence());
            before = packet.sequence();
            payloads.add(payload(packet));
        }
        return payloads;
    }

    @Test
    void shouldBeginWithTheLastKeyframeIfLittleFollowedIt() {
        begin();
        send(20);
        second.subscription.begin();
        send(1);
        nowNanos += 200 * MS_NANOS;
        assertThat(feedback(Slab.SLOT_BYTES)).as("asked all the same").isNotEmpty();
        send(1);

        List<byte[]> received = received();
        assertThat(received).hasSize(23);
        assertThat(received.getFirst()).isEqualTo(KEYFRAME);
        assertThat(received.subList(1, 23)).containsOnly(INTERFRAME);
    }

    @Test
    void shouldWaitIfMuchFollowedIt() {
        begin();
        send(40);
        second.subscription.begin();
        send(1);
        assertThat(received()).isEmpty();
        send(KEYFRAME);
        assertThat(received()).containsExactly(KEYFRAME);
    }

    @Test
    void shouldWaitIfItIsOld() {
        begin();
        nowNanos += 500 * MS_NANOS;
        second.subscription.begin();
        send(1);
        assertThat(received()).isEmpty();
    }

    @Test
    void shouldWaitIfAPacketIsMissingBehindIt() {
        begin();
        sequence++;
        send(1);
        second.subscription.begin();
        send(1);
        assertThat(received()).isEmpty();
        sequence -= 3;
        send(INTERFRAME);
        sequence += 2;
        send(1);
        assertThat(received()).hasSize(5);
    }

    @Test
    void shouldBeginWithAnOldOneIfThePublisherAnswersNoRequest() {
        begin();
        track.fanout().requestKeyframe(0);
        for (int i = 0; i < 8; i++) {
            nowNanos += 200 * MS_NANOS;
            feedback(Slab.SLOT_BYTES);
        }
        send(KEYFRAME);
        for (int i = 0; i < 60; i++) {
            nowNanos += 32 * MS_NANOS;
            send(1);
            feedback(Slab.SLOT_BYTES);
        }
        second.subscription.begin();
        send(1);
        assertThat(received()).hasSize(62).first().isEqualTo(KEYFRAME);
    }

    /** As many as a large room has, each of them all the time. */
    @Test
    void shouldAskOnceInAnIntervalForFiveHundredViewers() {
        begin();
        send(100);
        List<Subscription> viewers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            SubscriptionFormat format =
                    new SubscriptionFormat("7", 100, 0, 0x7000 + i, 0, ExtensionMap.EMPTY);
            viewers.add(new Subscription(format, track.fanout(), second.egress, random));
            viewers.getLast().begin();
        }
        List<Long> askedNanos = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            viewers.forEach(Subscription::onPictureLoss);
            nowNanos += 10 * MS_NANOS;
            for (RtcpMessage message : feedback(Slab.SLOT_BYTES)) {
                if (message instanceof RtcpMessage.PictureLoss) {
                    askedNanos.add(nowNanos);
                }
            }
        }
        assertThat(askedNanos).hasSizeBetween(4, 5);
        for (int i = 1; i < askedNanos.size(); i++) {
            assertThat(askedNanos.get(i) - askedNanos.get(i - 1))
                    .isGreaterThanOrEqualTo(KeyframeRequester.DEFAULT_INTERVAL_NANOS);
        }
        viewers.forEach(Subscription::end);
    }

    @Test
    void shouldAskOnceForAllWhoCome() {
        begin();
        send(100);
        int asked = 0;
        for (int i = 0; i < 20; i++) {
            second.subscription.onPictureLoss();
            nowNanos += 10 * MS_NANOS;
            for (RtcpMessage message : feedback(Slab.SLOT_BYTES)) {
                asked += message instanceof RtcpMessage.PictureLoss ? 1 : 0;
            }
        }
        assertThat(asked).isEqualTo(1);
    }
}
