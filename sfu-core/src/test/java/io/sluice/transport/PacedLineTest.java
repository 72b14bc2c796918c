package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.forward.SubscriptionFormat;
import io.sluice.forward.ViewerWish;
import io.sluice.loop.Breakage;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.LatencyHistogram;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a viewer is sent when it may be sent no more than so much a second. */
final class PacedLineTest extends PacedLineFixture {
    @Test
    void shouldSendAtOnceWhatFits() {
        publishToAKnownPath();
        sendFrame(true, 2);

        assertThat(media()).hasSize(2);
        assertThat(counters.of(MediaCount.PACKETS_PACED)).isZero();
    }

    @Test
    void shouldSendTheRestOfALargeFrameInItsOrderAndAtItsRate() {
        publishToAKnownPath();
        sendFrame(true, 12);
        // 10 ms and what goes beyond them, of 100 bytes a millisecond.
        assertThat(first.waiting()).isBetween(2, 4);
        long before = first.waiting();

        pass(40);
        assertThat((double) (first.waiting() - before)).isCloseTo(4, within(1.0));
        pass(200);

        List<RtpPacket> media = media();
        assertThat(media).hasSize(12);
        for (int i = 0; i < 12; i++) {
            RtpPacket packet = media.get(i);
            assertThat(packet.sequence()).isEqualTo((media.getFirst().sequence() + i) & 0xffff);
            assertThat(packet.transportWideSequence(TRANSPORT_SEQUENCE)).isEqualTo(i);
            assertThat(payload(packet)).hasSize(PAYLOAD_BYTES - i);
            assertThat(payload(packet)[PAYLOAD_BYTES - i - 1]).isEqualTo((byte) i);
        }
        assertThat(estimator().sent)
                .extracting(SetEstimator.Sent::sequence)
                .containsExactlyElementsOf(IntStream.range(0, 12).mapToObj(i -> (long) i).toList());
    }

    @Test
    void shouldHoldVideoBackWhileThePathTakesNoMore() {
        publishToAKnownPath();
        sendFrame(true, 1);
        assertThat(media()).hasSize(1);
        first.egress.pathFull(true);
        sendFrame(false, 2);
        pass(100);
        assertThat(first.waiting()).isZero();
        assertThat(control().dataRoomBytes(nowNanos)).isZero();

        first.egress.pathFull(false);
        pass(20);

        assertThat(media()).hasSize(2);
        assertThat(counters.of(MediaCount.PACKETS_PACED)).isEqualTo(2);
    }

    @Test
    void shouldMeasureHowLongPacketsWaited() {
        publishToAKnownPath();
        sendFrame(true, 12);
        pass(200);

        LatencyHistogram waits = latency.waits();
        long waited =
                IntStream.rangeClosed(0, LatencyHistogram.boundsNanos().length)
                        .mapToLong(waits::packets)
                        .sum();
        assertThat(waited).isEqualTo(counters.of(MediaCount.PACKETS_PACED)).isPositive();
        // About 10 ms more for each than for the one before.
        assertThat(waits.sumNanos()).isBetween(300 * MS, 600 * MS);
    }

    @Test
    void shouldKeepWhatComesLaterBehindWhatWaits() {
        publishToAKnownPath();
        sendFrame(true, 12);
        pass(30);
        sendFrame(false, 2);
        pass(300);

        List<Integer> sequences = media().stream().map(RtpPacket::sequence).toList();
        assertThat(sequences).hasSize(14).isSorted();
        assertThat(sequences.getLast() - sequences.getFirst()).isEqualTo(13);
    }

    @Test
    void shouldGiveUpWhatWaitsTooLongAndGoOnWithAKeyframe() {
        publishToAKnownPath();
        sendFrame(true, 70);
        estimator().bitsPerSecond = 100_000;
        pass(700);
        assertThat(drops.of(DropReason.PACER_FULL)).isPositive();
        int before = media().size();
        assertThat(before).isLessThan(40);
        estimator().bitsPerSecond = 10_000_000;
        pass(50);

        sendFrame(false, 1);
        assertThat(track.fanout().takeKeyframeWish(0)).isTrue();
        sendFrame(true, 2);

        List<RtpPacket> media = media();
        assertThat(media.subList(media.size() - 2, media.size()))
                .extracting(packet -> payload(packet).length > PAYLOAD_BYTES / 2)
                .containsOnly(true);
        assertThat(media.getFirst().payloadBytes()).as("padding in the holes").isZero();
        assertThat(drops.of(DropReason.AWAITING_KEYFRAME)).isPositive();
    }

    @Test
    void shouldSendAgainWhatIsMissedBeforeWhatWaits() {
        publishToAKnownPath();
        sendFrame(true, 12);
        int firstSequence = media().getFirst().sequence();
        first.subscription.onNack(firstSequence, 0, nowNanos);
        pass(20);

        List<RtpPacket> next = new ArrayList<>();
        while (first.waiting() > 0) {
            next.add(first.next());
        }
        assertThat(next.getFirst().ssrc()).isEqualTo(first.subscription.rtxSsrc());
        assertThat(next.getLast().ssrc()).isEqualTo(first.subscription.ssrc());
        assertThat(counters.of(MediaCount.RETRANSMISSIONS_SENT)).isEqualTo(1);
    }

