package io.sluice.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {

    private final ReplayWindow window = new ReplayWindow();

    @Test
    void shouldKnowNothingBeforeTheFirstPacket() {
        assertThat(window.isTooOld(0)).isFalse();
        assertThat(window.isReplay(0)).isFalse();
    }

    @Test
    void shouldCallIndexesBeforeTheFirstRollOverTooOld() {
        window.accept(2);

        assertThat(window.index(65_534)).isEqualTo(-2);
        assertThat(window.isTooOld(-2)).isTrue();
    }

    @Test
    void shouldAgreeWithASetOfAllIndexes() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(4);
        Set<Long> received = new HashSet<>();
        long highest = -1;
        for (int i = 0; i < 100_000; i++) {
            int ahead = random.nextInt(50) == 0 ? 3000 : 5;
            long index = Math.max(0, highest + random.nextInt(-1100, ahead));
            boolean tooOld = index <= highest - ReplayWindow.PACKETS;

            assertThat(window.isTooOld(index)).isEqualTo(tooOld);
            if (!tooOld) {
                assertThat(window.isReplay(index)).isEqualTo(!received.add(index));
                if (!window.isReplay(index)) {
                    window.accept(index);
                    highest = Math.max(highest, index);
                }
            }
        }
    }
}
