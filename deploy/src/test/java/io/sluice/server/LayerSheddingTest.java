package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.loop.LayerCeiling;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A loop that sends pictures of one kind, seen once a second. */
final class LayerSheddingTest {
    private static final double SHED = 0.95;

    /** What a viewer may have of each picture. */
    private static final long[] RUNGS = {150_000, 500_000, 2_500_000};

    private final LayerShedding shedding = new LayerShedding();
    private int changes;

    /** A second in which viewers are sent what the ceiling allows; a loop carries so many bits. */
    private void second(int viewers, double capacityBps) {
        double carried = viewers * granted();
        LayerCeiling.Noted noted =
                new LayerCeiling.Noted(
                        granted() == RUNGS[0] || viewers == 0 ? 0 : granted(),
                        viewers * (below(shedding.stepUpBps()) - granted()),
                        viewers * (RUNGS[RUNGS.length - 1] - granted()));
        look(new LayerShedding.Look(carried / capacityBps, carried, noted));
    }

    private void look(LayerShedding.Look look) {
        long before = shedding.ceilingBps();
        shedding.look(look, SHED);
        changes += shedding.ceilingBps() == before ? 0 : 1;
    }

    private void seconds(int seconds, int viewers, double capacityBps) {
        for (int i = 0; i < seconds; i++) {
            second(viewers, capacityBps);
        }
    }

    private long granted() {
        return below(shedding.ceilingBps());
    }

    private static long below(long ceiling) {
        long best = RUNGS[0];
        for (long rung : RUNGS) {
            best = rung <= ceiling ? rung : best;
        }
        return best;
    }

    @Test
    void shouldLeaveAllAsItIsWhileItFits() {
        seconds(100, 90, 250e6);

        assertThat(shedding.ceilingBps()).isEqualTo(LayerCeiling.NONE);
    }

    @Test
    void shouldGoDownByAsMuchAsIsTooMuch() {
        seconds(10, 120, 250e6);
        assertThat(granted()).as("a fifth too much").isEqualTo(500_000);

        seconds(10, 900, 250e6);
        assertThat(granted()).as("nine times too much").isEqualTo(150_000);
    }

    @Test
    void shouldKeepToWhatFits() {
        seconds(10, 120, 250e6);
        int before = changes;

        seconds(3_600, 120, 250e6);

        assertThat(granted()).isEqualTo(500_000);
        assertThat(changes).isEqualTo(before);
    }

    @Test
    void shouldGiveBackOnceTheCrowdHasLeft() {
        seconds(20, 300, 250e6);
        assertThat(granted()).isEqualTo(500_000);

        seconds(20, 110, 250e6);
        assertThat(granted()).as("what was saved would not fit").isEqualTo(500_000);
        seconds(9, 50, 250e6);
        assertThat(granted()).isEqualTo(2_500_000);
        assertThat(shedding.ceilingBps()).isEqualTo(LayerCeiling.NONE);
    }

    @Test
    void shouldGiveAllBackSoonAfterALoadOfManyTimesWhatItCarries() {
        seconds(60, 1_500, 250e6);
        assertThat(granted()).isEqualTo(150_000);

        seconds(8, 20, 250e6);

        assertThat(shedding.ceilingBps()).isEqualTo(LayerCeiling.NONE);
    }

    /** What comes and goes by itself makes every guess wrong. */
    @Test
    void shouldTryMoreSeldomWhatFails() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 1_200; i++) {
            seconds(3, random.nextInt(60, 160), 250e6);
        }
        assertThat(changes).as("in an hour").isBetween(2, 240);
    }

    @Test
    void shouldHaveNothingToShedWhereAllIsAtItsLowest() {
        LayerShedding.Look lowest = new LayerShedding.Look(5, 1e6, new LayerCeiling.Noted(0, 0, 0));
        LayerShedding.Look high =
                new LayerShedding.Look(5, 1e6, new LayerCeiling.Noted(1_000_000, 0, 0));
        for (int i = 0; i < 1_000; i++) {
            look(lowest);
        }
        assertThat(shedding.ceilingBps()).isEqualTo(LayerCeiling.NONE);
        for (int i = 0; i < 1_000; i++) {
            look(high);
        }
        assertThat(shedding.ceilingBps()).isEqualTo(250_000);
        assertThat(changes).as("the same again is no other ceiling").isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            look(new LayerShedding.Look(0, 0, new LayerCeiling.Noted(0, 0, 0)));
        }
        assertThat(shedding.ceilingBps()).isEqualTo(LayerCeiling.NONE);
    }
}
