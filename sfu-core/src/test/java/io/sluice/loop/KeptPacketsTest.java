package io.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.sluice.ice.Slab;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeptPacketsTest {
    private static final int NODE_SLOTS = 100;

    private final Slab slab = new Slab(256);
    private final MediaCounters counters = new MediaCounters();
    private final KeptPackets kept =
            new KeptPackets(
                    slab,
                    new HistoryConfig(1 << 17, (long) NODE_SLOTS * Slab.SLOT_BYTES),
                    counters);
    private final List<Integer> gone = new ArrayList<>();
    private final List<Integer> held = new ArrayList<>();

    @AfterEach
    void everySlotIsFreeAgain() {
        held.forEach(kept::letGo);
        assertThat(kept.size()).isZero();
        assertThat(slab.slotsInUse()).isZero();
        slab.close();
    }

    /** Keeps a packet as the packet line does: the port's hold ends afterwards. */
    private boolean keep(int place) {
        int slot = slab.take();
        boolean taken =
                kept.keep(
                        gonePlace -> {
                            gone.add(gonePlace);
                            held.remove((Integer) slot);
                        },
                        place,
                        slot);
        if (taken) {
            held.add(slot);
        }
        slab.release(slot);
        return taken;
    }

    @Test
    void shouldLetTheOldestGoWhenTheNodesBoundIsReached() {
        for (int i = 0; i < NODE_SLOTS + 3; i++) {
            assertThat(keep(i)).isTrue();
        }

        assertThat(gone).containsExactly(0, 1, 2);
        assertThat(kept.size()).isEqualTo(NODE_SLOTS);
        assertThat(counters.of(MediaCount.KEPT_PACKETS_EVICTED)).isEqualTo(3);
    }

    @Test
    void shouldLeaveSlotsForWhatComesIn() {
        keep(1);
        keep(2);
        List<Integer> taken = new ArrayList<>();
        while (slab.slots() - slab.slotsInUse() > slab.slots() / 8) {
            taken.add(slab.take());
        }

        assertThat(keep(3)).isTrue();
        assertThat(gone).containsExactly(1);
        taken.add(slab.take());
        taken.add(slab.take());
        assertThat(keep(4)).as("with nothing left to let go").isFalse();
        assertThat(gone).containsExactly(1, 2, 3);
        taken.forEach(slab::release);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldLetGoInTheOrderOfComingWhateverIsTakenOutBetween(long seed) {
        Random random = new Random(seed);
        ArrayDeque<Integer> model = new ArrayDeque<>();
        for (int i = 0; i < 5_000; i++) {
            if (random.nextInt(3) == 0 && !held.isEmpty()) {
                int at = random.nextInt(held.size());
                kept.letGo(held.remove(at));
                List<Integer> places = new ArrayList<>(model);
                places.remove(at);
                model = new ArrayDeque<>(places);
            }
            gone.clear();
            keep(i);
            model.add(i);
            if (model.size() > NODE_SLOTS) {
                assertThat(gone).as("seed %d step %d", seed, i).containsExactly(model.poll());
            }
        }
    }

    @Test
    void shouldRefuseToKeepASlotTwiceAndToLetGoOfNone() {
        keep(1);
        int slot = held.getFirst();
        assertThatIllegalStateException().isThrownBy(() -> kept.keep(_ -> {}, 0, slot));
        assertThatIllegalStateException().isThrownBy(() -> kept.letGo(slot + 1));
    }

    @Test
    void shouldShareTheNodesBoundAmongItsLoops() {
        LoopConfig config =
                LoopConfig.defaults().withHistory(new HistoryConfig(1 << 20, 64L << 20));
        assertThat(config.shared(4).history().nodeBytes()).isEqualTo(16 << 20);
        assertThat(config.shared(4).history().trackBytes()).isEqualTo(1 << 20);
    }

    @Test
    void shouldRefuseBoundsThatHoldNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new HistoryConfig(1_000, 1 << 20));
        assertThatIllegalArgumentException().isThrownBy(() -> new HistoryConfig(1 << 20, 1_000));
    }
}
