package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeldDtlsTest {

    private final Slab slab = new Slab(4);
    private final SlotQuota quota = new SlotQuota(3);
    private final HeldDtls held = new HeldDtls(slab, quota, 4);
    private final List<Integer> lengths = new ArrayList<>();
    private IceFixture ice;
    private IcePath first;
    private IcePath second;

    @BeforeEach
    void hold() {
        ice = new IceFixture(IceFixture.CONFIG);
        IceSession session = ice.participant().session;
        first = new IcePath(session, new Path(0, 0, 1, 5));
        second = new IcePath(session, new Path(0, 0, 1, 6));
        held.hold(first, slab.take(), 1);
        held.hold(second, slab.take(), 2);
        held.hold(first, slab.take(), 3);
    }

    @AfterEach
    void close() throws Exception {
        ice.close();
        slab.close();
    }

    @Test
    void shouldDeliverInOrderWhatCameFromThePath() {
        held.deliver(first, listener(_ -> {}), 0);

        assertThat(lengths).containsExactly(1, 3);
        assertThat(slab.slotsInUse()).isEqualTo(1);
        held.deliver(second, listener(_ -> {}), 0);
        assertThat(lengths).containsExactly(1, 3, 2);
        assertThat(held.isEmpty()).isTrue();
        assertThat(slab.slotsInUse()).isZero();
    }

    @Test
    void shouldFreeEachSlotOnceWhenTheListenerClosesTheSession() {
        held.deliver(
                first,
                listener(slot -> {
                    held.release();
                    // The datagram in hand is the listener's until it returns.
                    assertThat(slab.take()).isNotEqualTo(slot);
                }),
                0);

        assertThat(lengths).containsExactly(1);
        assertThat(held.isEmpty()).isTrue();
        assertThat(slab.slotsInUse()).isEqualTo(1);
    }

    @Test
    void shouldHoldOnToTheRestWhenTheListenerFails() {
        IceListener failing =
                listener(_ -> {
                    throw new IllegalStateException("on purpose");
                });

        assertThatThrownBy(() -> held.deliver(first, failing, 0)).hasMessage("on purpose");

        assertThat(slab.slotsInUse()).isEqualTo(2);
        held.release();
        assertThat(slab.slotsInUse()).isZero();
    }

    private IceListener listener(IntConsumer onDtls) {
        return new IceListener() {
            @Override
            public void onPath(Path path) {}

            @Override
            public void onPathLost() {}

            @Override
            public void onIceFailed(IceFailure reason) {}

            @Override
            public boolean onMedia(int slot, int length, long nowNanos) {
                return false;
            }

            @Override
            public void onDtls(int slot, int length, long nowNanos) {
                lengths.add(length);
                onDtls.accept(slot);
            }
        };
    }

    @Test
    void shouldHoldNoMoreThanTheLoopsQuotaAndGiveItBack() {
        int slot = slab.take();
        assertThat(held.hold(first, slot, 4)).isFalse();
        slab.release(slot);
        held.drop(second);
        assertThat(held.hold(first, slab.take(), 5)).isTrue();
        held.release();
        for (int i = 0; i < 3; i++) {
            assertThat(quota.take()).isTrue();
        }
        assertThat(quota.take()).isFalse();
    }
}
