package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlabTest {
    @Test
    void shouldGiveEachSlotOnceAndThenNone() {
        try (Slab slab = new Slab(3)) {
            assertThat(new int[] {slab.take(), slab.take(), slab.take()})
                    .containsExactlyInAnyOrder(0, 1, 2);
            assertThat(slab.take()).isEqualTo(Slab.NONE);
            assertThat(slab.slotsInUse()).isEqualTo(3);
        }
    }

    @Test
    void shouldFreeASlotWithItsLastHold() {
        try (Slab slab = new Slab(1)) {
            int slot = slab.take();
            slab.retain(slot);
            slab.release(slot);
            assertThat(slab.slotsInUse()).isEqualTo(1);
            slab.release(slot);
            assertThat(slab.slotsInUse()).isZero();
        }
    }

    @Test
    void shouldRefuseToTouchAFreeSlot() {
        try (Slab slab = new Slab(1)) {
            assertThatThrownBy(() -> slab.release(0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> slab.retain(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldRefuseASizeItCannotAddress() {
        assertThatThrownBy(() -> new Slab(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Slab(1 << 20)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldNeverLoseOrDoubleASlot(long seed) {
        Random random = new Random(seed);
        try (Slab slab = new Slab(50)) {
            Deque<Integer> held = new ArrayDeque<>();
            for (int i = 0; i < 10_000; i++) {
                if (random.nextBoolean()) {
                    int slot = slab.take();
                    if (slot == Slab.NONE) {
                        assertThat(held).hasSize(50);
                    } else {
                        assertThat(held).doesNotContain(slot);
                        held.add(slot);
                    }
                } else if (!held.isEmpty()) {
                    slab.release(held.poll());
                }
                assertThat(slab.slotsInUse()).isEqualTo(held.size());
            }
        }
    }
}
