package io.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.ice.Slab;
import io.sluice.rtp.Wire;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LoopHandoffTest {
    private static final int CAPACITY = 8;

    private final TestLoops loops = new TestLoops(2, LoopConfig.defaults().withRoom(64, CAPACITY));
    private final Loop producer = loops.all().get(0);
    private final Loop consumer = loops.all().get(1);
    private final int restingSlots = TestLoops.on(producer, () -> producer.slab().slotsInUse());
    private final List<Long> received = new CopyOnWriteArrayList<>();

    private final HandoffReceiver receiver =
            (memory, offset, length, sequence, _, _) -> {
                assertThat(Thread.currentThread().getName()).startsWith("sluice-loop-1");
                assertThat(Wire.i64(memory, offset)).isEqualTo(sequence);
                assertThat(length).isEqualTo(8);
                received.add(sequence);
            };

    @AfterEach
    void close() {
        loops.close();
    }

    /** Offers one packet whose bytes are its number, as the packet line does: on the producing loop. */
    private boolean offer(long sequence) {
        return offer(receiver, sequence);
    }

    private boolean offer(HandoffReceiver to, long sequence) {
        Slab slab = producer.slab();
        int slot = slab.take();
        Wire.put64(slab.memory(), Slab.offset(slot), sequence);
        boolean taken =
                producer.handoffTo(consumer)
                        .offer(to, slot, Slab.offset(slot), 8, sequence, false, 0);
        slab.release(slot);
        return taken;
    }

    private int slotsInUse() {
        return TestLoops.on(producer, () -> producer.slab().slotsInUse());
    }

    @Test
    void shouldDeliverInOrderAndFreeWhatHasPassed() {
        for (int turn = 0; turn < 100; turn++) {
            long first = turn * 4L;
            await().until(() ->
                    TestLoops.on(producer, () -> producer.handoffTo(consumer).depth()) == 0);
            assertThat(
                            TestLoops.on(
                                    producer,
                                    () -> {
                                        boolean all = true;
                                        for (long i = first; i < first + 4; i++) {
                                            all &= offer(i);
                                        }
                                        producer.endTurn();
                                        return all;
                                    }))
                    .isTrue();
        }
        await().until(() -> received.size() == 400);
        for (int i = 0; i < 400; i++) {
            assertThat(received.get(i)).isEqualTo(i);
        }
        await().until(() -> slotsInUse() == restingSlots);
    }

    @Test
    void shouldFreeASharedPayloadWhenEveryLoopHasPassedIt() throws InterruptedException {
        TestLoops three = new TestLoops(3, LoopConfig.defaults().withRoom(64, CAPACITY));
        Loop from = three.all().get(0);
        Slab slab = from.slab();
        int resting = TestLoops.on(from, slab::slotsInUse);
        CountDownLatch passed = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        HandoffReceiver quick = (_, _, _, _, _, _) -> passed.countDown();
        HandoffReceiver slow =
                (_, _, _, _, _, _) -> {
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                };
        TestLoops.on(
                from,
                () -> {
                    int slot = slab.take();
                    long at = Slab.offset(slot);
                    from.handoffTo(three.all().get(1)).offer(quick, slot, at, 8, 1, false, 0);
                    from.handoffTo(three.all().get(2)).offer(slow, slot, at, 8, 1, false, 0);
                    slab.release(slot);
                    from.endTurn();
                    return 0;
                });

        passed.await();
        await().until(() ->
                TestLoops.on(from, () -> from.handoffTo(three.all().get(1)).depth()) == 0);
        TestLoops.on(
                from,
                () -> {
                    from.endTurn();
                    return 0;
                });
        assertThat(TestLoops.on(from, slab::slotsInUse)).isEqualTo(resting + 1);
        goOn.countDown();
        await().until(() -> TestLoops.on(from, slab::slotsInUse) == resting);
        three.close();
    }

    @ParameterizedTest
    @EnumSource(Breakage.class)
    void shouldDeliverTheRestWhenOneBreaks(Breakage breakage) {
        HandoffReceiver broken =
                (_, _, _, _, _, _) -> {
                    throw breakage.now();
                };
        TestLoops.on(
                producer,
                () -> {
                    boolean taken = offer(broken, 0) && offer(1);
                    producer.endTurn();
                    return taken;
                });
        await().until(() -> received.size() == 1);
        assertThat(TestLoops.on(consumer, consumer::defects)).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhenFullAndGoOnAfterwards() throws InterruptedException {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        consumer.execute(() -> {
            blocked.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        blocked.await();
        int taken =
                TestLoops.on(
                        producer,
                        () -> {
                            int count = 0;
                            for (int i = 0; i < 2 * CAPACITY; i++) {
                                count += offer(i) ? 1 : 0;
                            }
                            producer.endTurn();
                            return count;
                        });
        assertThat(taken).isEqualTo(CAPACITY);
        assertThat(slotsInUse()).isEqualTo(restingSlots + CAPACITY);
        release.countDown();
        await().until(() -> received.size() == CAPACITY);
        await().until(() -> slotsInUse() == restingSlots);
        assertThat(TestLoops.on(producer, () -> offer(99))).isTrue();
        await().until(() -> received.contains(99L));
    }
}
