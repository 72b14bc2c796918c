package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bandwidth.Simulation.Sample;
import io.sluice.bandwidth.Simulation.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An elastic source over links of all kinds, in simulated time: the estimate keeps to the bars. */
final class EstimatorScenarioTest {
    private static final int SEEDS = 2;
    private static final long MILLIS = 1_000_000;
    private static final double STEP_SECONDS = 20;
    private static final double[] MEGABITS = {5, 1, 5, 0.3, 3};

    /** Right after a change the estimate cannot know. */
    private static final double GRACE_SECONDS = 2;

    private static final double DOWN_SECONDS = 3;
    private static final double UP_SECONDS = 8;
    private static final double DEEP_SECONDS = 6;

    /** A link that something is done to. */
    private record Link(String name, Consumer<Simulation> setUp) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Arguments> withSeeds(List<Link> links) {
        return links.stream()
                .flatMap(link ->
                        IntStream.rangeClosed(1, SEEDS).mapToObj(seed -> Arguments.of(link, seed)));
    }

    private static Link link(String name, Consumer<SimulatedLink> setUp) {
        return new Link(name, simulation -> setUp.accept(simulation.link));
    }

    static Stream<Arguments> steps() {
        return withSeeds(
                List.of(
                        link("50 ms of queue", link -> link.queueNanos = 50 * MILLIS),
                        link("200 ms of queue", link -> link.queueNanos = 200 * MILLIS),
                        link("300 ms of queue", link -> link.queueNanos = 300 * MILLIS),
                        link("2 s of queue", link -> link.queueNanos = 2_000 * MILLIS),
                        link("300 ms round trip", link -> link.delayNanos = 150 * MILLIS),
                        new Link("reports by streams", EstimatorScenarioTest::reportByStreams)));
    }

    /** As RFC 8888 has it. */
    private static void reportByStreams(Simulation simulation) {
        simulation.link.queueNanos = 200 * MILLIS;
        simulation.viewers.getFirst().byStreams = new PacketReportWriter();
    }

    @MethodSource("steps")
    @ParameterizedTest(name = "{0}, seed {1}")
    void followsStepsOfTheCapacity(Link link, int seed) {
        Simulation simulation = new Simulation(seed);
        simulation.viewer();
        link.setUp.accept(simulation);
        simulation.steps =
                IntStream.range(0, MEGABITS.length)
                        .mapToObj(i -> new Step(i * STEP_SECONDS, MEGABITS[i]))
                        .toList();
        simulation.run(MEGABITS.length * STEP_SECONDS);
        boolean deep = simulation.link.queueNanos > 300 * MILLIS;
        for (int i = 0; i < MEGABITS.length; i++) {
            double from = i * STEP_SECONDS;
            double to = from + STEP_SECONDS;
            double capacity = MEGABITS[i];
            boolean down = i > 0 && capacity < MEGABITS[i - 1];
            double after = down ? deep ? DEEP_SECONDS : DOWN_SECONDS : UP_SECONDS;
            assertThat(reachedSeconds(simulation, from, capacity))
                    .as("seconds after the step to %s", capacity)
                    .isLessThanOrEqualTo(after);
            assertThat(mean(simulation.between(from + UP_SECONDS, to), Sample::estimate))
                    .as("in the end at %s", capacity)
                    .isGreaterThan(0.85 * capacity);
            double emptied = from + (deep ? DEEP_SECONDS : GRACE_SECONDS);
            assertThat(slow(simulation.between(emptied, to)))
                    .as("queue at %s", capacity)
                    .isLessThan(250);
            assertNotFarAbove(simulation.between(from + GRACE_SECONDS, to));
        }
    }

    private static List<Double> calmLossByTheMillisecond(double loss, long seed) {
        List<Double> told = new ArrayList<>();
        Simulation simulation =
                new Simulation(seed, (viewer, _) -> told.add(viewer.estimator.calmLoss()));
        simulation.viewer();
        simulation.link.loss = loss;
        simulation.link.queueNanos = 200 * MILLIS;
        simulation.steps =
                List.of(new Step(0, 5), new Step(30, 1), new Step(60, 3), new Step(90, 0.3));
        simulation.run(120);
        return told;
    }

