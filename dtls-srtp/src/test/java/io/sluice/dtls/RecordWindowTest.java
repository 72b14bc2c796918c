package io.sluice.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordWindowTest {

    private final RecordWindow window = new RecordWindow();

    @Test
    void shouldTakeEachRecordOnceAndNoneThatIsTooOldToTell() {
        window.accept(100);
        assertThat(window.isNew(100)).isFalse();
        assertThat(window.isNew(101 - RecordWindow.RECORDS)).isTrue();
        assertThat(window.isNew(100 - RecordWindow.RECORDS)).isFalse();

        window.accept(101 - RecordWindow.RECORDS);
        assertThat(window.isNew(101 - RecordWindow.RECORDS)).isFalse();
        assertThat(window.isNew(101)).isTrue();
    }

    @Test
    void shouldForgetAllWithAJump() {
        window.accept(0);
        window.accept(1L << 40);
        assertThat(window.isNew((1L << 40) - 1)).isTrue();
        assertThat(window.isNew(1L << 40)).isFalse();
        assertThat(window.isNew(0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldTakeNothingTwiceInWhateverOrder(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Set<Long> accepted = new HashSet<>();
        long highest = 0;
        for (int i = 0; i < 2_000; i++) {
            long sequence = Math.max(0, highest + random.nextInt(-70, 20));
            boolean inReach = sequence > highest - RecordWindow.RECORDS;
            if (i == 0) {
                inReach = true;
            }
            assertThat(window.isNew(sequence))
                    .as("seed %d, record %d", seed, sequence)
                    .isEqualTo(inReach && !accepted.contains(sequence));
            if (window.isNew(sequence)) {
                window.accept(sequence);
                accepted.add(sequence);
                highest = Math.max(highest, sequence);
            }
        }
    }
}
