package io.sluice.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bench.load.LoadGenerator;
import io.sluice.bench.load.LoadRun;
import io.sluice.bench.load.Out;
import io.sluice.bench.load.PlainSignaling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code ./sluice bench e2e}: packets that a whole server forwards for each second of its CPU time,
 * against what C does in the same command.
 */
@Command(
        name = "e2e",
        mixinStandardHelpOptions = true,
        description = "Forwarded packets per CPU-second of a whole server, in turns with C.")
public final class E2eCommand implements Callable<Integer> {
    private static final int REFERENCE_VIEWERS = 100;
    private static final double NANOS_PER_SECOND = 1e9;

    @Parameters(
            arity = "0..*",
            description = "Loads of benchmarks/loads (default: ${DEFAULT-VALUE}).",
            defaultValue = "broadcast-100")
    private List<String> loads = List.of();

    @Option(names = "--turns", description = "Of each load and of C (${DEFAULT-VALUE}).")
    private int turns = 5;

    @Option(names = "--seconds", description = "Instead of the load's own.")
    private int seconds;

    @Option(names = "--warm-up", description = "Seconds, instead of the load's own.")
    private int warmUp = -1;

    @Option(names = "--bar", description = "The least ratio; without it there is none.")
    private double bar;

    @Option(
            names = "--server",
            description = "Another checkout, whose ./sluice is started instead of this one's.")
    private @Nullable Path server;

    /** What one turn measured. */
    private record Turn(
            double limitNanos, double packetsPerCpuSecond, double packetsPerSecond, LoadRun run) {
        double ratio() {
            return packetsPerCpuSecond * limitNanos / NANOS_PER_SECOND;
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = BenchMain.root();
        Limit limit = Limit.compile(root);
        boolean passed = true;
        for (String name : loads) {
            BenchLoad load = BenchLoad.read(root, name);
            Out.OUT.printf("%s: %s%n", name, load.shape());
            List<Turn> measured = new ArrayList<>();
            for (int i = 0; i < turns; i++) {
                measured.add(turn(limit, load, server == null ? root : server));
                print(i + 1, measured.getLast());
            }
            passed &= report(root, load, measured);
        }
        return passed ? 0 : 1;
    }

    private Turn turn(Limit limit, BenchLoad load, Path checkout)
            throws IOException, InterruptedException {
        double limitNanos = limit.hotNanos(Limit.GCM, REFERENCE_VIEWERS);
        try (ServerProcess process = ServerProcess.start(checkout);
                LoadGenerator generator =
                        new LoadGenerator(
                                load.shape(), new PlainSignaling(process.address()), 1, 1)) {
            generator.connect();
            AtomicReference<Duration> before = new AtomicReference<>(Duration.ZERO);
            LoadRun run =
                    LoadRun.measure(
                            load.shape(),
                            generator,
                            warmUp < 0 ? load.warmUpSeconds() : warmUp,
                            seconds == 0 ? load.seconds() : seconds,
                            Out.NOWHERE,
                            () -> before.set(process.cpu()));
            double cpuSeconds = process.cpu().minus(before.get()).toNanos() / NANOS_PER_SECOND;
            return new Turn(
                    limitNanos, run.total().received() / cpuSeconds, run.packetsPerSecond(), run);
        }
    }

    private static void print(int number, Turn turn) {
        Out.OUT.printf(
                "turn %d: %,.0f packets/s, %,.0f per CPU-second of the server; C %,.0f;"
                        + " ratio %.2f; lost %d (+ %d at the generator), latency %,d / %,d us%n",
                number,
                turn.packetsPerSecond(),
                turn.packetsPerCpuSecond(),
                NANOS_PER_SECOND / turn.limitNanos(),
                turn.ratio(),
                turn.run().total().lost() - turn.run().total().socketDrops(),
                turn.run().total().socketDrops(),
                turn.run().latency().getValueAtPercentile(50),
                turn.run().latency().getValueAtPercentile(99));
    }

    private boolean report(Path root, BenchLoad load, List<Turn> measured) throws IOException {
        double ratio = median(measured.stream().mapToDouble(Turn::ratio).toArray());
        double rate = median(measured.stream().mapToDouble(Turn::packetsPerCpuSecond).toArray());
        boolean passed = ratio >= bar;
        Out.OUT.printf(
                "%s: median %,.0f packets per CPU-second, %.2f of C%s%n%n",
                load.name(), rate, ratio, bar == 0 ? "" : passed ? ", passed" : ", MISSED " + bar);
        ObjectMapper json = new ObjectMapper();
        ObjectNode result = json.createObjectNode().put("load", load.name());
        result.put("packetsPerCpuSecond", rate).put("ratioToC", ratio).put("turns", turns);
        Path file = root.resolve("benchmarks/target/e2e-" + load.name() + ".json");
        Files.writeString(file, result.toPrettyString());
        return passed;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
