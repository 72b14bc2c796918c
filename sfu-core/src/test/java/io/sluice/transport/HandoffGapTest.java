package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.rtp.DropReason;
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
}
