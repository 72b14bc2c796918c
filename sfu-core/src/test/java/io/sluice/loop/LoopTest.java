package io.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.ice.Slab;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What breaks on a loop ends neither the loop nor its ticks. */
final class LoopTest {
    private static final LoopConfig CONFIG = LoopConfig.defaults().withRoom(64, 8);

    private final TestLoops loops = new TestLoops(1, CONFIG);
    private final Loop loop = loops.all().getFirst();

    @AfterEach
    void close() {
        loops.close();
    }

    @Test
    void shouldCountWhatATaskThrows() {
        loop.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        assertThat(TestLoops.on(loop, loop::defects)).isEqualTo(1);
    }

    @Test
    void shouldGoOnTickingWhenATurnCannotEnd() {
        Loop ended = new TestLoops(1, CONFIG).all().getFirst();
        ended.close();
        ended.freeMemory();
        HandoffReceiver nobody = (_, _, _, _, _, _) -> {};
        loop.execute(() -> {
            int slot = loop.slab().take();
            loop.handoffTo(ended).offer(nobody, slot, Slab.offset(slot), 8, 1, false, 0);
            loop.slab().release(slot);
        });
        await().until(() -> loop.defects() > 0);
        long before = loop.lastTickNanos();
        await().until(() -> loop.lastTickNanos() > before);
    }

    @Test
    void shouldGoOnAskingWhoHadNoMemoryOnce() {
        AtomicInteger asked = new AtomicInteger();
        Future<?> asking =
                loop.every(
                        _ -> {
                            if (asked.incrementAndGet() <= 2) {
                                throw new OutOfMemoryError("on purpose");
                            }
                        },
                        1_000_000);
        await().until(() -> asked.get() > 3);
        asking.cancel(false);
        assertThat(loop.defects()).isEqualTo(2);
    }

    @Test
    void shouldSayWhatItsThreadAllocates() {
        long before = loop.allocatedBytes();
        TestLoops.on(loop, () -> new byte[1 << 20]);
        assertThat(loop.allocatedBytes()).isGreaterThanOrEqualTo(before + (1 << 20));
    }
}
