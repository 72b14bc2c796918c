package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ReceiveLimitTest {
    private static final long MS = 1_000_000;
    private static final int PACKET_BYTES = 1_000;

    private final ReceiveLimit limit = new ReceiveLimit();
    private long nowNanos = 3_000_000_000L;
    private long expected;
    private long received;

    /** Sends for a second, so many bits of it, and returns how many bytes were let through. */
    private long second(long bitsPerSecond, double lossShare) {
        long packets = bitsPerSecond / 8 / PACKET_BYTES;
        long passed = 0;
        for (long i = 0; i < packets; i++) {
            nowNanos += 1_000 * MS / packets;
            boolean lost = (long) (i * lossShare) != (long) ((i + 1) * lossShare);
            expected++;
            if (!lost) {
                received++;
                passed += limit.admits(PACKET_BYTES, true, nowNanos) ? PACKET_BYTES : 0;
            }
        }
        return passed;
    }

    private long told() {
        return limit.measure(expected, received, nowNanos);
    }

    @Test
    void shouldLetEverythingThroughAndSayNothingWithoutALimit() {
        assertThat(second(50_000_000, 0)).isEqualTo(6_250_000);
        assertThat(told()).isEqualTo(ReceiveLimit.NONE);
    }

    @Test
    void shouldSayWhatIsAllowedAndDropWhatGoesFarBeyondIt() {
        limit.allow(1_000_000);
        long passed = 0;
        for (int i = 0; i < 10; i++) {
            passed += second(4_000_000, 0);
            assertThat(told()).isEqualTo(1_000_000);
        }

        // 1.25 Mbit/s for ten seconds, and one second's at once.
        assertThat((double) passed).isCloseTo(11 * 156_250, within(10_000.0));
    }

    @Test
    void shouldLetAClientAloneThatKeepsToItsLimit() {
        limit.allow(1_000_000);
        for (int i = 0; i < 10; i++) {
            assertThat(second(1_200_000, 0)).isEqualTo(150_000);
        }
    }

    @Test
    void shouldCountAudioAndNeverDropIt() {
        limit.allow(100_000);
        for (int i = 0; i < 1_000; i++) {
            assertThat(limit.admits(PACKET_BYTES, false, nowNanos)).isTrue();
        }
        assertThat(limit.admits(PACKET_BYTES, true, nowNanos)).isFalse();
    }

    @Test
    void shouldTellAClientToSendLessUntilLittleIsLost() {
        limit.estimating(true);
        told();
        long rate = 2_000_000;
        for (int i = 0; i < 30; i++) {
            second(rate, Math.max(0, 1 - 1_400_000.0 / rate));
            rate = told();
        }

        assertThat((double) rate).isCloseTo(1_400_000, within(150_000.0));
    }

    @Test
    void shouldTellAClientToSendMoreAsLongAsItDoesAndNothingIsLost() {
        limit.estimating(true);
        told();
        long rate = 2_000_000;
        for (int i = 0; i < 30; i++) {
            second(rate, 0.001);
            rate = told();
        }
        assertThat(rate).isGreaterThan(10_000_000);

        for (int i = 0; i < 30; i++) {
            second(1_000_000, 0);
            assertThat(told()).as("without more being sent").isLessThanOrEqualTo(rate);
        }
    }

    @Test
    void shouldTellTheLowerOfTwoLimits() {
        limit.estimating(true);
        limit.allow(300_000);

        assertThat(told()).isEqualTo(300_000);
    }

    @Test
    void shouldStayInItsBoundsWhenStreamsEndAndBeginAnew() {
        limit.estimating(true);
        told();
        expected = 1_000_000;
        nowNanos += 1_000 * MS;
        assertThat(told()).isPositive();
        expected = 10;
        received = 5_000_000;
        nowNanos += 1_000 * MS;
        assertThat(told()).isBetween(100_000L, 100_000_000L);
    }
}