    private void assertSentAgain(int asked, int copies) {
        assertThat(counters.of(MediaCount.RETRANSMISSIONS_SENT)).as("asked for").isEqualTo(asked);
        assertThat(counters.of(MediaCount.COPIES_SENT)).as("copies").isEqualTo(copies);
    }

    @Test
    void shouldSendACopyOfWhatIsMissedAgainAMomentLater() {
        publishToAKnownPath();
        sendFrame(true, 2);
        int sequence = media().getFirst().sequence();
        first.subscription.onNack(sequence, 0, nowNanos);
        pass(200);
        assertSentAgain(1, 0);

        first.subscription.onNack(sequence, 0, nowNanos);
        pass(4);
        assertSentAgain(2, 0);
        pass(20);
        assertSentAgain(2, 1);

        List<RtpPacket> again = new ArrayList<>();
        while (first.waiting() > 0) {
            again.add(first.next());
        }
        assertThat(again)
                .hasSize(3)
                .extracting(RtpPacket::ssrc)
                .containsOnly(first.subscription.rtxSsrc());
    }

    @Test
    void shouldSendACopyOfEachPacketThatOneQuestionMissesAgain() {
        publishToAKnownPath();
        sendFrame(true, 2);
        int sequence = media().getFirst().sequence();
        int andTheNext = 1;
        first.subscription.onNack(sequence, andTheNext, nowNanos);
        pass(500);
        assertSentAgain(2, 0);

        first.subscription.onNack(sequence, andTheNext, nowNanos);
        pass(60);
        assertSentAgain(4, 2);
    }

    @Test
    void shouldSendACopyOfWhatIsMissedOnceOverAPathThatLosesByItself() {
        publishToAKnownPath();
        estimator().calmLoss = 0.02;
        sendFrame(true, 2);
        first.subscription.onNack(media().getFirst().sequence(), 0, nowNanos);
        pass(40);

        assertSentAgain(1, 1);
    }

    /** Twenty packets a second are asked for, and the budget, a quarter of 800 kbit/s, is 23. */
    @Test
    void shouldRefuseNoPacketForTheCopiesOfOthers() {
        publishToAKnownPath();
        estimator().calmLoss = 0.15;
        for (int i = 0; i < 60; i++) {
            sendFrame(i == 0, 1);
            pass(50);
            first.subscription.onNack(media().getLast().sequence(), 0, nowNanos);
        }

        assertThat(drops.of(DropReason.RESEND_LIMIT)).isZero();
        assertThat(counters.of(MediaCount.RETRANSMISSIONS_SENT)).isEqualTo(60);
        assertThat(counters.of(MediaCount.COPIES_SENT)).isBetween(8L, 40L);
        assertThat(drops.of(DropReason.COPY_LEFT_OUT)).isPositive();
    }

    /** Of a packet whose answer waits a copy waits as well: not for longer than its viewer waits for the answer. */
    @ParameterizedTest
    @CsvSource({"40,1", "200,0"})
    void shouldSendACopyOfWhatHadToWaitIfNotForTooLong(int fullMillis, int copies) {
        publishToAKnownPath();
        sendFrame(true, 2);
        int sequence = media().getFirst().sequence();
        first.subscription.onNack(sequence, 0, nowNanos);
        pass(200);
        first.egress.pathFull(true);
        first.subscription.onNack(sequence, 0, nowNanos);
        pass(fullMillis);
        first.subscription.onNack(sequence, 0, nowNanos);
        assertSentAgain(1, 0);
        assertThat(drops.of(DropReason.RESEND_TOO_SOON)).isEqualTo(1);

        first.egress.pathFull(false);
        pass(4);
        assertSentAgain(2, 0);
        pass(40);
        assertSentAgain(2, copies);
        assertThat(drops.of(DropReason.COPY_LEFT_OUT)).isEqualTo(1 - copies);
    }

    @Test
    void shouldNotSendTwiceWhatStillWaits() {
        publishToAKnownPath();
        sendFrame(true, 12);
        int firstSequence = first.next().sequence();
        first.subscription.onNack(firstSequence + 10, 0, nowNanos);

        assertThat(drops.of(DropReason.RESEND_TOO_SOON)).isEqualTo(1);
    }

    @Test
    void shouldKeepRetransmissionsInTheirBudgetWhateverIsAskedFor() {
        publishToAKnownPath();
        sendFrame(true, 3);
        // Without an estimate for good there would be no bound.
        control().onRemb(800_000, nowNanos);
        pass(100);
        int firstSequence = media().getFirst().sequence();
        long begin = nowNanos;
        int again = 0;
        while (nowNanos - begin < 10_000 * MS) {
            sendFrame(false, 1);
            for (int i = 0; i < 20; i++) {
                first.subscription.onNack(
                        (firstSequence + packetsSent - 1) & 0xffff, 0xffff, nowNanos);
                first.subscription.onNack(
                        (firstSequence + packetsSent - 17) & 0xffff, 0xffff, nowNanos);
                pass(10);
            }
            again += received(first.subscription.rtxSsrc()).size();
        }

        // A quarter of 100,000 bytes a second.
        long bytes = (long) again * PACKET_BYTES;
        assertThat(bytes).isBetween(100_000L, 10 * 25_000L + 50_000L);
        assertThat(drops.of(DropReason.RESEND_LIMIT)).isPositive();
    }

