package io.sluice.bench.load;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * A load that ran: what was seen in its window.
 *
 * @param total of the window
 * @param perSecond received packets, and the median and 99th percentile of latency, of each second
 */
public record LoadRun(
        LoadShape shape,
        double seconds,
        LoadSample total,
        Histogram latency,
        List<Second> perSecond) {

    /** One second of the window; latencies in microseconds. */
    public record Second(double packetsPerSecond, long medianMicros, long p99Micros) {}

    public LoadRun {
        perSecond = List.copyOf(perSecond);
    }

    /**
     * Runs a connected generator: warm-up, then the window.
     *
     * @param progress a line each second goes there
     * @param windowOpens runs when the warm-up is over
     */
    public static LoadRun measure(
            LoadShape shape,
            LoadGenerator generator,
            int warmUpSeconds,
            int seconds,
            PrintStream progress,
            Runnable windowOpens) {
        LoadSample last = generator.sample();
        long next = last.nowNanos();
        LoadSample begin = last;
        Histogram latency = new Histogram(3);
        List<Second> perSecond = new ArrayList<>();
        for (int i = 0; i < warmUpSeconds + seconds; i++) {
            if (i == warmUpSeconds) {
                begin = generator.sample();
                last = begin;
                windowOpens.run();
                // Of what came before, and of looking at the server.
                Histogram _ = generator.takeLatency();
            }
            next += TimeUnit.SECONDS.toNanos(1);
            while (System.nanoTime() < next) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
            LoadSample now = generator.sample();
            Histogram interval = generator.takeLatency();
            LoadSample passed = now.minus(last);
            double packets = passed.received() / now.seconds(last);
            long median = interval.getValueAtPercentile(50);
            long p99 = interval.getValueAtPercentile(99);
            progress.printf(
                    "%3d s %s %,9.0f packets/s received, %d lost, latency %,d us median, %,d us p99%n",
                    i + 1,
                    i < warmUpSeconds ? "(warm-up)" : "         ",
                    packets,
                    passed.lost(),
                    median,
                    p99);
            last = now;
            if (i >= warmUpSeconds) {
                latency.add(interval);
                perSecond.add(new Second(packets, median, p99));
            }
        }
        return new LoadRun(shape, last.seconds(begin), last.minus(begin), latency, perSecond);
    }

    public double packetsPerSecond() {
        return total.received() / seconds;
    }

    /** The summary, for people. */
    public String table() {
        return """
        load                  %s
        received              %,d packets, %,.0f/s, %,.1f Mbit/s
        lost                  %,d (%,d dropped at the generator's own sockets)
        checked               %,d decrypted and compared, %,d corrupt, %,d of unknown SSRCs
        latency               %,d us median, %,d us p99, %,d us p99.9, %,d us max
        """
                .formatted(
                        shape,
                        total.received(),
                        packetsPerSecond(),
                        8e-6 * total.receivedBytes() / seconds,
                        total.lost(),
                        total.socketDrops(),
                        total.checked(),
                        total.corrupt(),
                        total.unknown(),
                        latency.getValueAtPercentile(50),
                        latency.getValueAtPercentile(99),
                        latency.getValueAtPercentile(99.9),
                        latency.getMaxValue());
    }
}
