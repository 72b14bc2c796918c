package io.sluice.bench;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds CPU time and allocation to what JMH reports: it takes wall time only.
 *
 * <p>Called by JMH's own thread after the one that measured has ended its iteration.
 */
public final class StageProfiler implements InternalProfiler {
    static final String CPU_NANOS = "cpuNanos";
    static final String ALLOCATED_BYTES = "allocatedBytes";

    private static volatile ThreadMeter last = new ThreadMeter();

    /** An iteration is over. */
    static void measured(ThreadMeter meter) {
        last = meter;
    }

    @Override
    public String getDescription() {
        return "CPU time and allocation of the measuring thread";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        ThreadMeter meter = last;
        return List.of(
                scalar(CPU_NANOS, meter.nanosPerPacket(), "ns/packet"),
                scalar(ALLOCATED_BYTES, meter.bytesPerPacket(), "B/packet"));
    }

    private static ScalarResult scalar(String name, double value, String unit) {
        return new ScalarResult(name, value, unit, AggregationPolicy.AVG);
    }
}
