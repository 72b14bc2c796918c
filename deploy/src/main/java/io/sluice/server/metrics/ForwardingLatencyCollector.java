package io.sluice.server.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.sluice.loop.Loop;
import io.sluice.rtp.LatencyHistogram;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The loops' histograms of forwarding latency. Micrometer has no histogram whose counts are kept elsewhere,
 * so this goes to the Prometheus registry below it.
 */
final class ForwardingLatencyCollector implements Collector {
    private static final String NAME = "sluice_forwarding_latency_seconds";
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<Loop> loops;
    private final double[] bounds;

    ForwardingLatencyCollector(List<Loop> loops) {
        this.loops = loops;
        long[] nanos = LatencyHistogram.boundsNanos();
        bounds = new double[nanos.length + 1];
        for (int i = 0; i < nanos.length; i++) {
            bounds[i] = nanos[i] / NANOS_PER_SECOND;
        }
        bounds[nanos.length] = Double.POSITIVE_INFINITY;
    }

    @Override
    public MetricSnapshot collect() {
        List<HistogramDataPointSnapshot> points = loops.stream().map(this::point).toList();
        return new HistogramSnapshot(
                new MetricMetadata(
                        NAME,
                        "Time of a forwarded packet in the server, from the batch that it came in"
                                + " with to the end of the turn that sends it. Each viewer counts."),
                points);
    }

    private HistogramDataPointSnapshot point(Loop loop) {
        LatencyHistogram histogram = loop.latency().histogram();
        long[] counts = new long[bounds.length];
        Arrays.setAll(counts, histogram::packets);
        return HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
                .sum(histogram.sumNanos() / NANOS_PER_SECOND)
                .labels(Labels.of("loop", Integer.toString(loop.index())))
                .build();
    }
}
