package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What goes to another loop after the way there was full. */
final class HandoffGapTest {
    private static final byte[] KEYFRAME = PacketLineFixture.KEYFRAME;
    private static final byte[] INTERFRAME = PacketLineFixture.INTERFRAME;

    @Test
    void shouldAskForAnotherKeyframeWhenOneComesLaterThanWhatFollowsIt() {
        try (TwoLoops loops = new TwoLoops()) {
            loops.publish(() -> {
                loops.send(500, KEYFRAME);
                for (int i = 1; i <= TwoLoops.HANDOFF_CAPACITY; i++) {
                    loops.send(500 + i, INTERFRAME);
                }
            });
            assertThat(loops.publishers.drops().of(DropReason.HANDOFF_FULL)).isEqualTo(1);
            await().until(() -> loops.received().size() == TwoLoops.HANDOFF_CAPACITY);

            loops.publish(() -> loops.send(601, INTERFRAME));
            assertThat(loops.fanout.takeKeyframeWish(0)).isTrue();
            // The keyframe that was asked for, without what was refused behind it.
            loops.publish(() -> loops.send(600, KEYFRAME));
            assertThat(loops.fanout.takeKeyframeWish(0)).isTrue();

            loops.publish(() -> {
                loops.send(610, KEYFRAME);
                loops.send(611, INTERFRAME);
            });
            await().until(() -> loops.received().size() == TwoLoops.HANDOFF_CAPACITY + 2);
            assertThat(loops.fanout.takeKeyframeWish(0)).isFalse();
            int begin = loops.received().getFirst();
            assertThat(loops.received())
                    .endsWith(
                            begin + TwoLoops.HANDOFF_CAPACITY,
                            begin + TwoLoops.HANDOFF_CAPACITY + 1);
        }
    }

    @Test
    void shouldHandOverOnlyTheEncodingsThatSomebodyThereCanUse() {
        try (TwoLoops loops = new TwoLoops(List.of("q", "f"))) {
            loops.publish(() -> loops.send(0, 500, KEYFRAME));
            await().until(() -> loops.received().size() == 1);
            loops.want(1);
            for (int i = 1; i <= 30; i++) {
                int sequence = i;
                loops.publish(() -> {
                    loops.send(0, 500 + sequence, INTERFRAME);
                    loops.send(1, 700 + sequence, INTERFRAME);
                });
                await().until(() -> loops.underWay() == 0);
                loops.pass(100_000_000);
            }
            assertThat(handedOver(loops, 800, KEYFRAME)).isZero();

            loops.want(Integer.MAX_VALUE);
            loops.pass(10_000_000);
            assertThat(handedOver(loops, 801, INTERFRAME)).isZero();
            assertThat(handedOver(loops, 802, KEYFRAME)).isEqualTo(1);
            assertThat(handedOver(loops, 803, INTERFRAME)).isEqualTo(1);
        }
    }

    /** How often the packet goes to the other loop. */
    private static long handedOver(TwoLoops loops, int sequence, byte[] payload) {
        long before = loops.publishers.counters().of(MediaCount.HANDED_OVER);
        loops.publish(() -> loops.send(1, sequence, payload));
        return loops.publishers.counters().of(MediaCount.HANDED_OVER) - before;
    }
}
