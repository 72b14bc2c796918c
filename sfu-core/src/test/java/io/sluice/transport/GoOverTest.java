package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.forward.Subscription;
import io.sluice.forward.SubscriptionFormat;
import io.sluice.receive.Track;
import io.sluice.receive.TrackFormat;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A viewer whose stream goes over from one track to another, under one SSRC and one key. */
final class GoOverTest extends PacketLineFixture {
    private static final int OTHER_SSRC = 0x33333333;

    private final Track other =
            new Track(
                    "TR_2",
                    new TrackFormat(
                            Codec.VP8,
                            MEDIA,
                            RTX,
                            true,
                            true,
                            ExtensionMap.of(Map.of(HeaderExtension.MID, MID)),
                            List.of()),
                    kept,
                    drops,
                    counters,
                    departures);
    private final List<RtpPacket> received = new ArrayList<>();

    GoOverTest() {
        super(Codec.VP8);
    }

    /** Both tracks come in sections of one participant; the first viewer watches the first track. */
    private void begin() {
        ReceiveSection section = section(PUBLISHER_SSRC, PUBLISHER_RTX_SSRC);
        ReceiveSection second =
                new ReceiveSection(
                        "2",
                        "TR_2",
                        section.kind(),
                        section.source(),
                        section.codecs(),
                        section.extensions(),
                        Map.of(OTHER_SSRC, 0),
                        List.of());
        ingress.routes(
                List.of(new ReceiveRoute(section, track), new ReceiveRoute(second, other)), server);
        first.subscription.begin();
    }

    private Subscription goOver(Subscription from, Track to) {
        SubscriptionFormat format =
                new SubscriptionFormat("2", 100, 101, 0xAAAA0001, 0xAAAA0002, extensions(9, 7));
        Subscription successor = from.goOver(format, to.fanout(), random);
        successor.begin();
        return successor;
    }

    private void sendFirst(int sequence, byte[] payload) {
        send(PUBLISHER_SSRC, MEDIA, sequence, 3_000 * sequence, payload);
    }

    private void sendOther(int sequence, byte[] payload) {
        send(OTHER_SSRC, MEDIA, sequence, 3_000 * sequence, payload);
    }

    private List<byte[]> payloads() {
        List<byte[]> payloads = new ArrayList<>();
        while (first.waiting() > 0) {
            RtpPacket packet = first.next();
            received.add(packet);
            payloads.add(payload(packet));
        }
        return payloads;
    }

    @AfterEach
    void everythingCameInOneStream() {
        other.close();
        for (int i = 1; i < received.size(); i++) {
            RtpPacket before = received.get(i - 1);
            RtpPacket packet = received.get(i);
            assertThat(packet.ssrc()).isEqualTo(0xAAAA0001);
            assertThat((short) (packet.sequence() - before.sequence())).isEqualTo((short) 1);
            assertThat(packet.timestamp() - before.timestamp()).isBetween(0, 90_000);
        }
    }

    @Test
    void shouldShowTheTrackBeforeUntilAKeyframeOfTheOtherComes() {
        begin();
        sendFirst(500, KEYFRAME);
        Subscription successor = goOver(first.subscription, other);
        sendFirst(501, INTERFRAME);
        sendOther(9_000, INTERFRAME);
        assertThat(payloads()).containsExactly(KEYFRAME, INTERFRAME);

        sendOther(9_001, KEYFRAME);
        sendFirst(502, INTERFRAME);
        sendOther(9_002, INTERFRAME);
        assertThat(payloads()).containsExactly(KEYFRAME, INTERFRAME);
        successor.end();
    }

    @Test
    void shouldAskForAKeyframeOfTheOther() {
        begin();
        sendFirst(500, KEYFRAME);
        other.fanout().takeKeyframeWish(0);
        goOver(first.subscription, other);
        assertThat(other.fanout().takeKeyframeWish(0)).isTrue();
        assertThat(payloads()).hasSize(1);
    }

    @Test
    void shouldSendAgainWhatWasLostOfTheTrackThatIsShown() {
        begin();
        sendFirst(500, KEYFRAME);
        Subscription successor = goOver(first.subscription, other);
        payloads();
        int sequence = received.getLast().sequence();
        nowNanos += 100_000_000;
        successor.onNack(sequence, 0, nowNanos);
        assertThat(first.next().ssrc()).as("retransmission").isEqualTo(0xAAAA0002);

        sendOther(9_000, KEYFRAME);
        payloads();
        nowNanos += 100_000_000;
        successor.onNack(received.getLast().sequence(), 0, nowNanos);
        RtpPacket again = first.next();
        assertThat(again.ssrc()).isEqualTo(0xAAAA0002);
        assertThat(drops.of(io.sluice.rtp.DropReason.RESEND_UNAVAILABLE)).isZero();
    }

    @Test
    void shouldGoOverToTheLastWhereOneInBetweenWasNeverShown() {
        begin();
        sendFirst(500, KEYFRAME);
        Subscription between = goOver(first.subscription, other);
        Subscription last = goOver(between, track);
        sendOther(9_000, KEYFRAME);
        sendFirst(501, INTERFRAME);
        sendFirst(502, KEYFRAME);
        sendFirst(503, INTERFRAME);
        assertThat(payloads()).contains(KEYFRAME, INTERFRAME).hasSizeGreaterThanOrEqualTo(3);
        last.end();
        sendFirst(504, KEYFRAME);
        sendOther(9_001, KEYFRAME);
        assertThat(first.waiting()).isZero();
    }

    @Test
    void shouldEndTheTrackBeforeWithIt() {
        begin();
        sendFirst(500, KEYFRAME);
        Subscription successor = goOver(first.subscription, other);
        payloads();
        successor.end();
        sendFirst(501, KEYFRAME);
        sendOther(9_000, KEYFRAME);
        assertThat(first.waiting()).isZero();
    }
}
