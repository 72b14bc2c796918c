package io.sluice.bench;

import io.sluice.bench.load.GeneratorConfig;
import io.sluice.bench.load.LoadGenerator;
import io.sluice.bench.load.LoadShape;
import io.sluice.bench.load.Out;
import io.sluice.bench.load.PlainSignaling;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/**
 * {@code ./sluice bench memory}: what one participant more costs a server who is connected and silent,
 * from the difference between many and more of them.
 */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = "Memory, threads and descriptors of a participant who is silent.")
final class MemoryCommand extends Bench {
    private static final Figure HEAP = new Figure("heapBytes", "heap B", "%,.0f", true);
    private static final Figure OFF_HEAP = new Figure("offHeapBytes", "off heap B", "%,.0f", true);
    private static final Figure TOTAL = new Figure("bytes", "together B", "%,.0f", false);
    private static final Figure THREADS = new Figure("threads", "threads", "%.3f", true);
    private static final Figure DESCRIPTORS =
            new Figure("descriptors", "descriptors", "%.3f", true);
    private static final String LINE = "participant";

    private static final double BYTES_BAR = 60_000;

    /** Pools may grow by a thread or two while thousands come. */
    private static final double THREADS_BAR = 0.01;

    /** Its WebSocket. */
    private static final double DESCRIPTORS_BAR = 1;

    /** More, compared with how many there were before. */
    private static final int TIMES_MORE = 2;

    private static final int QUICK_ROOMS = 5;

    @Override
    void prepare(Contest contest, Path root) throws IOException {
        BenchLoad load = BenchLoad.read(root, "silent");
        boolean quick = contest.options().quick();
        int rooms = quick ? QUICK_ROOMS : load.shape().rooms();
        int settleSeconds = quick ? 0 : load.seconds();
        contest.step((_, turn) -> measure(load.shape(), rooms, settleSeconds, turn));
        contest.bar(Bar.atMost(LINE, TOTAL, BYTES_BAR));
        contest.bar(Bar.atMost(LINE, THREADS, THREADS_BAR));
        contest.bar(Bar.atMost(LINE, DESCRIPTORS, DESCRIPTORS_BAR));
    }

    private static void measure(LoadShape room, int rooms, int settleSeconds, Turn turn)
            throws IOException, InterruptedException {
        LoadShape shape = room.inRooms(rooms * (1 + TIMES_MORE)).silently();
        try (ServerProcess server = ServerKind.SLUICE.start();
                LoadGenerator generator =
                        new LoadGenerator(
                                shape,
                                new PlainSignaling(server.address()),
                                GeneratorConfig.defaults())) {
            generator.connect(rooms);
            ProcessMemory before = ProcessMemory.settled(server.pid(), settleSeconds);
            int clientsBefore = generator.clients();
            generator.connect(rooms * TIMES_MORE);
            ProcessMemory after = ProcessMemory.settled(server.pid(), settleSeconds);
            double more = generator.clients() - clientsBefore;
            Out.OUT.printf("%d participants: %s%n", clientsBefore, before);
            Out.OUT.printf("%d participants: %s%n", generator.clients(), after);
            double heap = Math.max(0, after.heapBytes() - before.heapBytes()) / more;
            double offHeap = Math.max(0, after.offHeapBytes() - before.offHeapBytes()) / more;
            turn.put(LINE, HEAP, heap);
            turn.put(LINE, OFF_HEAP, offHeap);
            turn.put(LINE, TOTAL, heap + offHeap);
            turn.put(LINE, THREADS, Math.max(0, after.threads() - before.threads()) / more);
            turn.put(LINE, DESCRIPTORS, (after.descriptors() - before.descriptors()) / more);
        }
    }
}
