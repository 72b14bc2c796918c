package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class BusyPeriodTest {
    private static final long MS = 1_000_000;
    private static final int BYTES = 1_250;

    private final BusyPeriod busy = new BusyPeriod();

    /** A packet that left and arrived then; the shortest way is 20 ms. */
    private void packet(double sentMillis, double arrivedMillis) {
        long waitNanos = (long) ((arrivedMillis - sentMillis - 20) * MS);
        busy.onPacket((long) (arrivedMillis * MS), waitNanos, BYTES);
    }

    @Test
    void shouldMeasureWhatPassesWhileTheQueueGrows() {
        // 2 Mbit/s are sent, and half a megabit passes.
        for (int i = 0; i < 8; i++) {
            packet(5 * i, 20 + 20 * i);
        }
        assertThat(busy.grows()).isTrue();
        assertThat((double) busy.bitsPerSecond()).isCloseTo(500_000, within(1_000.0));
    }

    @Test
    void shouldNotTakeARadioThatHeldPacketsBackForAFall() {
        for (int i = 0; i < 4; i++) {
            packet(5 * i, 20 + 5 * i);
        }
        // 120 ms of silence, then all that had to wait.
        for (int i = 4; i < 24; i++) {
            packet(5 * i, 155 + 0.3 * i);
        }
        assertThat(busy.grows()).isFalse();
    }

    @Test
    void shouldNotTakeOneStepOfTheDelayForAFall() {
        for (int i = 0; i < 4; i++) {
            packet(10 * i, 40 + 10 * i);
        }
        for (int i = 4; i < 12; i++) {
            packet(10 * i, 120 + 10 * i);
        }
        assertThat(busy.grows()).as("it is long, and does not grow").isFalse();
    }

    @Test
    void shouldBeginAnewWhenNothingWaits() {
        for (int i = 0; i < 8; i++) {
            packet(5 * i, 20 + 20 * i);
        }
        packet(300, 322);
        assertThat(busy.isKnown()).isFalse();
        packet(305, 360);
        packet(310, 380);
        assertThat(busy.isKnown()).as("two are few").isFalse();
    }
}
