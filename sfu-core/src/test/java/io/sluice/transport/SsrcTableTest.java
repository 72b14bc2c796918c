package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SsrcTableTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldAgreeWithAMapWhateverComes(long seed) {
        Random random = new Random(seed);
        SsrcTable<Integer> table = new SsrcTable<>();
        Map<Integer, Integer> model = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            // Few different keys in the low bits, so that they meet again and collide.
            int ssrc = random.nextInt(64) << (random.nextBoolean() ? 0 : 20);
            switch (random.nextInt(10)) {
                case 0 -> {
                    int limit = random.nextInt();
                    table.removeIf(value -> value < limit);
                    model.values().removeIf(value -> value < limit);
                }
                case 1, 2, 3 -> {
                    int value = random.nextInt();
                    table.put(ssrc, value);
                    model.put(ssrc, value);
                }
                default ->
                        assertThat(table.find(ssrc))
                                .as("seed %d step %d", seed, i)
                                .isEqualTo(model.get(ssrc));
            }
            assertThat(table.size()).isEqualTo(model.size());
        }
        Set<Integer> visited = new HashSet<>();
        for (int i = 0; i < table.places(); i++) {
            Integer value = table.at(i);
            if (value != null) {
                visited.add(value);
            }
        }
        assertThat(visited).isEqualTo(new HashSet<>(model.values()));
    }
}
