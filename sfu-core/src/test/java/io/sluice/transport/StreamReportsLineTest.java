package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sluice.bandwidth.BandwidthConfig;
import io.sluice.bandwidth.ProbePlan;
import io.sluice.codec.Codec;
import io.sluice.forward.CongestionSetup;
import io.sluice.forward.SubscriptionFormat;
import io.sluice.loop.FineTicks;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A viewer that reports on packets by their streams' numbers (RFC 8888): they carry no number of the transport's. */
final class StreamReportsLineTest extends PacketLineFixture {
    private static final ExtensionMap NO_NUMBERS = ExtensionMap.of(Map.of(HeaderExtension.MID, 9));

    private final List<SetEstimator> estimators = new ArrayList<>();

    StreamReportsLineTest() {
        super(Codec.VP8);
    }

    @Override
    CongestionSetup setup() {
        return new CongestionSetup(
                (config, _) -> {
                    estimators.add(new SetEstimator(config.start()));
                    return estimators.getLast();
                },
                BandwidthConfig.defaults(),
                new FineTicks(() -> {}, defects::add),
                estimates);
    }

    private void negotiate(boolean reportsByStream, ExtensionMap extensions) {
        first.subscription.update(
                new SubscriptionFormat(
                        "2", 100, 101, -1, 0xAAAA0001, 0xAAAA0002, reportsByStream, extensions));
        publish();
    }

    private void send(int packets) {
        for (int i = 0; i < packets; i++) {
            send(PUBLISHER_SSRC, MEDIA, i, 3_000, KEYFRAME);
        }
    }

    private List<SetEstimator.StreamSent> received() {
        List<SetEstimator.StreamSent> received = new ArrayList<>();
        while (first.waiting() > 0) {
            RtpPacket packet = first.next();
            received.add(
                    new SetEstimator.StreamSent(packet.ssrc(), packet.sequence(), received.size()));
        }
        return received;
    }

    @Test
    void shouldTellTheEstimatorOfEachPacketOfMediaAndOfEachThatIsSentAgain() {
        negotiate(true, NO_NUMBERS);
        send(3);
        first.subscription.onNack(first.next().sequence(), 1, nowNanos);
        SetEstimator estimator = estimators.getFirst();
        estimator.plan = new ProbePlan(7, 2_000_000, 4_000, 5);
        for (int i = 0; i < 10; i++) {
            nowNanos += 10_000_000;
            Objects.requireNonNull(first.egress.congestion()).onTick(nowNanos);
        }

        List<SetEstimator.StreamSent> told = estimator.streamsSent;
        assertThat(told).hasSizeGreaterThan(3 + 2 + 5);
        assertThat(told.subList(1, told.size()))
                .extracting(SetEstimator.StreamSent::ssrc, SetEstimator.StreamSent::rtpSequence)
                .containsExactlyElementsOf(
                        received().stream()
                                .map(packet -> tuple(packet.ssrc(), packet.rtpSequence()))
                                .toList());
        for (int i = 0; i < told.size(); i++) {
            assertThat(told.get(i).sequence()).isEqualTo(i);
            assertThat(estimator.sent.get(i).sequence()).isEqualTo(i);
        }
        assertThat(told).extracting(SetEstimator.StreamSent::ssrc).contains(0xAAAA0002);
    }

    @Test
    void shouldNumberNothingForAViewerThatReportsOnNoPackets() {
        negotiate(false, NO_NUMBERS);
        send(3);

        assertThat(estimators.getFirst().sent).isEmpty();
        assertThat(first.egress.numberedPackets()).isZero();
    }

    @Test
    void shouldPreferTheTransportsNumberWherePacketsCarryIt() {
        negotiate(true, extensions(9, 7));
        send(3);

        assertThat(estimators.getFirst().sent).hasSize(3);
        assertThat(estimators.getFirst().streamsSent).isEmpty();
    }
}
