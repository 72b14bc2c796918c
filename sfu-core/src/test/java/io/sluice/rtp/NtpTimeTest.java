package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NtpTimeTest {
    private static long unixNanos(String instant) {
        Instant time = Instant.parse(instant);
        return time.getEpochSecond() * 1_000_000_000L + time.getNano();
    }

    @ParameterizedTest
    @CsvSource({
        "1970-01-01T00:00:00Z, 83aa7e8000000000",
        "2036-02-07T06:28:15.5Z, ffffffff80000000",
        "2036-02-07T06:28:16Z, 0000000000000000",
        "2026-01-01T00:00:00.25Z, ed00378040000000",
    })
    void shouldConvertKnownTimes(String instant, String ntp) {
        long expected = Long.parseUnsignedLong(ntp, 16);
        assertThat(Long.toHexString(NtpTime.ofUnixNanos(unixNanos(instant))))
                .isEqualTo(Long.toHexString(expected));
        assertThat(NtpTime.toUnixNanos(expected)).isEqualTo(unixNanos(instant));
    }

    @Test
    void shouldComeBackToTheSameNanosecond() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            long nanos = random.nextLong(4_000_000_000_000_000_000L);
            assertThat(NtpTime.toUnixNanos(NtpTime.ofUnixNanos(nanos))).isEqualTo(nanos);
        }
    }

    @Test
    void shouldCountDurationsIn65536thsOfASecond() {
        assertThat(NtpTime.toUnits(1_500_000_000L)).isEqualTo(0x18000);
        assertThat(NtpTime.toUnits(-1)).isZero();
        assertThat(NtpTime.toUnits(Long.MAX_VALUE)).isEqualTo(-1);
        assertThat(NtpTime.unitsToNanos(0x18000)).isEqualTo(1_500_000_000L);
        assertThat(NtpTime.unitsToNanos(0x8000_0000)).isEqualTo(32_768_000_000_000L);
    }
}
