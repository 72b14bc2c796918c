package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bandwidth.Simulation.Sample;
import io.sluice.bandwidth.Simulation.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A picture of three layers over a link that changes, in simulated time: what is sent is the best that fits, though
 * the estimator sees no more than that.
 */
final class AllocatedScenarioTest {
    private static final long[] RUNGS = {160_000, 530_000, 1_800_000};
    private static final double STEP_SECONDS = 12;
    private static final double[] MEGABITS = {5, 1, 5, 0.3, 3};
    private static final double FITTING_SHARE = 0.85;
    private static final double DOWN_SECONDS = 3;
    private static final double UP_SECONDS = 8;

    private static double best(double megabits) {
        double best = 0;
        for (long rung : RUNGS) {
            best = rung <= FITTING_SHARE * megabits * 1e6 ? rung / 1e6 : best;
        }
        return best;
    }

    /** How long after a step the last time was that something else was sent. */
    private static double settledSeconds(Simulation simulation, int step) {
        double from = step * STEP_SECONDS;
        double last = from;
        for (Sample sample : simulation.between(from, from + STEP_SECONDS)) {
            last = sample.source() == best(MEGABITS[step]) ? last : sample.seconds();
        }
        return last - from;
    }

    @CsvSource({"1, 200, 25", "2, 200, 25", "3, 200, 25", "1, 300, 25", "1, 200, 100"})
    @ParameterizedTest(name = "seed {0}, {1} ms of queue, {2} ms away")
    void sendsTheBestLayerThatFits(int seed, int queueMillis, int delayMillis) {
        Simulation simulation = new Simulation(seed);
        simulation.link.queueNanos = queueMillis * 1_000_000L;
        simulation.link.delayNanos = delayMillis * 1_000_000L;
        simulation.viewer().watch(RUNGS);
        simulation.steps =
                IntStream.range(0, MEGABITS.length)
                        .mapToObj(i -> new Step(i * STEP_SECONDS, MEGABITS[i]))
                        .toList();
        simulation.run(MEGABITS.length * STEP_SECONDS);

        List<Double> settled = new ArrayList<>();
        for (int i = 0; i < MEGABITS.length; i++) {
            settled.add(settledSeconds(simulation, i));
        }
        for (int i = 0; i < MEGABITS.length; i++) {
            boolean down = i > 0 && MEGABITS[i] < MEGABITS[i - 1];
            assertThat(settled.get(i))
                    .as("step %d of %s", i, settled)
                    .isLessThan(down ? DOWN_SECONDS : UP_SECONDS);
        }
    }
}
