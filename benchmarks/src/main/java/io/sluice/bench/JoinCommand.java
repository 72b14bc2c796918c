package io.sluice.bench;

import io.sluice.bench.load.GeneratorConfig;
import io.sluice.bench.load.LoadGenerator;
import io.sluice.bench.load.PlainSignaling;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./sluice bench join}: what it costs a server to let somebody in: WebSocket, token, offer and
 * answer, ICE, DTLS, and media until the first packet is decrypted.
 */
@Command(
        name = "join",
        mixinStandardHelpOptions = true,
        description = "Full joins, from token to first media, per CPU-second of a server.")
final class JoinCommand extends Bench {
    private static final Figure JOINS_PER_CPU_SECOND =
            new Figure("joinsPerCpuSecond", "joins/CPU-s", "%,.0f", false);
    private static final Figure JOINS = new Figure("joinsPerSecond", "joins/s", "%,.0f", false);
    private static final String LINE = "join";
    private static final double BAR = 250;

    private static final int AT_A_TIME = 8;

    /** So many are other sockets' turns before one is used again. */
    private static final int SOCKETS = 200;

    /** Compilers are at work for as long: joins are counted, not seconds, since they take turns. */
    private static final int WARM_UP_JOINS = 5_000;

    private static final int MEASURED_JOINS = 2_000;
    private static final int QUICK_JOINS = 20;

    @Option(names = "--warm-up", description = "Joins before those that count (default: 5000).")
    private int warmUp = -1;

    @Option(names = "--joins", description = "Joins that count (default: 2000).")
    private int joins = -1;

    @Override
    void prepare(Contest contest, Path root) throws IOException {
        BenchOptions options = contest.options();
        BenchLoad load = BenchLoad.read(root, "join");
        int before = warmUp >= 0 ? warmUp : options.quick() ? 0 : WARM_UP_JOINS;
        int counted = joins > 0 ? joins : options.quick() ? QUICK_JOINS : MEASURED_JOINS;
        contest.step((_, turn) -> measure(load, before, counted, turn));
        contest.bar(Bar.atLeast(LINE, JOINS_PER_CPU_SECOND, BAR));
    }

    private static void measure(BenchLoad load, int warmUp, int joins, Turn turn)
            throws IOException, InterruptedException {
        try (ServerProcess server = ServerKind.SLUICE.start();
                LoadGenerator generator =
                        LoadGenerator.withPassing(
                                SOCKETS,
                                load.shape(),
                                new PlainSignaling(server.address()),
                                GeneratorConfig.defaults())) {
            generator.connect();
            generator.pass(warmUp, AT_A_TIME);
            Duration before = server.cpu();
            long beganNanos = System.nanoTime();
            generator.pass(joins, AT_A_TIME);
            double elapsedSeconds = (System.nanoTime() - beganNanos) / Figure.NANOS_PER_SECOND;
            double cpuSeconds = server.cpu().minus(before).toNanos() / Figure.NANOS_PER_SECOND;
            turn.put(LINE, JOINS_PER_CPU_SECOND, joins / cpuSeconds);
            turn.put(LINE, JOINS, joins / elapsedSeconds);
        }
    }
}
