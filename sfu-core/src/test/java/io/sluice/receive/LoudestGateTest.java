package io.sluice.receive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LoudestGateTest {
    private static final long BEGIN_NANOS = -7;

    private final LoudestThreshold threshold = new LoudestThreshold();
    private final LoudestGate gate = new LoudestGate(threshold, BEGIN_NANOS);

    @Test
    void shouldAdmitEverybodyAtFirst() {
        assertThat(gate.admits(AudioLevel.SILENCE, BEGIN_NANOS + 10 * LoudestGate.HOLD_NANOS))
                .isTrue();
        assertThat(gate.reopened()).isFalse();
    }

    @Test
    void shouldHoldThroughAPauseAndThenClose() {
        threshold.level(40);
        assertThat(gate.admits(30, 0)).isTrue();
        assertThat(gate.admits(90, LoudestGate.HOLD_NANOS)).isTrue();
        assertThat(gate.admits(90, LoudestGate.HOLD_NANOS + 1)).isFalse();
        assertThat(gate.admits(41, LoudestGate.HOLD_NANOS + 2)).isFalse();
    }

    @Test
    void shouldOpenWithTheFirstLoudPacketAndSaySoOnce() {
        threshold.level(40);
        gate.admits(90, BEGIN_NANOS);
        long nowNanos = BEGIN_NANOS + 2 * LoudestGate.HOLD_NANOS;
        assertThat(gate.admits(90, nowNanos)).isFalse();
        assertThat(gate.admits(40, nowNanos)).isTrue();
        assertThat(gate.reopened()).isTrue();
        assertThat(gate.admits(90, nowNanos)).isTrue();
        assertThat(gate.reopened()).isFalse();
    }
}
