package io.sluice.bench;

import io.sluice.bench.load.GeneratorConfig;
import io.sluice.bench.load.LoadShape;
import io.sluice.bench.load.Out;
import io.sluice.bench.load.PlainSignaling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./sluice bench soak}: a server under much load for a minute: what it loses, how long it stands
 * still for its garbage, and what it adds to the latency, beside a run without any collector.
 *
 * <p>A loop that is less than half busy sends packets in the turn they came in; a busier one gathers
 * frames. So the load is put on all loops, and on one alone.
 */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = "Loss, pauses, garbage and latency at 100,000 packets a second.")
final class SoakCommand extends Bench {
    private static final Figure LOST_BY_SERVER =
            new Figure("lostByServer", "lost by server", "%,.0f", true);
    private static final Figure LOST_AT_VIEWERS =
            new Figure("lostAtViewers", "at viewers", "%,.0f", true);
    private static final Figure GC_PAUSE =
            new Figure("longestGcPauseMicros", "GC pause us", "%,.0f", true);
    private static final Figure GC_SAFEPOINT =
            new Figure("longestGcSafepointMicros", "GC safepoint us", "%,.0f", true);
    private static final Figure OTHER_SAFEPOINT =
            new Figure("longestOtherSafepointMicros", "other safepoint us", "%,.0f", true);
    private static final Figure GARBAGE =
            new Figure("loopAllocatedBytesPerSecond", "loops' B/s", "%,.0f", true);
    private static final Figure CORES = new Figure("cores", "cores", "%.2f", false);
    private static final Figure SERVER_MEAN =
            new Figure("serverLatencyMicrosMean", "in server us", "%,.0f", false);
    private static final Figure TO_EPSILON =
            new Figure("p99ToEpsilon", "p99 x of it", "%.2f", false);

    private static final String IDLE = "window idle";
    private static final String GATHERING = "gathering";
    private static final String EPSILON = "window idle, Epsilon";
    private static final String BESIDE = "beside Epsilon";

    private static final double PAUSE_BAR_MICROS = 1_000;
    private static final double GARBAGE_BAR_BYTES = 1_000_000;
    private static final double IDLE_BAR_MICROS = 500;
    private static final double GATHERING_BAR_MICROS = 2_500;
    private static final double EPSILON_BAR = 1.5;

    /** Nothing is collected: all that is allocated in a run must fit. */
    private static final List<String> NO_COLLECTOR =
            List.of(
                    "-XX:+UnlockExperimentalVMOptions",
                    "-XX:-UseZGC",
                    "-XX:+UseEpsilonGC",
                    "-Xmx6g");

    /** By itself ZGC might find nothing to do in a minute. */
    private static final List<String> COLLECTIONS = List.of("-XX:ZCollectionInterval=10");

    private static final List<String> ONE_LOOP = List.of("--loops", "1");
    private static final int QUICK_VIEWERS = 2;

    @Option(names = "--warm-up", description = "Seconds, instead of the load's own.")
    private int warmUp = -1;

    @Override
    void prepare(Contest contest, Path root) throws IOException {
        BenchOptions options = contest.options();
        BenchLoad load = BenchLoad.read(root, "soak");
        LoadShape whole = load.shape();
        LoadShape shape =
                options.quick()
                        ? new LoadShape(1, 1, QUICK_VIEWERS, whole.videoBitsPerSecond())
                        : whole;
        Out.OUT.printf("soak: %s%n", shape);
        int warmUpSeconds = warmUp >= 0 ? warmUp : options.quick() ? 0 : load.warmUpSeconds();
        int seconds = (int) Math.ceil(options.seconds(load.seconds(), 1));
        Path directory = Files.createDirectories(root.resolve("benchmarks/target/soak"));
        Soak soak = new Soak(shape, warmUpSeconds, seconds, directory);
        contest.step((_, turn) -> soak.run(IDLE, COLLECTIONS, List.of(), turn));
        contest.step((_, turn) -> soak.run(GATHERING, COLLECTIONS, ONE_LOOP, turn));
        contest.step((_, turn) -> soak.run(EPSILON, NO_COLLECTOR, List.of(), turn));
        contest.step((_, turn) ->
                turn.put(
                        BESIDE,
                        TO_EPSILON,
                        turn.get(IDLE, LoadTrial.P99) / turn.get(EPSILON, LoadTrial.P99)));
        for (String line : List.of(IDLE, GATHERING)) {
            contest.bar(Bar.atMost(line, LOST_BY_SERVER, 0));
            contest.bar(Bar.atMost(line, GC_PAUSE, PAUSE_BAR_MICROS));
            contest.bar(Bar.atMost(line, GARBAGE, GARBAGE_BAR_BYTES));
        }
        contest.bar(Bar.atMost(IDLE, LoadTrial.MEDIAN, IDLE_BAR_MICROS));
        contest.bar(Bar.atMost(GATHERING, LoadTrial.MEDIAN, GATHERING_BAR_MICROS));
        contest.bar(Bar.atMost(BESIDE, TO_EPSILON, EPSILON_BAR));
    }

    /** One load, on servers that differ. */
    private record Soak(LoadShape shape, int warmUpSeconds, int seconds, Path directory) {
        void run(String line, List<String> jvmOptions, List<String> arguments, Turn turn)
                throws IOException, InterruptedException {
            Path file = directory.resolve("gc.log");
            Files.deleteIfExists(file);
            GcLog log = new GcLog(file);
            List<String> options = new ArrayList<>(jvmOptions);
            options.add(log.jvmOption());
            try (ServerProcess server = ServerProcess.start(options, arguments)) {
                SoakWatch watch = new SoakWatch(server, log);
                LoadTrial trial =
                        LoadTrial.run(
                                server,
                                new PlainSignaling(server.address()),
                                shape,
                                GeneratorConfig.defaults(),
                                warmUpSeconds,
                                seconds,
                                watch);
                report(trial, watch, line, turn);
            }
        }

        private void report(LoadTrial trial, SoakWatch watch, String line, Turn turn)
                throws IOException {
            GcLog.Longest longest = watch.longestPauses();
            double elapsedSeconds = trial.run().seconds();
            turn.put(line, LoadTrial.PACKETS, trial.run().packetsPerSecond());
            turn.put(line, CORES, trial.cpuSeconds() / elapsedSeconds);
            Map<String, Long> lost = watch.lost();
            if (!lost.isEmpty()) {
                Out.OUT.printf("%s: lost %s%n", line, lost);
            }
            turn.put(line, LOST_BY_SERVER, lost.values().stream().mapToLong(Long::longValue).sum());
            turn.put(line, LOST_AT_VIEWERS, trial.lost());
            turn.put(line, GC_PAUSE, longest.gcMicros());
            turn.put(line, GC_SAFEPOINT, longest.gcSafepointMicros());
            turn.put(line, OTHER_SAFEPOINT, longest.otherMicros());
            turn.put(line, GARBAGE, watch.allocatedBytes() / elapsedSeconds);
            turn.put(line, SERVER_MEAN, watch.meanLatencyMicros());
            turn.put(line, LoadTrial.MEDIAN, trial.run().latency().getValueAtPercentile(50));
            turn.put(line, LoadTrial.P99, trial.run().latency().getValueAtPercentile(99));
        }
    }
}
