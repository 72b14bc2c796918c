package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTableTest {
    @Test
    void shouldTellKeysApartByEveryPart() {
        AddressTable<String> table = new AddressTable<>(1);
        table.put(0, 1, 2, 3, "first");
        table.put(1, 1, 2, 3, "other socket");
        table.put(0, 9, 2, 3, "other upper half");
        table.put(0, 1, 9, 3, "other lower half");
        table.put(0, 1, 2, 9, "other port");
        assertThat(table.size()).isEqualTo(5);
        assertThat(table.get(0, 1, 2, 3)).isEqualTo("first");
        assertThat(table.get(1, 1, 2, 3)).isEqualTo("other socket");
        assertThat(table.get(0, 9, 2, 3)).isEqualTo("other upper half");
        assertThat(table.get(0, 1, 9, 3)).isEqualTo("other lower half");
        assertThat(table.get(0, 1, 2, 9)).isEqualTo("other port");
    }

    /** Behaves as a HashMap does; the display name shows the seed. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 20_261_121})
    void shouldBehaveAsAHashMap(long seed) {
        Random random = new Random(seed);
        AddressTable<Integer> table = new AddressTable<>(random.nextLong());
        Map<Path, Integer> model = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            // Few keys, so that they come again; more in phases, so that the table grows and
            // empties.
            int range = 1 + (i / 5_000 % 3) * 12;
            Path key =
                    new Path(
                            random.nextInt(2),
                            random.nextInt(2),
                            random.nextInt(range),
                            random.nextInt(range));
            int what = random.nextInt(3);
            if (what == 0) {
                assertThat(
                                table.put(
                                        key.socket(),
                                        key.remoteHigh(),
                                        key.remoteLow(),
                                        key.remotePort(),
                                        i))
                        .isEqualTo(model.put(key, i));
            } else if (what == 1) {
                assertThat(
                                table.remove(
                                        key.socket(),
                                        key.remoteHigh(),
                                        key.remoteLow(),
                                        key.remotePort()))
                        .isEqualTo(model.remove(key));
            } else {
                assertThat(
                                table.get(
                                        key.socket(),
                                        key.remoteHigh(),
                                        key.remoteLow(),
                                        key.remotePort()))
                        .isEqualTo(model.get(key));
            }
            assertThat(table.size()).isEqualTo(model.size());
        }
        model.forEach((key, value) ->
                assertThat(
                                table.get(
                                        key.socket(),
                                        key.remoteHigh(),
                                        key.remoteLow(),
                                        key.remotePort()))
                        .isEqualTo(value));
    }
}
