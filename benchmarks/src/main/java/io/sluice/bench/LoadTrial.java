package io.sluice.bench;

import io.sluice.bench.load.LoadGenerator;
import io.sluice.bench.load.LoadRun;
import io.sluice.bench.load.LoadShape;
import io.sluice.bench.load.Out;
import io.sluice.bench.load.Signaling;
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

    private static final long SEED = 1;

    /**
     * Connects a load, lets it run, and disconnects it.
     *
     * @param windowOpens runs when the warm-up is over
     */
    static LoadTrial run(
            ServerProcess server,
            Signaling signaling,
            LoadShape shape,
            int warmUpSeconds,
            int seconds,
            Runnable windowOpens)
            throws InterruptedException {
        Duration[] before = {Duration.ZERO};
        try (LoadGenerator generator = new LoadGenerator(shape, signaling, 1, SEED)) {
            generator.connect();
            LoadRun run =
                    LoadRun.measure(
                            shape,
                            generator,
                            warmUpSeconds,
                            seconds,
                            Out.NOWHERE,
                            () -> {
                                windowOpens.run();
                                before[0] = server.cpu();
                            });
            return new LoadTrial(
                    run, server.cpu().minus(before[0]).toNanos() / Figure.NANOS_PER_SECOND);
        }
    }

    double packetsPerCpuSecond() {
        return run.total().received() / cpuSeconds;
    }

    /** A packet that the generator's own socket dropped and that was repaired is no loss. */
    long lost() {
        return Math.max(0, run.total().lost() - run.total().socketDrops());
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
