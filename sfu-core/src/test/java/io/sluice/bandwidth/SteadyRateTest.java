package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SteadyRateTest {
    private static final long START = Long.MAX_VALUE - SteadyRate.PATIENCE_NANOS / 2;

    private final SteadyRate rate = new SteadyRate();

    private long after(double patience, long target) {
        return rate.next(1_000, target, START + (long) (patience * SteadyRate.PATIENCE_NANOS));
    }

    @Test
    void shouldNotFollowASink() {
        assertThat(after(0, 1_000)).isEqualTo(1_000);
        assertThat(after(0.1, 500)).isEqualTo(1_000);
        assertThat(after(1, 500)).isEqualTo(1_000);
        assertThat(after(1.1, 500)).isEqualTo(500);
        assertThat(after(1.2, 900)).isEqualTo(1_000);
        assertThat(after(1.3, 500)).isEqualTo(1_000);
    }

    @Test
    void shouldFollowTheEstimateAtOnce() {
        assertThat(rate.next(300, 300, START)).isEqualTo(300);
        assertThat(rate.next(Long.MAX_VALUE, Long.MAX_VALUE, START + 1)).isEqualTo(Long.MAX_VALUE);
    }
}
