package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.bandwidth.ProbePlan;
import io.sluice.forward.CongestionControl;
import io.sluice.ice.Path;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.RtpPacket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How it is found out what a viewer may be sent, and what is done until it is known. */
final class ProbedLineTest extends PacedLineFixture {
    @Test
    void shouldProbeWithRetransmissionsAtTheRateOfThePlan() {
        publishToAKnownPath();
        sendFrame(true, 3);
        pass(60);
        assertThat(media()).hasSize(3);
        estimator().plan = new ProbePlan(7, 2_000_000, 7_500, 5);
        long begin = nowNanos;
        pass(100);

        List<SetEstimator.Sent> probing =
                estimator().sent.stream().filter(sent -> sent.probe() == 7).toList();
        long bytes = probing.stream().mapToLong(SetEstimator.Sent::sizeBytes).sum();
        assertThat(bytes).isBetween(7_500L, 7_500L + PACKET_BYTES);
        double millis = (probing.getLast().nowNanos() - probing.getFirst().nowNanos()) / 1e6;
        assertThat(millis).isCloseTo(30, within(8.0));
        assertThat(probing.getFirst().nowNanos() - begin).isLessThan(20 * MS);
        List<RtpPacket> again = received(first.subscription.rtxSsrc());
        assertThat(again).hasSize(probing.size());
        assertThat(again).anyMatch(packet -> packet.payloadBytes() > PAYLOAD_BYTES / 2);
        assertThat(again).as("padding").anyMatch(packet -> packet.payloadBytes() == 0);
        assertThat(counters.of(MediaCount.PROBES_SENT)).isEqualTo(1);
        assertThat(counters.of(MediaCount.PROBE_BYTES_SENT)).isEqualTo(bytes);
    }

    @Test
    void shouldProbeForAStreamThatWasNeverSent() {
        publish();
        assertThat(first.egress.congestion(nowNanos)).isNotNull();
        estimator().plan = new ProbePlan(1, 2_000_000, 4_000, 5);
        pass(100);

        List<RtpPacket> probing = received(first.subscription.rtxSsrc());
        assertThat(probing).hasSizeBetween(12, 17);
        assertThat(probing).allMatch(packet -> packet.payloadBytes() == 0);
        sendFrame(true, 2);
        assertThat(media()).hasSize(2);
    }

    @Test
    void shouldSendEverythingToAViewerThatNeverSaysWhatItReceives() {
        publish();
        sendFrame(true, 3);
        pass(1_100);
        assertThat(first.egress.targetBitsPerSecond()).isEqualTo(CongestionControl.UNBOUNDED);
        assertThat(estimates.viewers()).as("only the other, whose time stands still").isEqualTo(1);
        int before = first.waiting();
        sendFrame(false, 30);
        assertThat(first.waiting() - before).isEqualTo(30);

        control().onRemb(800_000, nowNanos);
        sendFrame(false, 30);

        assertThat(first.egress.targetBitsPerSecond()).isEqualTo(800_000);
        assertThat(estimates.bitsPerSecond()).isEqualTo(KNOWN + START);
        assertThat(estimates.viewers()).isEqualTo(2);
        first.egress.keys(null);
        second.egress.keys(null);
        assertThat(estimates.bitsPerSecond()).isZero();
        assertThat(estimates.viewers()).isZero();
        assertThat(first.waiting() - before).isLessThan(40);
    }

    @Test
    void shouldSendInTimeAllThatANewcomerWatches() {
        publish();
        betweenPacketsNanos = 0;
        // 200 ms of the rate that a path opens at.
        sendFrame(true, 300);
        assertThat(first.waiting()).isBetween(10, 20);
        pass(50);
        assertThat(first.waiting()).isBetween(60, 90);
        pass(54);

        assertThat(media()).hasSize(300);
        assertThat(drops.of(DropReason.PACER_FULL)).isZero();
    }

    @Test
    void shouldKeepToTheFirstReportThatSpeaksForLessThanTheGuess() {
        publish();
        betweenPacketsNanos = 0;
        sendFrame(true, 300);
        pass(20);
        int before = first.waiting();
        control().onRemb(KNOWN, nowNanos);
        pass(100);
        assertThat(first.waiting() - before).isLessThan(15);
        pass(400);

        assertThat(drops.of(DropReason.PACER_FULL)).isPositive();
    }

    @Test
    void shouldKeepToTheEstimateOnceAPathHasHadTimeToShowMore() {
        publish();
        betweenPacketsNanos = 0;
        sendFrame(true, 2);
        control().onRemb(START, nowNanos);
        pass(450);
        sendFrame(false, 10);
        assertThat(media()).hasSize(12);
        pass(100);
        sendFrame(false, 10);
        assertThat(media()).hasSizeLessThan(5);
    }

    @Test
    void shouldHoldNothingBackForAGuessOfANewPath() {
        publishToAKnownPath();
        sendFrame(true, 1);
        pass(600);
        first.egress.path(new Path(0, 0, 0, 10));
        pass(30);
        sendFrame(false, 10);

        assertThat(media()).hasSize(11);
    }

    @Test
    void shouldCountReportsThatCannotBeTrueOnce() {
        publish();
        sendFrame(true, 1);
        estimator().lies = 3;
        pass(100);

        assertThat(counters.of(MediaCount.BANDWIDTH_REPORTS_IGNORED)).isEqualTo(3);
    }

    @Test
    void shouldLearnAnewWhatThePathCarriesWhenNothingWasSentThoughSomethingIsWanted() {
        publish();
        sendFrame(true, 1);
        pass(10_000);
        assertThat(estimator().pathChanges).isZero();
        control().demand(2_000_000);
        pass(10_000);

        assertThat(estimator().pathChanges).isEqualTo(3);
    }

    @Test
    void shouldLookForMoreWhileDataUsesUpItsPart() {
        publish();
        sendFrame(true, 1);
        control().onRemb(800_000, nowNanos);
        control().demand(500_000);
        control().onDataSent(200, nowNanos);
        control().demand(500_000);
        assertThat(estimator().demand).as("with a word now and then").isEqualTo(500_000);

        int sent = 0;
        for (int i = 0; i < 500; i++) {
            pass(10);
            while (control().dataRoomBytes(nowNanos) > 0) {
                control().onDataSent(1_100, nowNanos);
                sent += 1_100;
            }
            control().demand(500_000);
            assertThat(estimator().demand).isIn(500_000L, 50_500_000L);
        }
        assertThat(estimator().demand).as("with a file").isEqualTo(50_500_000);
        // Half of 100,000 bytes a second.
        assertThat((double) sent).isCloseTo(250_000, within(20_000.0));
        pass(1_100);
        control().demand(500_000);
        assertThat(estimator().demand).as("after the file").isEqualTo(500_000);
    }

    @Test
    void shouldTellTheEstimatorOfAnotherPath() {
        publish();
        sendFrame(true, 1);
        pass(20);
        first.egress.path(new Path(0, 0, 0, 10));
        pass(20);

        assertThat(estimator().pathChanges).isEqualTo(1);
    }
}
