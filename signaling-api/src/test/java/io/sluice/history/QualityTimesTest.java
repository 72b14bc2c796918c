package io.sluice.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.room.ConnectionQuality;
import org.junit.jupiter.api.Test;

final class QualityTimesTest {
    @Test
    void shouldSumTheTimeOfEachQuality() {
        QualityTimes times = new QualityTimes(1_000);
        times.change(ConnectionQuality.POOR, 11_000);
        times.change(ConnectionQuality.EXCELLENT, 14_400);
        times.change(ConnectionQuality.POOR, 20_000);

        assertThat(times.seconds(21_200))
                .containsEntry(ConnectionQuality.EXCELLENT, 16L)
                .containsEntry(ConnectionQuality.POOR, 5L)
                .doesNotContainKey(ConnectionQuality.LOST);
    }
}