    @Test
    void shouldForgetWhatWaitsOfASubscriptionThatEnds() {
        publishToAKnownPath();
        sendFrame(true, 12);
        int before = first.waiting();
        first.subscription.end();
        pass(100);

        assertThat(first.waiting()).isEqualTo(before);
    }

    @Test
    void shouldSendDataBehindNothingThatHasEnded() {
        publishToAKnownPath();
        sendFrame(true, 12);
        nowNanos += 100 * MS;
        assertThat(control().dataRoomBytes(nowNanos)).isZero();
        first.subscription.end();

        assertThat(control().dataRoomBytes(nowNanos)).isPositive();
    }

    @Test
    void shouldCountWhatWaitsWhenItsNumbersChangeAndGoOnWithAKeyframe() {
        publishToAKnownPath();
        sendFrame(true, 12);
        assertThat(track.fanout().takeKeyframeWish(0)).isTrue();
        int waiting = 12 - first.waiting();
        first.subscription.update(
                new SubscriptionFormat("2", 100, 101, 0xAAAA0001, 0xAAAA0002, extensions(10, 7)));
        assertThat(drops.of(DropReason.PACER_FULL)).isEqualTo(waiting);
        pass(200);
        assertThat(media()).hasSize(12 - waiting);

        sendFrame(false, 1);
        assertThat(media()).isEmpty();
        assertThat(track.fanout().takeKeyframeWish(0)).isTrue();
    }

    @Test
    void shouldCloseEveryHoleOfWhatWaitedTooLong() {
        publishToAKnownPath();
        sendFrame(true, 70);
        estimator().bitsPerSecond = 100_000;
        pass(700);
        assertThat(drops.of(DropReason.PACER_FULL)).isPositive();
        estimator().bitsPerSecond = 10_000_000;
        pass(50);
        sendFrame(true, 2);
        pass(100);

        List<Integer> sequences = media().stream().map(RtpPacket::sequence).toList();
        int begin = sequences.getFirst();
        assertThat(sequences)
                .containsExactlyElementsOf(IntStream.range(begin, begin + 72).boxed().toList());
    }

    /** The viewer would ask for them for ever: nothing under their numbers was ever sent. */
    @Test
    void shouldCloseHolesOfARunThatHadEndedWhenItsPacketsWereGivenUp() {
        publishToAKnownPath();
        sendFrame(true, 20);
        // A jump, believed with the second, begins a run while packets of the one before wait.
        sendKeyframe(20 + 4_000);
        sendKeyframe(20 + 4_001);
        estimator().bitsPerSecond = 30_000;
        pass(700);
        assertThat(drops.of(DropReason.PACER_FULL)).isGreaterThan(1);
        estimator().bitsPerSecond = 10_000_000;
        pass(50);
        sendKeyframe(20 + 4_002);
        pass(100);

        List<Integer> sequences = media().stream().map(RtpPacket::sequence).sorted().toList();
        int begin = sequences.getFirst();
        assertThat(sequences)
                .containsExactlyElementsOf(IntStream.range(begin, begin + 22).boxed().toList());
    }

    /** A frame of one packet. */
    private void sendKeyframe(int sequence) {
        byte[] payload = Arrays.copyOf(KEYFRAME, PAYLOAD_BYTES);
        payload[0] = 0x10;
        deliver(PUBLISHER_SSRC, MEDIA, sequence, 3_000 * frames++, payload, true);
        departures.departAll();
    }

    @Test
    void shouldSendNothingOfWhatWaitsOnceThePictureIsPausedAndLeaveNoHoles() {
        publishToAKnownPath();
        sendFrame(true, 12);
        int sent = first.waiting();
        first.subscription.want(new ViewerWish(true, 1_080, 30, 0));
        assertThat(drops.of(DropReason.PACER_FULL)).isEqualTo(12 - sent);
        pass(200);

        List<RtpPacket> media = media();
        int begin = media.getFirst().sequence();
        assertThat(media)
                .extracting(RtpPacket::sequence)
                .containsExactlyElementsOf(IntStream.range(begin, begin + 12).boxed().toList());
        assertThat(media.subList(sent, 12)).allMatch(packet -> packet.payloadBytes() == 0);
    }

    @ParameterizedTest
    @EnumSource(Breakage.class)
    void shouldEndTheTransportWhenWhatIsPacedMeetsADefect(Breakage breakage) {
        publishToAKnownPath();
        sendFrame(true, 12);
        estimator().breakage = breakage;
        nowNanos += 100 * MS;

        assertThat(control().onFineTick(nowNanos)).isFalse();
        assertThat(defects).extracting(Throwable::getMessage).containsExactly(Breakage.MESSAGE);
        defects.clear();
    }
}
