package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bandwidth.Simulation.Step;
import io.sluice.plot.LinePlot;
import io.sluice.plot.LinePlot.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** {@code docs/congestion.md} shows the traces of simulated viewers; its plots are drawn here. */
final class CongestionManualTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final String WRITE = "sluice.docs.write";
    private static final String COMMAND =
            "./sluice test -pl sfu-core -am -Dtest=CongestionManualTest -D" + WRITE + "=true";
    private static final long MILLIS = 1_000_000;
    private static final List<Step> STEPS =
            List.of(
                    new Step(0, 5),
                    new Step(20, 1),
                    new Step(40, 5),
                    new Step(60, 0.3),
                    new Step(80, 3));

    private record Scene(
            String file,
            String title,
            List<Step> steps,
            double seconds,
            Consumer<Simulation> setUp) {}

    private static List<Scene> scenes() {
        return List.of(
                new Scene(
                        "steps",
                        "Steps of the capacity, 300 ms of queue",
                        STEPS,
                        100,
                        simulation -> simulation.link.queueNanos = 300 * MILLIS),
                new Scene(
                        "steps-deep",
                        "Steps of the capacity, 2 s of queue",
                        STEPS,
                        100,
                        simulation -> simulation.link.queueNanos = 2_000 * MILLIS),
                new Scene(
                        "layers",
                        "Steps of the capacity, a picture of three layers",
                        STEPS,
                        100,
                        simulation ->
                                simulation.viewers.getFirst().watch(150_000, 500_000, 1_700_000)),
                new Scene(
                        "loss",
                        "A link that loses a tenth",
                        List.of(new Step(0, 3)),
                        60,
                        simulation -> simulation.link.loss = 0.1),
                new Scene(
                        "outage",
                        "An outage of two seconds",
                        List.of(new Step(0, 3), new Step(20, 0), new Step(22, 3)),
                        40,
                        _ -> {}),
                new Scene(
                        "download",
                        "A download on the same link from the tenth second on",
                        List.of(new Step(0, 4)),
                        60,
                        simulation -> {
                            simulation.download = new SimulatedTcp(simulation.link);
                            simulation.downloadBegins = 10;
                        }));
    }

    private static String draw(Scene scene) {
        Simulation simulation = new Simulation(1);
        SimulatedViewer viewer = simulation.viewer();
        BandwidthTrace trace = new BandwidthTrace();
        viewer.estimator.trace(trace);
        viewer.trace = trace;
        simulation.steps = scene.steps;
        scene.setUp.accept(simulation);
        simulation.run(scene.seconds);
        List<BandwidthTrace.Sample> samples = trace.samples();
        double begin = samples.getFirst().seconds();
        LinePlot rates =
                new LinePlot("rates", "seconds", "Mbit/s")
                        .line(
                                "capacity",
                                simulation.samples.stream()
                                        .map(s -> new Point(s.seconds(), s.capacity()))
                                        .toList())
                        .line("estimate", points(samples, begin, s -> s.estimate() / 1e6))
                        .line("sent", points(samples, begin, s -> s.sent() / 1e6));
        if (samples.stream().anyMatch(sample -> sample.layer() > 0)) {
            rates.line("layer", points(samples, begin, s -> s.layer() / 1e6));
        }
        LinePlot queue =
                new LinePlot("queue", "seconds", "ms")
                        .line(
                                "on the link",
                                simulation.samples.stream()
                                        .map(s -> new Point(s.seconds(), s.queueMillis()))
                                        .toList())
                        .line("as estimated", points(samples, begin, s -> s.queueMillis()));
        LinePlot loss =
                new LinePlot("loss", "seconds", "%")
                        .line("loss", points(samples, begin, s -> 100 * s.loss()));
        return LinePlot.stack(scene.title, List.of(rates, queue, loss));
    }

    private static List<Point> points(
            List<BandwidthTrace.Sample> samples,
            double begin,
            ToDoubleFunction<BandwidthTrace.Sample> value) {
        return samples.stream()
                .map(sample -> new Point(sample.seconds() - begin, value.applyAsDouble(sample)))
                .toList();
    }

    @Test
    void showsAllThatIsDrawn() throws IOException {
        String manual = Files.readString(DOCS.resolve("congestion.md"));
        assertThat(manual).contains(COMMAND);
        for (Scene scene : scenes()) {
            String image = "images/congestion-" + scene.file + ".svg";
            if (Boolean.getBoolean(WRITE)) {
                Files.writeString(DOCS.resolve(image), draw(scene));
            }
            assertThat(manual).contains("(" + image + ")");
            assertThat(DOCS.resolve(image)).exists();
        }
    }

    @Test
    void drawsWhatTheTraceOfAViewerHolds() {
        assertThat(draw(scenes().getLast())).contains("capacity", "estimate", "sent", "queue");
    }
}
