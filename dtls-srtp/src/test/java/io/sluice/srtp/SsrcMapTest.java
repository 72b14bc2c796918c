package io.sluice.srtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SsrcMapTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldFindWhatWasAddedAndNothingElse(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        SsrcMap<Integer> map = new SsrcMap<>(1_000);
        Map<Integer, Integer> expected = new HashMap<>();
        while (!map.isFull()) {
            int ssrc = random.nextBoolean() ? random.nextInt() : random.nextInt(4_000) << 8;
            if (expected.putIfAbsent(ssrc, ssrc) == null) {
                map.add(ssrc, ssrc);
            }
        }

        assertThat(map.size()).isEqualTo(1_000);
        expected.forEach((ssrc, value) -> assertThat(map.find(ssrc)).isEqualTo(value));
        for (int i = 0; i < 10_000; i++) {
            int ssrc = random.nextInt();
            assertThat(map.find(ssrc)).isEqualTo(expected.get(ssrc));
        }
    }

    @Test
    void shouldHoldSsrcZero() {
        SsrcMap<String> map = new SsrcMap<>(1);

        assertThat(map.find(0)).isNull();
        map.add(0, "zero");
        assertThat(map.find(0)).isEqualTo("zero");
        assertThatThrownBy(() -> map.add(1, "more")).isInstanceOf(IllegalStateException.class);
        map.clear();
        assertThat(map.find(0)).isNull();
    }
}
