package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.ice.Path;
import io.sluice.ice.Slab;
import io.sluice.loop.Breakage;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.AbstractList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One packet from the wire to two viewers, through every class of the packet line but the socket. */
final class PacketLineTest extends PacketLineFixture {
    PacketLineTest() {
        super(Codec.VP8);
    }

    @Test
    void shouldReachEveryViewerUnderItsOwnNumbers() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        send(PUBLISHER_SSRC, MEDIA, 501, 12_000, INTERFRAME);

        RtpPacket one = first.next();
        assertThat(one.ssrc()).isEqualTo(0xAAAA0001);
        assertThat(one.payloadType()).isEqualTo(100);
        assertThat(one.marker()).isTrue();
        assertThat(one.textEquals(9, "2")).isTrue();
        assertThat(payload(one)).isEqualTo(KEYFRAME);
        RtpPacket two = first.next();
        assertThat(two.sequence()).isEqualTo(one.sequence() + 1);
        assertThat(two.timestamp() - one.timestamp()).isEqualTo(3_000);
        assertThat(two.transportWideSequence(3)).isEqualTo(one.transportWideSequence(3) + 1);
        assertThat(payload(two)).isEqualTo(INTERFRAME);

        RtpPacket other = second.next();
        assertThat(other.ssrc()).isEqualTo(0xBBBB0001);
        assertThat(other.payloadType()).isEqualTo(120);
        assertThat(other.textEquals(9, "0")).isTrue();
        assertThat(payload(other)).isEqualTo(KEYFRAME);
        assertThat(payload(second.next())).isEqualTo(INTERFRAME);
    }

    @Test
    void shouldBeginWithAKeyframe() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, INTERFRAME);
        assertThat(first.waiting()).isZero();
        assertThat(drops.of(DropReason.AWAITING_KEYFRAME)).isEqualTo(2);
        assertThat(track.fanout().takeKeyframeWish(0)).isTrue();

        send(PUBLISHER_SSRC, MEDIA, 501, 12_000, KEYFRAME);
        assertThat(payload(first.next())).isEqualTo(KEYFRAME);
    }

    @Test
    void shouldResendByRtxWhereItIsNegotiated() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        send(PUBLISHER_SSRC, MEDIA, 501, 12_000, INTERFRAME);
        RtpPacket original = first.next();
        first.next();

        first.subscription.onNack(original.sequence(), 0, nowNanos);
        RtpPacket again = first.next();
        assertThat(again.ssrc()).isEqualTo(0xAAAA0002);
        assertThat(again.payloadType()).isEqualTo(101);
        assertThat(again.timestamp()).isEqualTo(original.timestamp());
        byte[] body = payload(again);
        assertThat((body[0] & 0xff) << 8 | (body[1] & 0xff)).isEqualTo(original.sequence());
        assertThat(body).endsWith(KEYFRAME);

        first.subscription.onNack(original.sequence(), 0, nowNanos);
        assertThat(first.waiting()).isZero();
        assertThat(drops.of(DropReason.RESEND_TOO_SOON)).isEqualTo(1);
    }

    @Test
    void shouldRepeatTheVerySameBytesWhereRtxIsNot() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        RtpPacket original = second.next();

        second.subscription.onNack(original.sequence(), 0, nowNanos);
        assertThat(second.port.sent().get(1)).isEqualTo(second.port.sent().get(0));
    }

    @Test
    void shouldForwardAPacketThatCameByRetransmission() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        send(PUBLISHER_SSRC, MEDIA, 502, 15_000, INTERFRAME);
        byte[] wrapped = new byte[INTERFRAME.length + 2];
        wrapped[0] = (byte) (501 >> 8);
        wrapped[1] = (byte) 501;
        System.arraycopy(INTERFRAME, 0, wrapped, 2, INTERFRAME.length);
        send(PUBLISHER_RTX_SSRC, RTX, 77, 12_000, wrapped);

        RtpPacket begin = first.next();
        assertThat(first.next().sequence()).isEqualTo(begin.sequence() + 2);
        RtpPacket recovered = first.next();
        assertThat(recovered.sequence()).isEqualTo(begin.sequence() + 1);
        assertThat(recovered.timestamp() - begin.timestamp()).isEqualTo(3_000);
        assertThat(payload(recovered)).isEqualTo(INTERFRAME);
    }

    @Test
    void shouldForwardNothingTwice() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        byte[] wrapped = new byte[KEYFRAME.length + 2];
        wrapped[0] = (byte) (500 >> 8);
        wrapped[1] = (byte) 500;
        System.arraycopy(KEYFRAME, 0, wrapped, 2, KEYFRAME.length);
        send(PUBLISHER_RTX_SSRC, RTX, 77, 9_000, wrapped);

        first.next();
        assertThat(first.waiting()).isZero();
        assertThat(drops.of(DropReason.DUPLICATE)).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhatWasNeverNegotiated() {
        publish();
        send(0x33333333, 55, 500, 9_000, KEYFRAME);
        assertThat(first.waiting()).isZero();
        assertThat(drops.of(DropReason.NOT_NEGOTIATED)).isEqualTo(1);
    }

    @Test
    void shouldTakeAHundredStreamsOneAfterTheOther() {
        publish();
        for (int i = 1; i <= 100; i++) {
            int ssrc = 0x55550000 + 2 * i;
            ReceiveSection section = section(ssrc, ssrc + 1);
            ingress.routes(List.of(), server);
            ingress.routes(List.of(new ReceiveRoute(section, track)), server);
            send(ssrc, MEDIA, 500, 9_000, KEYFRAME);
            assertThat(payload(first.next())).isEqualTo(KEYFRAME);
        }
        assertThat(drops.of(DropReason.TOO_MANY_SSRCS)).isZero();
    }

    @Test
    void shouldTakeWhatItRefusedOnceItIsNegotiated() {
        ingress.routes(List.of(), server);
        for (int i = 0; i < 3; i++) {
            send(0x44444444, MEDIA, 500 + i, 9_000, KEYFRAME);
        }
        assertThat(drops.of(DropReason.NOT_NEGOTIATED)).isEqualTo(3);

        publish();
        send(0x44444444, MEDIA, 503, 9_000, KEYFRAME);
        assertThat(payload(second.next())).isEqualTo(KEYFRAME);
    }

    @Test
    void shouldLookForAnUnknownSsrcOnlyOnce() {
        AtomicInteger searches = new AtomicInteger();
        ReceiveRoute route = new ReceiveRoute(section(PUBLISHER_SSRC, 0), track);
        List<ReceiveRoute> counted =
                new AbstractList<>() {
                    @Override
                    public ReceiveRoute get(int index) {
                        searches.incrementAndGet();
                        return route;
                    }

                    @Override
                    public int size() {
                        return 1;
                    }
                };
        ingress.routes(counted, server);
        searches.set(0);
        for (int i = 0; i < 100; i++) {
            send(0x44444444, 55, 500 + i, 9_000, KEYFRAME);
        }
        assertThat(searches).hasValue(1);
    }

    @Test
    void shouldTakeTheMediaFromTheFirstOfTheDeclaredSsrcs() {
        for (int seed = 0; seed < 20; seed++) {
            Map<Integer, Integer> declared = new LinkedHashMap<>();
            while (declared.size() < 4) {
                declared.put(random.nextInt(), 0);
            }
            ingress.routes(List.of(new ReceiveRoute(section(declared), track)), server);
            assertThat(track.ssrc()).isEqualTo(declared.keySet().iterator().next());
        }
    }

    @Test
    void shouldStayWithTheMediaWhenMoreIsDeclared() {
        publish();
        Map<Integer, Integer> declared = new LinkedHashMap<>();
        declared.put(PUBLISHER_SSRC, PUBLISHER_RTX_SSRC);
        declared.put(0x44444444, 0);
        ingress.routes(List.of(new ReceiveRoute(section(declared), track)), server);
        assertThat(track.ssrc()).isEqualTo(PUBLISHER_SSRC);
    }

    @Test
    void shouldLetGoOfAnSsrcThatIsNoLongerDeclared() {
        publish();
        ingress.routes(List.of(new ReceiveRoute(section(0x44444444, 0), track)), server);
        assertThat(ingress.trackOf(PUBLISHER_SSRC)).isNull();
        assertThat(track.ssrc()).isEqualTo(0x44444444);
    }

    @Test
    void shouldTakeRetransmissionsUnderTheirOwnPayloadNumberOnly() {
        publish();
        send(PUBLISHER_RTX_SSRC, MEDIA, 77, 9_000, new byte[] {1, -12, 0x10, 0, 0, 0});
        assertThat(drops.of(DropReason.WRONG_PAYLOAD_TYPE)).isEqualTo(1);
    }

    @Test
    void shouldLatchAnUndeclaredSsrcByItsMid() {
        publish();
        send(0x44444444, MEDIA, 500, 9_000, KEYFRAME);
        assertThat(payload(first.next())).isEqualTo(KEYFRAME);
        assertThat(track.ssrc()).isEqualTo(0x44444444);
    }

    @Test
    void shouldContinueTheViewersNumbersWhenTheSourceChanges() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        RtpPacket before = first.next();
        send(0x44444444, MEDIA, 20, 777, INTERFRAME);
        assertThat(first.waiting()).isZero();
        send(0x44444444, MEDIA, 21, 3_777, KEYFRAME);
        RtpPacket after = first.next();
        assertThat(after.sequence()).isEqualTo(before.sequence() + 1);
        assertThat(after.timestamp() - before.timestamp()).isBetween(1, 90_000);
    }

    @Test
    void shouldKeepNothingForViewersThatAreGone() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        assertThat(slab.slotsInUse()).isEqualTo(1);
        first.subscription.end();
        second.subscription.end();
        assertThat(slab.slotsInUse()).isZero();
        send(PUBLISHER_SSRC, MEDIA, 501, 12_000, INTERFRAME);
        assertThat(slab.slotsInUse()).isZero();
    }

    @Test
    void shouldNotAnswerToTheNumbersOfAnEarlierSource() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        RtpPacket before = second.next();
        send(0x44444444, MEDIA, 500, 777, INTERFRAME);
        send(0x44444444, MEDIA, 501, 3_777, KEYFRAME);
        second.next();

        // Other bytes under an old number would use its key twice: the checking context throws.
        second.subscription.onNack(before.sequence(), 0, nowNanos);
        assertThat(second.waiting()).isZero();
        assertThat(drops.of(DropReason.RESEND_UNAVAILABLE)).isEqualTo(1);
    }

    @Test
    void shouldCloseUpAJumpOfThePublishersNumbers() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        RtpPacket before = first.next();
        // RFC 3550 A.1: two in order after a jump are a restart.
        send(PUBLISHER_SSRC, MEDIA, 30_500, 12_000, INTERFRAME);
        send(PUBLISHER_SSRC, MEDIA, 30_501, 15_000, INTERFRAME);
        assertThat(first.waiting()).isZero();
        send(PUBLISHER_SSRC, MEDIA, 30_502, 18_000, KEYFRAME);
        RtpPacket after = first.next();
        assertThat(after.sequence()).isEqualTo(before.sequence() + 1);
        assertThat(after.timestamp() - before.timestamp()).isEqualTo(9_000);
    }

    @Test
    void shouldSendNothingWithoutAPathAndBeginAnewWithTheNext() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        RtpPacket before = first.next();
        first.egress.path(null);
        send(PUBLISHER_SSRC, MEDIA, 501, 12_000, INTERFRAME);
        first.subscription.onNack(before.sequence(), 0, nowNanos);
        assertThat(first.waiting()).isZero();

        first.egress.path(new Path(0, 0, 0, 10));
        send(PUBLISHER_SSRC, MEDIA, 502, 15_000, INTERFRAME);
        assertThat(first.waiting()).isZero();
        send(PUBLISHER_SSRC, MEDIA, 503, 18_000, KEYFRAME);
        assertThat(first.next().sequence()).isEqualTo(before.sequence() + 1);
    }

    @ParameterizedTest
    @EnumSource(Breakage.class)
    void shouldEndOnlyTheViewerThatBreaks(Breakage breakage) {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        first.egress.keys(new BrokenSrtp(breakage));
        send(PUBLISHER_SSRC, MEDIA, 501, 12_000, INTERFRAME);
        assertThat(defects).hasSize(1);
        defects.clear();
        second.next();
        assertThat(payload(second.next())).isEqualTo(INTERFRAME);
    }

    @ParameterizedTest
    @EnumSource(Breakage.class)
    void shouldEndOnlyTheViewerThatBreaksBehindItsPackets(Breakage breakage) {
        publish();
        first.port.onRunEnd(() -> {
            throw breakage.now();
        });
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        assertThat(defects).extracting(Throwable::getMessage).containsExactly(Breakage.MESSAGE);
        defects.clear();
        assertThat(payload(second.next())).isEqualTo(KEYFRAME);
    }

    @Test
    void shouldDropAHeaderThatIsTooLongToBePassedOn() {
        publish();
        assertThat(drops.of(DropReason.HEADER_TOO_LONG)).isZero();
        int slot = slab.take();
        long at = Slab.offset(slot);
        RtpHeaderWriter writer = new RtpHeaderWriter();
        writer.begin(slab.memory(), at, 600, true, MEDIA, 500, 0, PUBLISHER_SSRC);
        MemorySegment orientation = Arena.ofAuto().allocate(255);
        writer.add(7, orientation, 0, 255);
        int header = writer.end();
        MemorySegment source = Arena.ofAuto().allocate(KEYFRAME.length);
        MemorySegment.copy(KEYFRAME, 0, source, ValueLayout.JAVA_BYTE, 0, KEYFRAME.length);
        int length = publisher.protectRtp(slab.memory(), at, header, 0, source, 0, KEYFRAME.length);
        ingress.onRtp(server, slot, length, nowNanos);
        departures.departAll();
        slab.release(slot);
        assertThat(first.waiting()).isZero();
        assertThat(drops.of(DropReason.HEADER_TOO_LONG)).isEqualTo(2);
    }

    @Test
    void shouldLimitWhatOneViewerCanMakeUsResend() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        for (int i = 1; i < 200; i++) {
            send(PUBLISHER_SSRC, MEDIA, 500 + i, 9_000, INTERFRAME);
        }
        int begin = first.next().sequence();
        int sent = first.port.sent().size();
        for (int i = 0; i < 200; i += 17) {
            first.subscription.onNack(begin + i, 0xffff, nowNanos);
        }
        assertThat(first.port.sent().size() - sent).isEqualTo(64);
        assertThat(drops.of(DropReason.RESEND_LIMIT)).isPositive();
    }

    @Test
    void shouldSendWhatItCouldNotSendAgainWhenItIsAskedForOnceMore() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        for (int i = 1; i < 100; i++) {
            send(PUBLISHER_SSRC, MEDIA, 500 + i, 9_000, INTERFRAME);
        }
        int begin = first.next().sequence();
        for (int i = 0; i < 100; i += 17) {
            first.subscription.onNack(begin + i, 0xffff, nowNanos);
        }
        int sent = first.port.sent().size();

        // The first ones were sent again a moment ago, the last ones were over the limit.
        nowNanos += 10_000_000;
        first.subscription.onNack(begin, 0, nowNanos);
        first.subscription.onNack(begin + 99, 0, nowNanos);

        assertThat(first.port.sent()).hasSize(sent + 1);
        assertThat(drops.of(DropReason.RESEND_TOO_SOON)).isEqualTo(1);
    }
}
