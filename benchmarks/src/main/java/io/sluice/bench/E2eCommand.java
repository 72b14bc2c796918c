package io.sluice.bench;

import io.sluice.bench.load.GeneratorConfig;
import io.sluice.bench.load.LoadCommand;
import io.sluice.bench.load.Out;
import io.sluice.bench.load.PlainSignaling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
final class E2eCommand extends Bench {
    /** Of C's sending without UDP_SEGMENT, the more the smaller the rooms. */
    private static final Map<String, Double> BARS =
            Map.of("broadcast-100", 1.0, "meeting-10", 0.8, "rooms-50x4", 0.6);

    private static final Figure RATIO_TO_STAYING =
            new Figure("ratioToStaying", "x of it", "%.2f", false);
    private static final double SWITCHING_BAR = 0.9;
    private static final int NO_WISHES = 0;

    @Parameters(
            arity = "0..*",
            description = "Loads of benchmarks/loads (default: ${DEFAULT-VALUE}).",
            defaultValue = "broadcast-100")
    private List<String> loads = List.of();

    @Option(names = "--warm-up", description = "Seconds, instead of the load's own.")
    private int warmUp = -1;

    @Option(
            names = "--times",
            description = "So many of the load's rooms, instead of the most that are carried.")
    private int times;

    @Option(names = "--single", description = LoadCommand.SINGLE)
    private boolean single;

    @Option(
            names = "--server",
            description = "Another checkout, whose ./sluice is started instead of this one's.")
    private @Nullable Path checkout;

    @Override
    void prepare(Contest contest, Path root) throws IOException, InterruptedException {
        Limit limit = Limit.compile(root);
        for (String name : loads) {
            BenchLoad load = highest(contest.options(), BenchLoad.read(root, name));
            Out.OUT.printf("%s: %s%n", name, load.shape());
            if (load.shape().wishesPerSecond() > 0) {
                compareSwitching(contest, load);
                continue;
            }
            String c = loads.size() == 1 ? "C" : "C before " + name;
            contest.step(limit.hot(c));
            contest.step((_, turn) -> {
                LoadTrial trial = trial(contest.options(), load);
                trial.report(name, turn);
                turn.put(
                        name,
                        Figure.RATIO_TO_C,
                        trial.packetsPerCpuSecond() / turn.get(c, Figure.PACKETS_PER_SECOND));
            });
            Double bar = BARS.get(name);
            if (bar != null) {
                contest.bar(Bar.atLeast(name, Figure.RATIO_TO_C, bar));
                contest.bar(Bar.atMost(name, LoadTrial.LOST, 0));
            }
        }
    }

    /** As many of the load's rooms as are carried without loss, or as many as are asked for. */
    private BenchLoad highest(BenchOptions options, BenchLoad load)
            throws IOException, InterruptedException {
        if (options.quick()) {
            return load.quick();
        }
        if (times > 0) {
            return load.times(times);
        }
        return load.climbs()
                ? Climb.highest(load, Map.of(ServerKind.SLUICE.title(), this::measure))
                : load;
    }

    /** In turns with the same viewers who stay with what they chose first. */
    private void compareSwitching(Contest contest, BenchLoad load) {
        String staying = load.name() + " without switching";
        BenchLoad calm = load.with(load.shape().with(load.shape().encodings(), NO_WISHES));
        contest.step((_, turn) -> trial(contest.options(), calm).report(staying, turn));
        contest.step((_, turn) -> {
            LoadTrial trial = trial(contest.options(), load);
            trial.report(load.name(), turn);
            turn.put(
                    load.name(),
                    RATIO_TO_STAYING,
                    trial.packetsPerCpuSecond()
                            / turn.get(staying, LoadTrial.PACKETS_PER_CPU_SECOND));
        });
        contest.bar(Bar.atLeast(load.name(), RATIO_TO_STAYING, SWITCHING_BAR));
        contest.bar(Bar.atMost(load.name(), LoadTrial.LOST, 0));
    }

    private LoadTrial trial(BenchOptions options, BenchLoad load)
            throws IOException, InterruptedException {
        return measure(
                load,
                warmUp < 0 ? load.warmUpSeconds() : warmUp,
                (int) Math.ceil(options.seconds(load.seconds(), 1)));
    }

    private LoadTrial measure(BenchLoad load, int warmUpSeconds, int seconds)
            throws IOException, InterruptedException {
        try (ServerProcess process =
                checkout == null
                        ? ServerProcess.start(List.of(), List.of())
                        : ServerProcess.startCheckout(checkout)) {
            return LoadTrial.run(
                    process,
                    new PlainSignaling(process.address()),
                    load.shape(),
                    GeneratorConfig.defaults().withReceivesRuns(!single),
                    warmUpSeconds,
                    seconds,
                    LoadTrial.Watch.NOTHING);
        }
    }
}
