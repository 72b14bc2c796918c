package io.sluice.receive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AudioLevelTest {
    private static final long PACKET_NANOS = 20_000_000;

    private final AudioLevel level = new AudioLevel();
    private long nowNanos = 5_000_000_000L;

    private void hear(int packets, int packetLevel) {
        for (int i = 0; i < packets; i++) {
            nowNanos += PACKET_NANOS;
            level.onPacket(packetLevel, nowNanos);
        }
    }

    @Test
    void shouldBeSilentAtFirst() {
        assertThat(level.at(nowNanos)).isEqualTo(AudioLevel.SILENCE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 30, 126, 127})
    void shouldArriveAtASteadyLevel(int steady) {
        hear(100, steady);
        assertThat(level.at(nowNanos)).isBetween(steady, steady + 1);
    }

    @Test
    void shouldNotTakeAClickForAWord() {
        hear(50, 90);
        hear(1, 10);
        assertThat(level.at(nowNanos)).isBetween(75, 85);
        hear(10, 10);
        assertThat(level.at(nowNanos)).isLessThan(40);
    }

    @Test
    void shouldBeSilentWhenPacketsStopAndBeginFromThere() {
        hear(100, 20);
        nowNanos += 400_000_000;
        assertThat(level.at(nowNanos)).isEqualTo(20);
        nowNanos += 200_000_000;
        assertThat(level.at(nowNanos)).isEqualTo(AudioLevel.SILENCE);
        hear(1, 20);
        assertThat(level.at(nowNanos)).isGreaterThan(100);
    }

    private byte[] recent(int samples) {
        byte[] loudness = new byte[samples];
        level.copyRecent(loudness, nowNanos);
        return loudness;
    }

    @Test
    void shouldKeepTheLoudnessOfTheLastSecondTheNewestFirst() {
        hear(70, 100);
        hear(1, 27);
        hear(1, 7);
        assertThat(recent(4)).containsExactly(120, 100, 27, 27);
        assertThat(recent(50)[49]).isEqualTo((byte) 27);
    }

    @Test
    void shouldFillTheTimeOfLongPacketsWithTheirLoudness() {
        hear(1, 100);
        nowNanos += 2 * PACKET_NANOS;
        hear(1, 17);
        assertThat(recent(4)).containsExactly(110, 110, 110, 27);
    }

    @Test
    void shouldTakeWhatIsNotSentForSilence() {
        hear(50, 27);
        nowNanos += 200_000_000;
        assertThat(recent(12)).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 100);
        hear(1, 17);
        assertThat(recent(12)).containsExactly(110, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - PACKET_NANOS, 1L << 54, -1L << 55, Long.MIN_VALUE})
    void shouldNotDependOnWhereTheClockBegins(long originNanos) {
        nowNanos = originNanos;
        hear(100, 20);
        assertThat(level.at(nowNanos + PACKET_NANOS)).isEqualTo(20);
        assertThat(level.at(nowNanos + 600_000_000)).isEqualTo(AudioLevel.SILENCE);
    }
}
