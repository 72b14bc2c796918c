package io.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.rtp.LatencyHistogram;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ForwardingLatencyTest {
    private final ForwardingLatency latency = new ForwardingLatency();
    private final LatencyHistogram histogram = latency.histogram();

    private long total() {
        return IntStream.rangeClosed(0, LatencyHistogram.boundsNanos().length)
                .mapToLong(histogram::packets)
                .sum();
    }

    @Test
    void shouldCountEachPacketByTheTimeFromItsArrivalToTheEndOfTheTurn() {
        latency.onQueued(1_000);
        latency.onQueued(1_000);
        latency.onQueued(0);
        assertThat(latency.isPending()).isTrue();

        latency.onFlushed(51_000);

        assertThat(histogram.packets(0)).as("at most 50 µs").isEqualTo(2);
        assertThat(histogram.packets(1)).as("at most 100 µs").isEqualTo(1);
        assertThat(histogram.sumNanos()).isEqualTo(151_000);
        assertThat(latency.isPending()).isFalse();
    }

    @Test
    void shouldMeasureWhatWaitedForItsTurnApart() {
        latency.onWaited(80_000_000);
        assertThat(latency.isPending()).isFalse();
        assertThat(latency.waits().sumNanos()).isEqualTo(80_000_000);
        assertThat(total()).isZero();
    }

    @Test
    void shouldPutWhatTakesLongerThanAllBoundsIntoTheLastBucket() {
        latency.onQueued(0);
        latency.onFlushed(2_000_000_000);
        assertThat(histogram.packets(LatencyHistogram.boundsNanos().length)).isEqualTo(1);
    }

    @Test
    void shouldLoseNoPacketOfATurnWithMoreArrivalsThanItKeeps() {
        for (int i = 0; i < 10_000; i++) {
            latency.onQueued(i);
        }
        latency.onFlushed(20_000);
        assertThat(total()).isEqualTo(10_000);
    }
}
