package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class AcknowledgedRateTest {
    private static final long MILLI = 1_000_000;
    private static final int BYTES = 1_000;

    /** Of 8,000 bits each millisecond. */
    private static final double RATE = 8e6;

    private final AcknowledgedRate rate = new AcknowledgedRate();

    private void packets(int from, int to) {
        for (int at = from; at < to; at++) {
            rate.onPacket(at * MILLI, (at + 20) * MILLI, BYTES, 0);
        }
    }

    @Test
    void shouldMeasureWhatArrivedInTheWindow() {
        packets(0, 1_000);
        rate.measure();
        assertThat((double) rate.bitsPerSecond()).isCloseTo(RATE, within(0.01 * RATE));
        assertThat((double) rate.sentBitsPerSecond()).isCloseTo(RATE, within(0.01 * RATE));
    }

    @Test
    void shouldMeasureTheSameByBursts() {
        for (int at = 0; at < 1_000; at += 10) {
            for (int i = 0; i < 10; i++) {
                rate.onPacket(at * MILLI, (at + 20) * MILLI, BYTES, 0);
            }
        }
        rate.measure();
        assertThat((double) rate.bitsPerSecond()).isCloseTo(RATE, within(0.01 * RATE));
    }

    @Test
    void shouldKeepALargeBurstWhereWithoutItTooFewAreLeft() {
        for (int i = 0; i < 40; i++) {
            rate.onPacket(0, 20 * MILLI, BYTES, 0);
        }
        for (int at = 450; at < 455; at++) {
            rate.onPacket(at * MILLI, (at + 20) * MILLI, BYTES, 0);
        }
        rate.measure();
        assertThat(rate.bitsPerSecond()).isPositive();
    }

    @Test
    void shouldBeBoundByWhatLeftThoughTheViewersClockStandsStill() {
        for (long at = 0; at < 3_000; at++) {
            // Of as many as are kept more than half an hour: microseconds wrap.
            rate.onPacket(3_000 * at * MILLI, 0, BYTES, 0);
            rate.measure();
        }
        assertThat((double) rate.bitsPerSecond()).isLessThan(RATE);
    }

    @Test
    void shouldGoOnWhereMicrosecondsWrap() {
        long wrap = (1L << Integer.SIZE) * 1_000;
        for (int at = 0; at < 1_000; at++) {
            long sent = wrap - 500 * MILLI + at * MILLI;
            rate.onPacket(sent, sent + 20 * MILLI, BYTES, 0);
        }
        rate.measure();
        assertThat((double) rate.bitsPerSecond()).isCloseTo(RATE, within(0.01 * RATE));
    }
}
