package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RateLimitTest {
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {0, 77 * SECOND, -5, Long.MAX_VALUE - 3})
    void shouldPassABurstAndThenTheRate(long startNanos) {
        RateLimit limit = new RateLimit(new Rate(100, 200), startNanos);

        assertThat(passed(limit, startNanos, 1_000)).isEqualTo(200);
        assertThat(passed(limit, startNanos + SECOND, 1_000)).isEqualTo(100);
        assertThat(passed(limit, startNanos + 61 * SECOND, 1_000)).isEqualTo(200);
    }

    @Test
    void shouldNeverStopAClientThatKeepsToTheRate() {
        RateLimit limit = new RateLimit(new Rate(100, 1), 0);

        for (long i = 0; i < 1_000; i++) {
            assertThat(limit.pass(i * SECOND / 100)).isTrue();
        }
    }

    @Test
    void shouldCountUnits() {
        RateLimit bytes = new RateLimit(new Rate(1_000, 2_000), 0);

        assertThat(bytes.pass(2_001, 0)).isFalse();
        assertThat(bytes.pass(1_500, 0)).isTrue();
        assertThat(bytes.pass(600, 0)).isFalse();
        assertThat(bytes.pass(600, SECOND / 10)).isTrue();
    }

    private static int passed(RateLimit limit, long nowNanos, int messages) {
        int passed = 0;
        for (int i = 0; i < messages; i++) {
            passed += limit.pass(nowNanos) ? 1 : 0;
        }
        return passed;
    }
}
