package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PathMeterTest extends PacketLineFixture {
    private static final byte[] FRAME = {0x78, 1, 2, 3};

    private final PathMeter meter = new PathMeter();

    PathMeterTest() {
        super(Codec.OPUS);
    }

    /** Sends packets of 20 ms, but for one in so many. */
    private void send(int from, int to, int lostEvery) {
        for (int sequence = from; sequence < to; sequence++) {
            nowNanos += 19_000_000;
            if (sequence % lostEvery != 0) {
                send(PUBLISHER_SSRC, MEDIA, sequence, sequence * 960, FRAME);
                meter.onPacket(nowNanos);
            } else {
                nowNanos += 1_000_000;
            }
        }
    }

    private PathMeasure measure(long consentNanos) {
        return meter.measure(ingress.routes(), consentNanos, 30_000_000, nowNanos);
    }

    @Test
    void shouldMeasureWhatTheClientLosesOnItsWayHere() {
        publish();
        send(1, 1_001, 10_000);
        PathMeasure fine = measure(nowNanos);
        assertThat(fine.lossUpPermille()).isZero();
        assertThat(fine.publishes()).isTrue();
        assertThat(fine.jitterNanos()).isLessThan(1_000_000);
        assertThat(fine.roundTripNanos()).isEqualTo(30_000_000);

        send(1_001, 1_102, 10);
        assertThat(measure(nowNanos).lossUpPermille()).isBetween(90, 110);
        send(1_102, 1_202, 10_000);
        assertThat(measure(nowNanos).lossUpPermille()).isZero();
    }

    @Test
    void shouldTakeTheClientsWordForTheOtherWay() {
        meter.onReport(0);
        meter.onReport(64);
        assertThat(measure(nowNanos).lossDownPermille()).isEqualTo(125);
        assertThat(measure(nowNanos).lossDownPermille()).isZero();
    }

    @Test
    void shouldNotJudgeByAHandfulOfPackets() {
        publish();
        send(1, 10, 3);
        assertThat(measure(nowNanos).lossUpPermille()).isZero();
    }

    @Test
    void shouldSayNothingOfTheIntervalInWhichATrackEnds() {
        publish();
        send(1, 101, 10);
        measure(nowNanos);
        ingress.routes(List.of(), null);
        PathMeasure after = measure(nowNanos);
        assertThat(after.lossUpPermille()).isZero();
        assertThat(after.publishes()).isFalse();
    }

    @Test
    void shouldTakeConsentForASignOfLife() {
        meter.due(nowNanos);
        nowNanos += 3_000_000_000L;
        assertThat(measure(nowNanos - 2_500_000_000L).silenceNanos()).isEqualTo(2_500_000_000L);
        assertThat(measure(0).silenceNanos()).isEqualTo(3_000_000_000L);
    }

    @Test
    void shouldStillExpectMediaOfAPublisherWhoFellSilent() {
        publish();
        send(1, 101, 10_000);
        assertThat(measure(nowNanos).publishes()).isTrue();
        long consentNanos = nowNanos;
        nowNanos += 2_500_000_000L;
        assertThat(measure(consentNanos).publishes()).isTrue();
        // A sign of life without media: it has stopped by its own will.
        assertThat(measure(nowNanos).publishes()).isFalse();
    }

    @Test
    void shouldBeDueEveryTwoSeconds() {
        assertThat(meter.due(nowNanos)).isFalse();
        assertThat(meter.due(nowNanos + PathMeter.INTERVAL_NANOS - 1)).isFalse();
        assertThat(meter.due(nowNanos + PathMeter.INTERVAL_NANOS)).isTrue();
        nowNanos += PathMeter.INTERVAL_NANOS;
        measure(nowNanos);
        assertThat(meter.due(nowNanos + 1)).isFalse();
    }
}
