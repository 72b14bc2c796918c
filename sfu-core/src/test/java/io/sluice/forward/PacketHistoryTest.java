package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ice.Slab;
import io.sluice.loop.HistoryConfig;
import io.sluice.loop.KeptPackets;
import io.sluice.rtp.MediaCounters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PacketHistoryTest {
    private static final int CAPACITY = 512;

    private final Slab slab = new Slab(4 * CAPACITY);
    private final MediaCounters counters = new MediaCounters();
    private final KeptPackets kept = new KeptPackets(slab, HistoryConfig.defaults(), counters);
    private final PacketHistory history = new PacketHistory(kept);

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
        for (int i = 0; i < 3 * CAPACITY; i++) {
            keep(70_000 + i, 0);
        }
        assertThat(slab.slotsInUse()).isEqualTo(CAPACITY);
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
    void shouldNotFindWhatHadToGoForAnotherTrack() {
        PacketHistory other = new PacketHistory(kept);
        keep(70_000, 0);
        keep(70_001, 0);
        // The slab's reserve is short of one slot.
        List<Integer> taken = new ArrayList<>();
        while (slab.slots() - slab.slotsInUse() >= slab.slots() / 8) {
            taken.add(slab.take());
        }
        int slot = taken.removeLast();

        other.keep(5, slot, Slab.offset(slot), 1_000, 0);

        assertThat(history.find(70_000)).isEqualTo(-1);
        assertThat(history.find(70_001)).isNotEqualTo(-1);
        assertThat(other.find(5)).isNotEqualTo(-1);
        slab.release(slot);
        taken.forEach(slab::release);
        other.clear();
    }

    @Test
    void shouldIgnoreWhatIsOlderThanTheRing() {
        keep(70_000, 0);
        keep(70_000 - CAPACITY, 0);
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
            if (sequence > newest - CAPACITY) {
                model.put(sequence, slot);
                newest = Math.max(newest, sequence);
            }
            long asked = newest - random.nextInt(CAPACITY);
            int index = history.find(asked);
            Integer expected = model.get(asked);
            assertThat(index >= 0).as("seed %d step %d", seed, i).isEqualTo(expected != null);
            if (expected != null) {
                assertThat(history.offset(index)).isEqualTo(Slab.offset(expected));
            }
        }
    }
}