    /** What a queue loses that is full after a step down is not the path's own loss. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void tellsWhatThePathLosesByItself(long seed) {
        assertThat(calmLossByTheMillisecond(0, seed)).allMatch(loss -> loss < 0.02);

        List<Double> told = calmLossByTheMillisecond(0.05, seed);
        double[] lossy = told.stream().filter(loss -> loss > 0).mapToDouble(loss -> loss).toArray();
        assertThat(Arrays.stream(lossy).average().orElse(0)).isBetween(0.04, 0.06);
        assertThat(told.stream().filter(loss -> loss > 0.02).count())
                .as("milliseconds of which it is told")
                .isGreaterThan(told.size() / 2);
    }

    static Stream<Arguments> steady() {
        return withSeeds(
                List.of(
                        link("clean", _ -> {}),
                        link("2 % loss", link -> link.loss = 0.02),
                        link(
                                "2 % loss in bursts of five",
                                link -> {
                                    link.burstBegins = 0.004;
                                    link.burstEnds = 0.2;
                                }),
                        link("300 ms round trip", link -> link.delayNanos = 150 * MILLIS),
                        link("30 ms jitter", link -> link.jitterNanos = 30 * MILLIS),
                        link("2 s of queue", link -> link.queueNanos = 2_000 * MILLIS),
                        link("30 ms of queue", link -> link.queueNanos = 30 * MILLIS),
                        new Link(
                                "30 % of feedback lost",
                                simulation -> simulation.viewers.getFirst().reportLoss = 0.3),
                        new Link("reports by streams", EstimatorScenarioTest::reportByStreams),
                        new Link(
                                "reports by streams, 2 % loss, and 30 % of them",
                                simulation -> {
                                    reportByStreams(simulation);
                                    simulation.link.loss = 0.02;
                                    simulation.viewers.getFirst().reportLoss = 0.3;
                                })));
    }

    @MethodSource("steady")
    @ParameterizedTest(name = "{0}, seed {1}")
    void usesWhatTheLinkCarries(Link link, int seed) {
        Simulation simulation = steady(link, seed);
        List<Sample> settled = simulation.between(10, 60);
        assertThat(mean(settled, Sample::estimate)).isGreaterThan(0.85 * 3);
        assertThat(mean(settled, Sample::arrived)).isGreaterThan(0.8 * 3);
        assertThat(slow(settled)).isLessThan(150);
        assertNotFarAbove(simulation.between(GRACE_SECONDS, 60));
    }

    @ValueSource(ints = {1, 2, 3, 4, 5})
    @ParameterizedTest(name = "seed {0}")
    void usesMostOfALinkThatLosesATenth(int seed) {
        Simulation simulation = steady(link("10 % loss", link -> link.loss = 0.1), seed);
        assertThat(mean(simulation.between(10, 60), Sample::estimate)).isGreaterThan(0.6 * 3);
        assertNotFarAbove(simulation.between(GRACE_SECONDS, 60));
    }

    @ValueSource(ints = {1, 2, 3})
    @ParameterizedTest(name = "seed {0}")
    void survivesTheLossOfHalfOfTheFeedback(int seed) {
        Simulation simulation =
                steady(new Link("", s -> s.viewers.getFirst().reportLoss = 0.5), seed);
        assertThat(mean(simulation.between(10, 60), Sample::estimate)).isGreaterThan(0.75 * 3);
        assertNotFarAbove(simulation.between(GRACE_SECONDS, 60));
    }

    @CsvSource({"0.3,0.15", "0.75,0.5", "1,0.5", "2.4,1.7", "5,1.7"})
    @ParameterizedTest(name = "{0} Mbit/s")
    void letsThroughTheBestLayerThatFitsWell(double capacity, double layer) {
        Simulation simulation = new Simulation(1);
        simulation.viewer().watch(150_000, 500_000, 1_700_000);
        simulation.steps = List.of(new Step(0, capacity));
        simulation.run(60);
        List<Sample> settled = simulation.between(10, 60);
        assertThat(settled.stream().filter(sample -> sample.source() == layer).count())
                .isGreaterThan(settled.size() * 95L / 100);
        assertThat(slow(settled)).isLessThan(150);
    }

    @CsvSource({"0, 1", "0.02, 1", "0.02, 2", "0.05, 1", "0.1, 1", "0.1, 2", "0.1, 15", "0.1, 21"})
    @ParameterizedTest(name = "loss {0}, seed {1}")
    void findsTheWayBackToEachLayerThoughLittleIsSent(double loss, int seed) {
        Simulation simulation = new Simulation(seed);
        simulation.link.loss = loss;
        simulation.viewer().watch(150_000, 500_000, 1_700_000);
        simulation.steps =
                IntStream.range(0, MEGABITS.length)
                        .mapToObj(i -> new Step(i * STEP_SECONDS, MEGABITS[i]))
                        .toList();
        simulation.run(MEGABITS.length * STEP_SECONDS);
        double[] layers = {1.7, 0.5, 1.7, 0.15, 1.7};
        for (int i = 0; i < layers.length; i++) {
            double to = (i + 1) * STEP_SECONDS;
            assertThat(simulation.between(to - STEP_SECONDS + UP_SECONDS, to))
                    .as("layers at %s", MEGABITS[i])
                    .extracting(Sample::source)
                    .containsOnly(layers[i]);
        }
    }

    private static Simulation steady(Link link, int seed) {
        Simulation simulation = new Simulation(seed);
        simulation.viewer();
        simulation.steps = List.of(new Step(0, 3));
        link.setUp.accept(simulation);
        return simulation.run(60);
    }

    @ValueSource(ints = {50, 200, 2_000})
    @ParameterizedTest(name = "{0} ms of queue")
    void comesBackAfterAnOutageOfTwoSeconds(int queueMillis) {
        Simulation simulation = new Simulation(1);
        simulation.link.queueNanos = queueMillis * MILLIS;
        simulation.viewer();
        simulation.steps = List.of(new Step(0, 3), new Step(20, 0), new Step(22, 3));
        simulation.run(50);
        assertThat(mean(simulation.between(21.5, 22), Sample::sent))
                .as("sent into the dead link")
                .isLessThan(0.5);
        assertThat(mean(simulation.between(22 + UP_SECONDS, 50), Sample::estimate))
                .isGreaterThan(0.85 * 3);
        assertNotFarAbove(simulation.between(22 + GRACE_SECONDS, 50));
    }

    @ValueSource(ints = {1, 2, 3})
    @ParameterizedTest(name = "seed {0}")
    void sharesFairlyWithAnotherViewer(int seed) {
        Simulation simulation = new Simulation(seed);
        simulation.viewer();
        simulation.steps = List.of(new Step(0, 4));
        // The second comes when the first has all, at a moment that differs by the seed.
        simulation.run(10 + seed * 0.37);
        simulation.viewer();
        simulation.run(30);
        long[] before = simulation.viewers.stream().mapToLong(v -> v.arrivedBytes).toArray();
        simulation.run(90);
        double[] shares =
                IntStream.range(0, 2)
                        .mapToDouble(i -> simulation.viewers.get(i).arrivedBytes - before[i])
                        .toArray();
        double sum = shares[0] + shares[1];
        double squares = shares[0] * shares[0] + shares[1] * shares[1];
        assertThat(sum * sum / (2 * squares)).as("Jain's index").isGreaterThan(0.95);
        assertThat(sum * 8 / 90 / 4e6).as("of the link").isGreaterThan(0.8);
    }

    @ValueSource(ints = {100, 300})
    @ParameterizedTest(name = "{0} ms of queue")
    void leavesADownloadItsShareAndKeepsSome(int queueMillis) {
        Simulation simulation = new Simulation(1);
        simulation.link.queueNanos = queueMillis * MILLIS;
        simulation.viewer();
        simulation.steps = List.of(new Step(0, 4));
        SimulatedTcp download = new SimulatedTcp(simulation.link);
        simulation.download = download;
        simulation.downloadBegins = 10;
        simulation.run(20);
        long before = download.arrivedBytes;
        long oursBefore = simulation.viewers.getFirst().arrivedBytes;
        simulation.run(60);
        double megabits = (download.arrivedBytes - before) * 8 / 60e6;
        double ours = (simulation.viewers.getFirst().arrivedBytes - oursBefore) * 8 / 60e6;
        assertThat(megabits).isGreaterThan(0.3 * 4);
        assertThat(ours).isGreaterThan(0.1 * 4);
    }

    /** When the estimate began to be near the capacity for a second. */
    private static double reachedSeconds(Simulation simulation, double from, double capacity) {
        double seconds = 0;
        double estimate;
        do {
            seconds += 0.1;
            estimate =
                    mean(simulation.between(from + seconds, from + seconds + 1), Sample::estimate);
        } while ((estimate < 0.9 * capacity || estimate > 1.1 * capacity)
                && seconds < STEP_SECONDS - 1);
        return seconds;
    }

    private static double mean(List<Sample> samples, ToDoubleFunction<Sample> what) {
        return samples.stream().mapToDouble(what).average().orElseThrow();
    }

    /** The queue that 95 of 100 moments are below. */
    private static double slow(List<Sample> samples) {
        double[] queues = samples.stream().mapToDouble(Sample::queueMillis).sorted().toArray();
        return queues[(int) (0.95 * queues.length)];
    }

    /** Not above 1.5 times the capacity for more than a second. */
    private static void assertNotFarAbove(List<Sample> samples) {
        int run = 0;
        for (Sample sample : samples) {
            run = sample.estimate() > 1.5 * sample.capacity() ? run + 1 : 0;
            assertThat(run).as("tenths above at %s", sample).isLessThanOrEqualTo(10);
        }
    }
}
