package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PacerTest {
    private static final long MS = 1_000_000;
    private static final int PACKET_BYTES = 1_000;

    private final Pacer pacer = new Pacer();
    private long nowNanos = 5_000_000_000L;

    /** Sends packets for a time whenever it is open. */
    private long sentBytes(long millis) {
        long bytes = 0;
        for (long end = nowNanos + millis * MS; nowNanos < end; nowNanos += MS) {
            while (pacer.isOpen(nowNanos)) {
                pacer.onSent(PACKET_BYTES, nowNanos);
                bytes += PACKET_BYTES;
            }
        }
        return bytes;
    }

    @Test
    void shouldLimitNothingBeforeARateIsSet() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(pacer.isOpen(nowNanos)).isTrue();
            assertThat(pacer.mayResend(nowNanos)).isTrue();
            pacer.onSent(PACKET_BYTES, nowNanos);
            pacer.onResend(PACKET_BYTES, nowNanos);
        }
        assertThat(pacer.dataRoomBytes(true, nowNanos)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldKeepToItsRateButForOneBurst() {
        pacer.rates(8_000_000, 4_000_000);

        assertThat(sentBytes(1_000)).isBetween(1_000_000L, 1_025_000L);
    }

    @Test
    void shouldLetAFrameOfAStreamThatFitsLeaveAtOnce() {
        pacer.rates(2_500_000, 1_000_000);
        // A second of 0.9 Mbit/s at 30 frames a second.
        for (int frame = 0; frame < 30; frame++) {
            for (int i = 0; i < 4; i++) {
                assertThat(pacer.isOpen(nowNanos)).isTrue();
                pacer.onSent(937, nowNanos);
            }
            nowNanos += 33 * MS;
        }
    }

    @Test
    void shouldNotSaveUpWhatWasNotUsed() {
        pacer.rates(8_000_000, 4_000_000);
        nowNanos += 60_000 * MS;

        assertThat(sentBytes(10)).isLessThanOrEqualTo(10_000 + 20_000 + PACKET_BYTES);
    }

    @Test
    void shouldStopVideoForABoundedTimeWhateverAudioTakes() {
        pacer.rates(1_000_000, 500_000);
        for (int i = 0; i < 1_000; i++) {
            pacer.onSent(PACKET_BYTES, nowNanos);
        }

        assertThat(pacer.isOpen(nowNanos)).isFalse();
        assertThat(pacer.isOpen(nowNanos + Pacer.DEBT_MAX_NANOS)).isTrue();
    }

    @Test
    void shouldGiveRetransmissionsTheirShareAndNoMore() {
        pacer.rates(10_000_000, 4_000_000);
        long bytes = 0;
        for (int i = 0; i < 10_000; i++, nowNanos += MS) {
            while (pacer.mayResend(nowNanos)) {
                pacer.onResend(PACKET_BYTES, nowNanos);
                bytes += PACKET_BYTES;
            }
        }

        // A quarter of 4 Mbit/s for 10 s, and half a second's share at once.
        assertThat(bytes).isBetween(1_250_000L, 1_320_000L);
    }

    @Test
    void shouldLeaveVideoItsPartBesideData() {
        pacer.rates(10_000_000, 4_000_000);
        long bytes = 0;
        for (int i = 0; i < 10_000; i++, nowNanos += MS) {
            while (pacer.dataRoomBytes(true, nowNanos) >= PACKET_BYTES) {
                pacer.onData(PACKET_BYTES, nowNanos);
                pacer.onSent(PACKET_BYTES, nowNanos);
                bytes += PACKET_BYTES;
            }
        }

        assertThat(bytes).isBetween(2_400_000L, 2_530_000L);
        assertThat(pacer.dataRoomBytes(false, nowNanos)).isGreaterThan(10 * PACKET_BYTES);
    }

    @Test
    void shouldOweNothingWhenNothingIsKnownAnyMore() {
        pacer.rates(100_000, 50_000);
        pacer.onSent(100_000, nowNanos);
        assertThat(pacer.isOpen(nowNanos)).isFalse();

        pacer.rates(RateBudget.UNLIMITED, RateBudget.UNLIMITED);

        assertThat(pacer.isOpen(nowNanos)).isTrue();
    }
}
