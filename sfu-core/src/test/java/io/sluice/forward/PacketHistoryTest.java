package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ice.Slab;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PacketHistoryTest {
    private final Slab slab = new Slab(4 * PacketHistory.CAPACITY);
    private final PacketHistory history = new PacketHistory(slab);

    @AfterEach
    void everySlotIsFreeAgain() {
        history.clear();
        assertThat(slab.slotsInUse()).isZero();
        slab.close();
    }

    /** Keeps a packet as the packet line does: the port's hold ends afterwards. */
    private int keep(long sequence, long nowNanos) {
        int slot = slab.take();
        history.keep(sequence, slot, Slab.offset(slot), 1_000, nowNanos);
        slab.release(slot);
        return slot;
    }

    @Test
    void shouldFindWhatIsKept() {
        int slot = keep(70_000, 0);
        int index = history.find(70_000);
        assertThat(history.offset(index)).isEqualTo(Slab.offset(slot));
        assertThat(history.length(index)).isEqualTo(1_000);
        assertThat(history.find(69_999)).isEqualTo(-1);
    }

    @Test
    void shouldHoldNoMoreThanItsCapacity() {
        for (int i = 0; i < 3 * PacketHistory.CAPACITY; i++) {
            keep(70_000 + i, 0);
        }
        assertThat(slab.slotsInUse()).isEqualTo(PacketHistory.CAPACITY);
        assertThat(history.find(70_000)).isEqualTo(-1);
    }

    @Test
    void shouldLetGoOfWhatIsTooOldToHelp() {
        keep(70_000, 0);
        keep(70_001, PacketHistory.MAX_AGE_NANOS / 2);
        keep(70_002, PacketHistory.MAX_AGE_NANOS);
        assertThat(history.find(70_000)).isEqualTo(-1);
        assertThat(history.find(70_001)).isNotEqualTo(-1);
        assertThat(slab.slotsInUse()).isEqualTo(2);
    }

    @Test
    void shouldIgnoreWhatIsOlderThanTheRing() {
        keep(70_000, 0);
        keep(70_000 - PacketHistory.CAPACITY, 0);
        assertThat(slab.slotsInUse()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldAgreeWithAMapWhateverComes(long seed) {
        Random random = new Random(seed);
        Map<Long, Integer> model = new HashMap<>();
        long newest = 0;
        long sequence = 70_000;
        for (int i = 0; i < 20_000; i++) {
            sequence += random.nextInt(100) == 0 ? random.nextInt(2_000) : random.nextInt(-5, 7);
            int slot = keep(sequence, 0);
            if (sequence > newest - PacketHistory.CAPACITY) {
                model.put(sequence, slot);
                newest = Math.max(newest, sequence);
            }
            long asked = newest - random.nextInt(PacketHistory.CAPACITY);
            int index = history.find(asked);
            Integer expected = model.get(asked);
            assertThat(index >= 0).as("seed %d step %d", seed, i).isEqualTo(expected != null);
            if (expected != null) {
                assertThat(history.offset(index)).isEqualTo(Slab.offset(expected));
            }
        }
    }
}
