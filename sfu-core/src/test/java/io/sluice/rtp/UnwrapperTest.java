package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnwrapperTest {

    @Test
    void shouldCountOverTheWrapOfSequenceNumbers() {
        SequenceUnwrapper unwrapper = new SequenceUnwrapper();
        assertThat(unwrapper.highest()).isEqualTo(-1);
        assertThat(unwrapper.unwrap(65_534)).isEqualTo(131_070);
        assertThat(unwrapper.unwrap(1)).isEqualTo(131_073);
        assertThat(unwrapper.unwrap(65_535)).isEqualTo(131_071);
        assertThat(unwrapper.highest()).isEqualTo(131_073);
        assertThat(unwrapper.nearest(32_768)).isEqualTo(131_072 + 32_768);
        assertThat(unwrapper.highest()).isEqualTo(131_073);
    }

    @Test
    void shouldKeepNumbersBeforeTheFirstPositive() {
        SequenceUnwrapper unwrapper = new SequenceUnwrapper();
        assertThat(unwrapper.unwrap(0)).isEqualTo(65_536);
        assertThat(unwrapper.unwrap(65_535)).isEqualTo(65_535);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldFollowAnyWalkThatStaysNear(long seed) {
        Random random = new Random(seed);
        SequenceUnwrapper sequences = new SequenceUnwrapper();
        long highest = 65_536L + random.nextInt(65_536);
        sequences.unwrap((int) highest);
        for (int i = 0; i < 20_000; i++) {
            long sequence = highest + random.nextInt(-30_000, 30_000);
            assertThat(sequences.unwrap((int) (sequence & 0xffff))).isEqualTo(sequence);
            highest = Math.max(highest, sequence);
        }
    }
}
