package io.sluice.bench;

import io.sluice.bench.load.GeneratorConfig;
import io.sluice.bench.load.LoadGenerator;
import io.sluice.bench.load.LoadRun;
import io.sluice.bench.load.LoadShape;
import io.sluice.bench.load.Out;
import io.sluice.bench.load.Signaling;
import java.io.IOException;
import java.time.Duration;

/** What a load was seen to do at a server, and what it cost the server's process. */
record LoadTrial(LoadRun run, double cpuSeconds) {
    static final Figure PACKETS_PER_CPU_SECOND =
            new Figure("packetsPerCpuSecond", "packets/CPU-s", "%,.0f", false);
    static final Figure PACKETS = new Figure("packetsPerSecond", "packets/s", "%,.0f", false);
    static final Figure LOST = new Figure("lostPackets", "lost", "%,.0f", true);
    static final Figure GENERATOR_DROPS =
            new Figure("generatorDrops", "generator's drops", "%,.0f", true);
    static final Figure MEDIAN = new Figure("latencyMicrosP50", "p50 us", "%,.0f", false);
    static final Figure P99 = new Figure("latencyMicrosP99", "p99 us", "%,.0f", false);

    /** Looks at the server when the warm-up is over, and when what is measured is. */
    interface Watch {
        Watch NOTHING =
                new Watch() {
                    @Override
                    public void windowOpens() {}

                    @Override
                    public void windowCloses() {}
                };

        /** Has the window wait until a server's compilers rest; see {@link ProcessMemory#awaitCompilers}. */
        static Watch compilersOf(ServerProcess server) {
            return new Watch() {
                @Override
                public void windowOpens() throws IOException, InterruptedException {
                    ProcessMemory.awaitCompilers(server.pid());
                }

                @Override
                public void windowCloses() {}
            };
        }

        void windowOpens() throws IOException, InterruptedException;

        void windowCloses() throws IOException, InterruptedException;
    }

    /** Connects a load, lets it run, and disconnects it. */
    static LoadTrial run(
            ServerProcess server,
            Signaling signaling,
            LoadShape shape,
            GeneratorConfig config,
            int warmUpSeconds,
            int seconds,
            Watch watch)
            throws IOException, InterruptedException {
        try (LoadGenerator generator = new LoadGenerator(shape, signaling, config)) {
            generator.connect();
            LoadRun.measure(shape, generator, warmUpSeconds, 0, Out.NOWHERE, () -> {});
            watch.windowOpens();
            Duration before = server.cpu();
            LoadRun run = LoadRun.measure(shape, generator, 0, seconds, Out.NOWHERE, () -> {});
            double cpuSeconds = server.cpu().minus(before).toNanos() / Figure.NANOS_PER_SECOND;
            watch.windowCloses();
            return new LoadTrial(run, cpuSeconds);
        }
    }

    double packetsPerCpuSecond() {
        return run.total().received() / cpuSeconds;
    }

    /**
     * Whoever lost them: what the generator's own sockets dropped is among them, unless it was repaired,
     * and which was is not known. What was repaired from before the window may be more than all of it.
     */
    long lost() {
        return Math.max(0, run.total().lost());
    }

    void report(String line, Turn turn) {
        turn.put(line, PACKETS_PER_CPU_SECOND, packetsPerCpuSecond());
        turn.put(line, PACKETS, run.packetsPerSecond());
        turn.put(line, LOST, lost());
        turn.put(line, GENERATOR_DROPS, run.total().socketDrops());
        turn.put(line, MEDIAN, run.latency().getValueAtPercentile(50));
        turn.put(line, P99, run.latency().getValueAtPercentile(99));
    }
}
