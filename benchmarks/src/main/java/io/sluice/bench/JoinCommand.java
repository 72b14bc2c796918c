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
 * answer, ICE, DTLS, and media until the first packet is decrypted. Counted of a server that has just begun, and of one
 * whose compilers are done with what a join runs (docs/decisions/017-joins-are-counted-twice.md).
 */
@Command(
        name = "join",
        mixinStandardHelpOptions = true,
        description = "Full joins, from token to first media, per CPU-second of a server.")
final class JoinCommand extends Bench {
    private static final Figure JOINS_PER_CPU_SECOND =
            new Figure("joinsPerCpuSecond", "joins/CPU-s", "%,.0f", false);
    private static final Figure JOINS = new Figure("joinsPerSecond", "joins/s", "%,.0f", false);
    private static final Figure COMPILERS = new Figure("compilers", "compilers %", "%,.0f", true);
    private static final String FIRST = "join, of a server just started";
    private static final String LINE = "join";
    private static final double BAR = 250;

    private static final double PERCENT = 100;
    private static final int AT_A_TIME = 8;

    /** So many are other sockets' turns before one is used again. */
    private static final int SOCKETS = 200;

    private static final int WARM_UP_JOINS = 5_000;
    private static final int MEASURED_JOINS = 2_000;
    private static final int QUICK_JOINS = 20;

    /** Of a server's CPU time: a compiler with less than that has nothing left that a join runs. */
    private static final double RESTING_SHARE = 0.1;

    /** More joins, between two looks at the compilers. */
    private static final int JOINS_BETWEEN_LOOKS = 500;

    private static final int MAX_LOOKS = 20;

    @Option(
            names = "--warm-up",
            description =
                    "Joins before those that are counted first (default: 5000); with 0 compilers are not waited for, either.")
    private int warmUp = -1;

    @Option(names = "--joins", description = "Joins that are counted, twice (default: 2000).")
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

    /** Of joins in turns; the share is of the time that all threads took. */
    private record Cost(int joins, double seconds, double cpuSeconds, double compilersShare) {

        static Cost of(LoadGenerator generator, ServerProcess server, int joins)
                throws IOException, InterruptedException {
            Duration before = server.cpu();
            Duration compilersBefore = server.compilersCpu();
            long beganNanos = System.nanoTime();
            generator.pass(joins, AT_A_TIME);
            double seconds = (System.nanoTime() - beganNanos) / Figure.NANOS_PER_SECOND;
            double cpuSeconds = seconds(server.cpu().minus(before));
            double compilers = seconds(server.compilersCpu().minus(compilersBefore));
            return new Cost(joins, seconds, cpuSeconds, Math.max(0, compilers / cpuSeconds));
        }

        private static double seconds(Duration time) {
            return time.toNanos() / Figure.NANOS_PER_SECOND;
        }

        void put(Turn turn, String line) {
            turn.put(line, JOINS_PER_CPU_SECOND, joins / cpuSeconds);
            turn.put(line, JOINS, joins / seconds);
            turn.put(line, COMPILERS, PERCENT * compilersShare);
        }
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
            Cost.of(generator, server, joins).put(turn, FIRST);
            if (warmUp > 0) {
                passUntilCompilersRest(generator, server);
            }
            Cost.of(generator, server, joins).put(turn, LINE);
        }
    }

    private static void passUntilCompilersRest(LoadGenerator generator, ServerProcess server)
            throws IOException, InterruptedException {
        for (int look = 0; look < MAX_LOOKS; look++) {
            Cost block = Cost.of(generator, server, JOINS_BETWEEN_LOOKS);
            if (block.compilersShare() <= RESTING_SHARE) {
                return;
            }
        }
    }
}
