package io.sluice.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class LossTest {

    @Test
    void shouldLoseTheSamePacketsForTheSameSeed() {
        Loss first = Loss.random(0.05, 7);
        Loss second = Loss.random(0.05, 7);
        for (int i = 0; i < 10_000; i++) {
            assertThat(first.drops()).isEqualTo(second.drops());
        }
        assertThat(first.seen()).isEqualTo(10_000);
        assertThat(first.dropped() / 10_000.0).isCloseTo(0.05, within(0.01));
    }

    @Test
    void shouldLoseNothingUnlessAsked() {
        Loss none = Loss.random(0, 7);
        for (int i = 0; i < 1_000; i++) {
            assertThat(none.drops()).isFalse();
        }
        assertThat(none.dropped()).isZero();
    }
}
