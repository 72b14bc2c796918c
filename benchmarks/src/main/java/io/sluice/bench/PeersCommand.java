package io.sluice.bench;

import io.sluice.bench.load.GeneratorConfig;
import io.sluice.bench.load.LoadCommand;
import io.sluice.bench.load.Out;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    @Option(
            names = "--times",
            description = "So many of the load's rooms, instead of the most that all carry.")
    private int times;

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
        List<ServerKind> others = others(root);
        BenchLoad read = highest(options, BenchLoad.read(root, load), others);
        Out.OUT.printf("%s: %s%n", load, read.shape());
        contest.step(step(ServerKind.SLUICE, options, read));
        for (ServerKind other : others) {
            contest.step(step(other, options, read));
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

    /** As many of the load's rooms as every server carries, or as many as are asked for. */
    private BenchLoad highest(BenchOptions options, BenchLoad whole, List<ServerKind> others)
            throws IOException, InterruptedException {
        if (options.quick()) {
            return whole.quick();
        }
        if (times > 0) {
            return whole.times(times);
        }
        if (!whole.climbs()) {
            return whole;
        }
        Map<String, Climb.Trial> servers = new LinkedHashMap<>();
        servers.put(ServerKind.SLUICE.title(), trialOn(ServerKind.SLUICE, false));
        others.forEach(other -> servers.put(other.title(), trialOn(other, false)));
        return Climb.highest(whole, servers);
    }

    private Contest.Step step(ServerKind kind, BenchOptions options, BenchLoad carried) {
        int warmUpSeconds = warmUp >= 0 ? warmUp : carried.warmUpSeconds();
        int seconds = (int) Math.ceil(options.seconds(carried.seconds(), 1));
        return (_, turn) ->
                trialOn(kind, !options.quick())
                        .run(carried, warmUpSeconds, seconds)
                        .report(kind.title(), turn);
    }

    /** @param rests whether the window waits until the server does nothing but its work */
    private Climb.Trial trialOn(ServerKind kind, boolean rests) {
        return (carried, warmUpSeconds, seconds) -> {
            try (ServerProcess server = kind.start()) {
                return LoadTrial.run(
                        server,
                        kind.signaling(server),
                        carried.shape(),
                        GeneratorConfig.defaults().withReceivesRuns(!single),
                        warmUpSeconds,
                        seconds,
                        rests ? kind.rest(server) : LoadTrial.Watch.NOTHING);
            }
        };
    }
}
