package io.sluice.server;

import io.sluice.ice.UdpCounters;
import io.sluice.loop.LayerCeiling;
import io.sluice.loop.Loop;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How much each loop has to do, once a second, and what those shed that have too much to do. Its own thread writes;
 * any may read.
 */
final class StressMeter implements AutoCloseable {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A second of garbage collection is not yet a crowd, and a crowd does not leave within one. */
    private static final double WEIGHT = 0.5;

    private final List<Loop> loops;
    private final long[] packets;
    private final long[] bytes;
    private final double[] smoothed;
    private final List<LayerShedding> shedding;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("sluice-stress").daemon().factory());
    private long lastNanos;
    private volatile LoadConfig config;
    private volatile double stress;

    private StressMeter(List<Loop> loops, LoadConfig config, long nowNanos) {
        this.loops = loops;
        this.config = config;
        packets = new long[loops.size()];
        bytes = new long[loops.size()];
        smoothed = new double[loops.size()];
        shedding = loops.stream().map(_ -> new LayerShedding()).toList();
        lastNanos = nowNanos;
    }

    static StressMeter start(List<Loop> loops, LoadConfig config) {
        StressMeter meter = new StressMeter(loops, config, System.nanoTime());
        var _ =
                meter.thread.scheduleAtFixedRate(
                        () -> meter.look(System.nanoTime()),
                        INTERVAL_NANOS,
                        INTERVAL_NANOS,
                        TimeUnit.NANOSECONDS);
        return meter;
    }

    /** The figure of the last second: 1 is as much as the busiest loop can do. */
    double stress() {
        return stress;
    }

    void reconfigure(LoadConfig changed) {
        config = changed;
    }

    private void look(long nowNanos) {
        double seconds = Math.max(1, nowNanos - lastNanos) / (double) INTERVAL_NANOS;
        lastNanos = nowNanos;
        double highest = 0;
        LoadConfig current = config;
        for (int i = 0; i < loops.size(); i++) {
            Loop loop = loops.get(i);
            UdpCounters counters = loop.port().counters();
            long total = counters.packetsIn() + counters.packetsOut() + loop.ice().packetsOverTcp();
            double perSecond = (total - packets[i]) / seconds;
            packets[i] = total;
            double now = stress(loop.busyShare(), perSecond, current);
            smoothed[i] += WEIGHT * (now - smoothed[i]);
            highest = Math.max(highest, smoothed[i]);
            long carried = counters.bytesIn() + counters.bytesOut() + loop.ice().bytesOverTcp();
            double carriedBps = (carried - bytes[i]) * Byte.SIZE / seconds;
            bytes[i] = carried;
            shed(loop.ceiling(), shedding.get(i), now, carriedBps, current.shedStress());
        }
        stress = highest;
    }

    private static void shed(
            LayerCeiling ceiling,
            LayerShedding shedding,
            double stress,
            double carriedBps,
            double shedStress) {
        shedding.look(new LayerShedding.Look(stress, carriedBps, ceiling.take()), shedStress);
        ceiling.set(shedding.ceilingBps(), shedding.stepUpBps());
    }

    static double stress(double busyShare, double packetsPerSecond, LoadConfig config) {
        return config.packetsPerSecond() == 0
                ? busyShare
                : Math.max(busyShare, packetsPerSecond / config.packetsPerSecond());
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
