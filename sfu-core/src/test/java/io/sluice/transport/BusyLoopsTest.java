package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.loop.Loop;
import io.sluice.loop.TestLoops;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A publisher whose viewers' loop has no time for a while. */
final class BusyLoopsTest {
    private static final int TURNS = 40;
    private static final int PACKETS_PER_TURN = 25;

    /** Occupies a loop until the latch is down. */
    private static CountDownLatch occupy(Loop loop) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        loop.execute(() -> {
            begun.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        begun.await();
        return end;
    }

    private static int slotsInUse(Loop loop) {
        return TestLoops.on(loop, () -> loop.slab().slotsInUse());
    }

    @Test
    void shouldDropAndCountWhatDoesNotFitAndGoOnWithAKeyframe() throws InterruptedException {
        try (TwoLoops loops = new TwoLoops()) {
            int resting = slotsInUse(loops.publishers);
            CountDownLatch end = occupy(loops.viewers);
            for (int turn = 0; turn < TURNS; turn++) {
                int first = 500 + turn * PACKETS_PER_TURN;
                loops.publish(() -> {
                    for (int i = 0; i < PACKETS_PER_TURN; i++) {
                        boolean isFirst = first + i == 500;
                        loops.send(
                                first + i,
                                isFirst
                                        ? PacketLineFixture.KEYFRAME
                                        : PacketLineFixture.INTERFRAME);
                    }
                });
                assertThat(loops.underWay()).isLessThanOrEqualTo(TwoLoops.HANDOFF_CAPACITY);
            }

            assertThat(slotsInUse(loops.publishers)).isEqualTo(resting + TwoLoops.HANDOFF_CAPACITY);
            long dropped =
                    loops.publishers.drops().of(DropReason.HANDOFF_FULL)
                            + loops.publishers.drops().of(DropReason.AWAITING_KEYFRAME);
            assertThat(dropped).isEqualTo(TURNS * PACKETS_PER_TURN - TwoLoops.HANDOFF_CAPACITY);
            assertThat(loops.publishers.counters().of(MediaCount.HANDED_OVER))
                    .isEqualTo(TwoLoops.HANDOFF_CAPACITY);

            end.countDown();
            await().until(() -> loops.received().size() == TwoLoops.HANDOFF_CAPACITY);
            loops.publish(
                    () -> loops.send(500 + TURNS * PACKETS_PER_TURN, PacketLineFixture.KEYFRAME));
            await().until(() -> loops.received().size() == TwoLoops.HANDOFF_CAPACITY + 1);
            assertThat(loops.received().getLast())
                    .isEqualTo(loops.received().getFirst() + TwoLoops.HANDOFF_CAPACITY);
            loops.publish(() -> {});
            await().until(() -> slotsInUse(loops.publishers) == resting);
        }
    }
}
