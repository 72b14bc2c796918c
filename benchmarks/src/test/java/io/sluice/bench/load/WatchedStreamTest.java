package io.sluice.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bench.load.LoadCounters.Count;
import org.junit.jupiter.api.Test;

class WatchedStreamTest {
    private final LoadCounters counters = new LoadCounters();
    private final WatchedStream stream = new WatchedStream(true, 7, 8, counters);

    @Test
    void shouldCountWhatIsMissingAndWhatComesAfterAll() {
        receive(65_534, 65_535, 2, 3);
        assertThat(counters.of(Count.MISSING)).isEqualTo(2);
        assertThat(stream.hasGap()).isTrue();
        assertThat(stream.gapFirst()).isZero();
        assertThat(stream.takeGap()).isEqualTo(2);
        assertThat(stream.hasGap()).isFalse();

        receive(0);
        stream.onRepaired();
        assertThat(counters.of(Count.REPAIRED)).isEqualTo(2);
    }

    @Test
    void shouldReportLossOfTheLastIntervalAndOfAll() {
        receive(0, 1, 2, 3);
        assertThat(stream.reportBlock(0).fractionLost()).isZero();
        receive(6, 7);

        assertThat(stream.reportBlock(0).fractionLost()).isEqualTo(128);
        assertThat(stream.reportBlock(0).fractionLost()).isZero();
        assertThat(stream.reportBlock(0).cumulativeLost()).isEqualTo(2);
        assertThat(stream.reportBlock(0).highestSequence()).isEqualTo(7);
    }

    @Test
    void shouldTakeASampleOfThePackets() {
        int samples = 0;
        for (int i = 0; i < 16 * WatchedStream.SAMPLE_INTERVAL; i++) {
            samples += stream.onPacket(i) ? 1 : 0;
        }

        assertThat(samples).isEqualTo(16);
    }

    private void receive(int... sequences) {
        for (int sequence : sequences) {
            stream.onPacket(sequence);
        }
    }
}
