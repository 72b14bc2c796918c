package io.sluice.bench;

import io.sluice.bench.load.DirectSignaling;
import io.sluice.bench.load.GeneratorConfig;
import io.sluice.bench.load.LoadGenerator;
import io.sluice.bench.load.LoadShape;
import io.sluice.bench.load.Out;
import io.sluice.bench.load.PlainSignaling;
import io.sluice.bench.load.Signaling;
import io.sluice.plot.LinePlot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./sluice bench topology}: what a call of two to eight takes of one of them, a Chromium among
 * clients of the generator: connected straight with each (mesh), and once with a server that forwards
 * (SFU), both measured. What a server that mixes (MCU) would take is computed: its client sends one
 * picture and gets one, however many there are, which is what a call of two through an SFU is.
 */
@Command(
        name = "topology",
        mixinStandardHelpOptions = true,
        description = "What mesh, SFU and MCU take of a client, for 2 to 8 in a call.")
final class TopologyCommand extends Bench {
    private static final Figure CONNECTIONS =
            new Figure("connections", "connections", "%.0f", false);
    private static final Figure UP = new Figure("upBitsPerSecond", "up bit/s", "%,.0f", false);
    private static final Figure DOWN =
            new Figure("downBitsPerSecond", "down bit/s", "%,.0f", false);

    /** Nothing is left of a call that took less than the browser's own work changes by. */
    private static final Figure CPU = new Figure("cpuCores", "CPU cores", "%.2f", true);

    private static final Figure PICTURES =
            new Figure("picturesPerSecond", "pictures/s of each", "%.1f", false);

    private static final String ALONE = "nobody else, camera on";
    private static final int SMALLEST = 2;
    private static final int RECORDED = 60;
    private static final int QUICK_RECORDED = 5;
    private static final int BITS = 8;

    @Option(names = "--plot", description = "Writes a plot of the last turn to this SVG file.")
    private @Nullable Path plot;

    /** How participants are connected. */
    private enum Way {
        MESH("mesh"),
        SFU("SFU"),
        MCU("MCU (computed)");

        private final String title;

        Way(String title) {
            this.title = title;
        }

        String line(int participants) {
            return "%s, %d".formatted(title, participants);
        }
    }

    @Override
    void prepare(Contest contest, Path root) throws IOException {
        BenchOptions options = contest.options();
        BenchLoad load = BenchLoad.read(root, "topology");
        int most = options.quick() ? SMALLEST : load.shape().publishers();
        int bitsPerSecond = load.shape().videoBitsPerSecond();
        List<Integer> sizes = IntStream.rangeClosed(SMALLEST, most).boxed().toList();
        Span span =
                new Span(
                        options.quick() ? 0 : load.warmUpSeconds(),
                        options.seconds(load.seconds(), 1));
        ServerProcess server = contest.closing(ServerKind.SLUICE.start());
        CallPage page =
                contest.closing(
                        CallPage.open(
                                server.address(),
                                bitsPerSecond,
                                options.quick() ? QUICK_RECORDED : RECORDED));
        Out.OUT.printf("%s, %d bit/s of video each%n", page.version(), bitsPerSecond);
        contest.step((_, turn) -> {
            Cost alone = span.measure(page);
            turn.put(ALONE, CPU, alone.cores());
            for (int size : sizes) {
                for (Way way : List.of(Way.MESH, Way.SFU)) {
                    Cost cost = measure(way, size, bitsPerSecond, server, page, span);
                    report(way.line(size), cost, Math.max(0, cost.cores() - alone.cores()), turn);
                }
                compute(size, turn);
            }
            if (plot != null) {
                Files.writeString(plot, plot(sizes, turn));
            }
        });
    }

    /** What the browser did for a while. */
    private record Cost(
            double seconds, double cores, CallPage.Counters before, CallPage.Counters after) {}

    /** How long is waited until nothing changes any more, and then measured. */
    private record Span(int settleSeconds, double seconds) {
        Cost measure(CallPage page) {
            pause(settleSeconds);
            CallPage.Counters before = page.counters();
            Duration cpuBefore = page.cpu();
            long beganNanos = System.nanoTime();
            pause(seconds);
            Duration cpu = page.cpu().minus(cpuBefore);
            double elapsedNanos = System.nanoTime() - beganNanos;
            CallPage.Counters after = page.counters();
            return new Cost(
                    after.seconds() - before.seconds(),
                    cpu.toNanos() / elapsedNanos,
                    before,
                    after);
        }

        private static void pause(double seconds) {
            long endNanos = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
            while (System.nanoTime() < endNanos) {
                LockSupport.parkNanos(endNanos - System.nanoTime());
            }
        }
    }

    private static Cost measure(
            Way way, int size, int bitsPerSecond, ServerProcess server, CallPage page, Span span)
            throws InterruptedException {
        boolean direct = way == Way.MESH;
        Signaling signaling =
                direct ? new DirectSignaling(page::answer) : new PlainSignaling(server.address());
        GeneratorConfig config = GeneratorConfig.defaults().withPictures(page.pictures());
        LoadShape others = new LoadShape(1, size - 1, 0, bitsPerSecond);
        try (LoadGenerator generator = new LoadGenerator(others, signaling, config)) {
            generator.connect();
            if (!direct) {
                page.join(LoadGenerator.roomName(0));
            }
            page.awaitPictures(size - 1);
            return span.measure(page);
        } finally {
            page.leave();
        }
    }

    private static void report(String line, Cost cost, double cores, Turn turn) {
        CallPage.Counters before = cost.before();
        CallPage.Counters after = cost.after();
        turn.put(line, CONNECTIONS, after.connections());
        turn.put(line, UP, BITS * (after.sent() - before.sent()) / cost.seconds());
        turn.put(line, DOWN, BITS * (after.received() - before.received()) / cost.seconds());
        turn.put(line, CPU, cores);
        turn.put(
                line,
                PICTURES,
                (after.decoded() - before.decoded()) / cost.seconds() / after.pictures());
    }

    /** One picture up and one down, as in a call of two through an SFU. */
    private static void compute(int size, Turn turn) {
        for (Figure figure : List.of(CONNECTIONS, UP, DOWN, CPU, PICTURES)) {
            turn.put(Way.MCU.line(size), figure, turn.get(Way.SFU.line(SMALLEST), figure));
        }
    }

    private static String plot(List<Integer> sizes, Turn turn) {
        List<LinePlot> plots = new ArrayList<>();
        plots.add(plot("connections", "", CONNECTIONS, 1, sizes, turn));
        plots.add(plot("what it sends", "Mbit/s", UP, 1e6, sizes, turn));
        plots.add(plot("what it receives", "Mbit/s", DOWN, 1e6, sizes, turn));
        plots.add(plot("CPU", "cores", CPU, 1, sizes, turn));
        plots.add(plot("pictures of each other", "1/s", PICTURES, 1, sizes, turn));
        return LinePlot.stack("What a call takes of one of those in it", plots);
    }

    private static LinePlot plot(
            String title,
            String unit,
            Figure figure,
            double divisor,
            List<Integer> sizes,
            Turn turn) {
        LinePlot plot = new LinePlot(title, "participants", unit);
        for (Way way : Way.values()) {
            plot.line(
                    way.title,
                    sizes.stream()
                            .map(size ->
                                    new LinePlot.Point(
                                            size, turn.get(way.line(size), figure) / divisor))
                            .toList());
        }
        return plot;
    }
}
