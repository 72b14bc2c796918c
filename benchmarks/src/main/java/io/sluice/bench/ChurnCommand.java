package io.sluice.bench;

import io.sluice.bench.load.GeneratorConfig;
import io.sluice.bench.load.LoadGenerator;
import io.sluice.bench.load.Out;
import io.sluice.bench.load.PlainSignaling;
import io.sluice.plot.LinePlot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./sluice bench churn}: whether a server holds on to those who have left: heap, memory beside it,
 * threads and descriptors, looked at now and then while thousands come and go.
 */
@Command(
        name = "churn",
        mixinStandardHelpOptions = true,
        description = "What 50,000 joins and leaves leave behind in a server.")
final class ChurnCommand extends Bench {
    private static final Figure HEAP = new Figure("heapBytesPerJoin", "heap B/join", "%,.1f", true);
    private static final Figure OFF_HEAP =
            new Figure("offHeapBytesPerJoin", "off heap B/join", "%,.1f", true);
    private static final Figure THREADS = new Figure("threadsMore", "threads more", "%,.0f", true);
    private static final Figure DESCRIPTORS =
            new Figure("descriptorsMore", "descriptors more", "%,.0f", true);
    private static final Figure JOINS = new Figure("joins", "joins", "%,.0f", false);
    private static final String LINE = "churn";

    /** A hundredth of what one participant takes who is there. */
    private static final double BYTES_BAR = 600;

    /** Pools may have grown by some. */
    private static final double THREADS_BAR = 4;

    private static final double DESCRIPTORS_BAR = 4;

    private static final int AT_A_TIME = 24;

    /** So many are other sockets' turns before one is used again. */
    private static final int SOCKETS = 200;

    private static final int USUAL_JOINS = 50_000;
    private static final int QUICK_JOINS = 40;
    private static final int LOOKS = 10;
    private static final int QUICK_LOOKS = 2;

    /** In the first fifth caches fill, pools grow and code is compiled, which is not for those who left. */
    private static final int SHARE_NOT_COUNTED = 5;

    /** All of them are waited for together, and for a minute at most. */
    private static final int JOINS_IN_A_ROW = 500;

    private static final double MEGABYTE = 1e6;

    @Option(names = "--joins", description = "Joins and leaves (default: 50000).")
    private int joins = -1;

    @Option(names = "--plot", description = "Writes a plot of the last turn to this SVG file.")
    private @Nullable Path plot;

    /** What a server held after so many joins, with nobody there but those who stay. */
    private record Look(int joins, ProcessMemory memory) {}

    @Override
    void prepare(Contest contest, Path root) throws IOException {
        boolean quick = contest.options().quick();
        BenchLoad load = BenchLoad.read(root, "churn");
        int all = joins > 0 ? joins : quick ? QUICK_JOINS : USUAL_JOINS;
        int looks = quick ? QUICK_LOOKS : LOOKS;
        int settleSeconds = quick ? 0 : load.seconds();
        contest.step((_, turn) -> measure(load, all, looks, settleSeconds, turn));
        contest.bar(Bar.atMost(LINE, HEAP, BYTES_BAR));
        contest.bar(Bar.atMost(LINE, OFF_HEAP, BYTES_BAR));
        contest.bar(Bar.atMost(LINE, THREADS, THREADS_BAR));
        contest.bar(Bar.atMost(LINE, DESCRIPTORS, DESCRIPTORS_BAR));
    }

    private void measure(BenchLoad load, int all, int times, int settleSeconds, Turn turn)
            throws IOException, InterruptedException {
        List<Look> looks = new ArrayList<>();
        try (ServerProcess server = ServerKind.SLUICE.start();
                LoadGenerator generator =
                        LoadGenerator.withPassing(
                                SOCKETS,
                                load.shape(),
                                new PlainSignaling(server.address()),
                                GeneratorConfig.defaults())) {
            generator.connect();
            int done = 0;
            for (int i = 1; i <= times; i++) {
                int until = (int) ((long) all * i / times);
                while (done < until) {
                    int next = Math.min(JOINS_IN_A_ROW, until - done);
                    generator.pass(next, AT_A_TIME);
                    done += next;
                }
                Look look = new Look(done, ProcessMemory.settled(server.pid(), settleSeconds));
                looks.add(look);
                Out.OUT.printf("%,d joins: %s%n", look.joins(), look.memory());
            }
        }
        report(looks, turn);
        if (plot != null) {
            Files.writeString(plot, plot(looks));
        }
    }

    private static void report(List<Look> looks, Turn turn) {
        Look first = looks.get(Math.max(0, looks.size() / SHARE_NOT_COUNTED - 1));
        Look last = looks.getLast();
        double between = last.joins() - first.joins();
        turn.put(LINE, JOINS, last.joins());
        turn.put(LINE, HEAP, more(first, last, ProcessMemory::heapBytes) / between);
        turn.put(LINE, OFF_HEAP, more(first, last, ProcessMemory::offHeapBytes) / between);
        turn.put(LINE, THREADS, more(first, last, ProcessMemory::threads));
        turn.put(LINE, DESCRIPTORS, more(first, last, ProcessMemory::descriptors));
    }

    private static double more(Look first, Look last, ToDoubleFunction<ProcessMemory> value) {
        return Math.max(
                0, value.applyAsDouble(last.memory()) - value.applyAsDouble(first.memory()));
    }

    private static String plot(List<Look> looks) {
        return LinePlot.stack(
                "A server that thousands join and leave",
                List.of(
                        new LinePlot("memory", "joins", "MB")
                                .line("heap", points(looks, m -> m.heapBytes() / MEGABYTE))
                                .line("beside it", points(looks, m -> m.offHeapBytes() / MEGABYTE)),
                        new LinePlot("threads and descriptors", "joins", "")
                                .line("threads", points(looks, ProcessMemory::threads))
                                .line("descriptors", points(looks, ProcessMemory::descriptors))));
    }

    private static List<LinePlot.Point> points(
            List<Look> looks, ToDoubleFunction<ProcessMemory> value) {
        return looks.stream()
                .map(look -> new LinePlot.Point(look.joins(), value.applyAsDouble(look.memory())))
                .toList();
    }
}
