package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class StreamNumbersTest {
    private final StreamNumbers numbers = new StreamNumbers();

    @Test
    void shouldTellStreamsAndTheirNumbersApart() {
        numbers.add(1, 65_535, 10, 0);
        numbers.add(2, 65_535, 11, 0);
        numbers.add(1, 0, 12, 0);

        assertThat(numbers.find(1, 65_535)).isEqualTo(10);
        assertThat(numbers.find(2, 65_535)).isEqualTo(11);
        assertThat(numbers.find(1, 0)).isEqualTo(12);
        assertThat(numbers.find(2, 0)).isEqualTo(StreamNumbers.NONE);
        assertThat(numbers.find(3, 0)).isEqualTo(StreamNumbers.NONE);
    }

    @Test
    void shouldKeepAsManyAsReportsAreOfUseFor() {
        for (int i = 0; i < 100_000; i++) {
            numbers.add(1, i & 0xffff, i, Math.max(i - 1_000, 0));
        }
        for (int i = 99_000; i < 100_000; i++) {
            assertThat(numbers.find(1, i & 0xffff)).isEqualTo(i);
        }
        assertThat(numbers.find(1, 90_000 & 0xffff)).isEqualTo(StreamNumbers.NONE);
    }

    @Test
    void shouldForgetTheFirstOfTooManyStreamsAndNoOther() {
        for (int ssrc = 0; ssrc <= StreamNumbers.STREAMS_MAX; ssrc++) {
            numbers.add(ssrc, 5, ssrc, 0);
        }
        assertThat(numbers.find(0, 5)).isEqualTo(StreamNumbers.NONE);
        for (int ssrc = 1; ssrc <= StreamNumbers.STREAMS_MAX; ssrc++) {
            assertThat(numbers.find(ssrc, 5)).isEqualTo(ssrc);
        }
    }

    @Test
    void shouldFindAllOfManyStreamsAtDifferentRates() {
        Random random = new Random(8_888);
        int[] next = new int[20];
        int[][] sent = new int[4_000][];
        for (int i = 0; i < sent.length; i++) {
            int ssrc = (int) (20 * Math.pow(random.nextDouble(), 3));
            sent[i] = new int[] {ssrc, next[ssrc]++ & 0xffff};
            numbers.add(ssrc, sent[i][1], i, 0);
        }
        for (int i = 0; i < sent.length; i++) {
            assertThat(numbers.find(sent[i][0], sent[i][1])).isEqualTo(i);
        }
    }
}
