package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.server.Impairment.Conditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ImpairmentTest {
    private static final long MILLI = 1_000_000;
    private static final Conditions NONE = Conditions.NONE;

    private final Impairment<Integer> network = new Impairment<>(7);
    private final List<Integer> arrived = new ArrayList<>();
    private final List<Long> arrivedMillis = new ArrayList<>();
    private long nowNanos;

    /** Sends a packet of 1,000 bytes each so many milliseconds, and takes what comes at any time. */
    private void run(int packets, int intervalMillis) {
        for (int i = 0; i < packets; i++) {
            network.offer(i, 972, nowNanos);
            take(nowNanos + intervalMillis * MILLI);
        }
        take(Impairment.NEVER - 1);
    }

    private void take(long untilNanos) {
        while (network.nextNanos() <= untilNanos) {
            nowNanos = Math.max(nowNanos, network.nextNanos());
            Integer packet = network.poll(nowNanos);
            if (packet != null) {
                arrived.add(packet);
                arrivedMillis.add(nowNanos / MILLI);
            }
        }
        nowNanos = untilNanos;
    }

    @Test
    void shouldLetAllThroughAtOnce() {
        run(100, 1);
        assertThat(arrived).hasSize(100).isSorted();
        assertThat(arrivedMillis.getLast()).isEqualTo(99);
    }

    @Test
    void shouldLetOutAtItsRateWhatFitsInItsQueue() {
        network.conditions(NONE.withRate(1_000_000, Duration.ofMillis(200)));
        // Twice as much as gets through.
        run(500, 4);
        // 250 in two seconds, and 25 more stand in the queue.
        assertThat(arrived).hasSizeBetween(270, 280);
        assertThat(network.dropped()).isEqualTo(500 - arrived.size());
        assertThat(arrivedMillis.getLast()).isBetween(2_190L, 2_220L);
    }

    @Test
    void shouldDelayWithoutReordering() {
        network.conditions(NONE.withDelay(Duration.ofMillis(50), Duration.ofMillis(30)));
        run(200, 1);
        assertThat(arrived).hasSize(200).isSorted();
        assertThat(arrivedMillis.getFirst()).isBetween(50L, 80L);
        assertThat(arrivedMillis.getLast()).isBetween(250L, 280L);
    }

    @Test
    void shouldLoseAndReorder() {
        network.conditions(NONE.withLoss(0.1, 0.1).withDelay(Duration.ofMillis(50), Duration.ZERO));
        run(2_000, 5);
        assertThat(network.dropped()).isBetween(150L, 250L);
        int overtaken = 0;
        for (int i = 1; i < arrived.size(); i++) {
            overtaken += arrived.get(i) < arrived.get(i - 1) ? 1 : 0;
        }
        assertThat(overtaken).isBetween(100, 250);
        for (int i = 0; i < arrived.size(); i++) {
            assertThat(arrivedMillis.get(i)).isGreaterThanOrEqualTo(5L * arrived.get(i) + 50);
        }
    }
}
