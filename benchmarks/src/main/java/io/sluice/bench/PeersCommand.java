package io.sluice.bench;

import io.sluice.bench.load.GeneratorConfig;
import io.sluice.bench.load.LoadCommand;
import io.sluice.bench.load.LoadShape;
import io.sluice.bench.load.Out;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code ./sluice bench peers}: the same load from the same generator on Sluice and on other servers,
 * in turns, and what a packet costs the process of each.
 */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        description = "Forwarded packets per CPU-second of Sluice and of Janus, under one load.")
final class PeersCommand extends Bench {
    private static final Figure RATIO = new Figure("ratioToOther", "x of it", "%.2f", false);
    private static final double BAR = 4;

    @Parameters(
            arity = "0..1",
            description = "A load of benchmarks/loads (default: ${DEFAULT-VALUE}).",
            defaultValue = "broadcast-100")
    private String load = "";

    @Option(names = "--times", description = "So many of the load's rooms (${DEFAULT-VALUE}).")
    private int times = 1;

    @Option(names = "--warm-up", description = "Seconds, instead of the load's own.")
    private int warmUp = -1;

    @Option(names = "--single", description = LoadCommand.SINGLE)
    private boolean single;

    /** Whom Sluice is compared with. */
    private static List<ServerKind> others(Path root) throws IOException, InterruptedException {
        return List.of(Janus.find(root));
    }

    @Override
    void prepare(Contest contest, Path root) throws IOException, InterruptedException {
        BenchOptions options = contest.options();
        BenchLoad whole = BenchLoad.read(root, load).times(times);
        BenchLoad read = options.quick() ? whole.quick() : whole;
        Out.OUT.printf("%s: %s%n", load, read.shape());
        int warmUpSeconds = warmUp >= 0 ? warmUp : read.warmUpSeconds();
        int seconds = (int) Math.ceil(options.seconds(read.seconds(), 1));
        contest.step(step(ServerKind.SLUICE, read.shape(), warmUpSeconds, seconds));
        for (ServerKind other : others(root)) {
            contest.step(step(other, read.shape(), warmUpSeconds, seconds));
            String line = "Sluice beside " + other.title();
            contest.step((_, turn) ->
                    turn.put(
                            line,
                            RATIO,
                            turn.get(ServerKind.SLUICE.title(), LoadTrial.PACKETS_PER_CPU_SECOND)
                                    / turn.get(other.title(), LoadTrial.PACKETS_PER_CPU_SECOND)));
            contest.bar(Bar.atLeast(line, RATIO, BAR));
        }
        contest.bar(Bar.atMost(ServerKind.SLUICE.title(), LoadTrial.LOST, 0));
    }

    private Contest.Step step(ServerKind kind, LoadShape shape, int warmUpSeconds, int seconds) {
        return (_, turn) -> {
            try (ServerProcess server = kind.start()) {
                LoadTrial.run(
                                server,
                                kind.signaling(server),
                                shape,
                                GeneratorConfig.defaults().withReceivesRuns(!single),
                                warmUpSeconds,
                                seconds,
                                LoadTrial.Watch.NOTHING)
                        .report(kind.title(), turn);
            }
        };
    }
}
