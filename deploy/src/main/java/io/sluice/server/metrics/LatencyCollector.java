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
import java.util.function.Function;

/**
 * A histogram that each loop keeps of its packets. Micrometer has no histogram whose counts are kept
 * elsewhere, so this goes to the Prometheus registry below it.
 */
final class LatencyCollector implements Collector {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<Loop> loops;
    private final Function<Loop, LatencyHistogram> histogram;
    private final MetricMetadata metadata;
    private final double[] bounds;

    private LatencyCollector(
            List<Loop> loops, Function<Loop, LatencyHistogram> histogram, MetricMetadata metadata) {
        this.loops = loops;
        this.histogram = histogram;
        this.metadata = metadata;
        long[] nanos = LatencyHistogram.boundsNanos();
        bounds = new double[nanos.length + 1];
        for (int i = 0; i < nanos.length; i++) {
            bounds[i] = nanos[i] / NANOS_PER_SECOND;
        }
        bounds[nanos.length] = Double.POSITIVE_INFINITY;
    }

    static LatencyCollector forwarding(List<Loop> loops) {
        return new LatencyCollector(
                loops,
                loop -> loop.latency().histogram(),
                new MetricMetadata(
                        "sluice_forwarding_latency_seconds",
                        "Time of a forwarded packet in the server, from the batch that it came in"
                                + " with to the end of the turn that sends it. Each viewer counts."
                                + " Those that were paced are not among them."));
    }

    static LatencyCollector pacing(List<Loop> loops) {
        return new LatencyCollector(
                loops,
                loop -> loop.latency().waits(),
                new MetricMetadata(
                        "sluice_pacing_delay_seconds",
                        "How long packets of video waited that were sent later than they could"
                                + " have been, since the viewer's network carries no more."));
    }

    @Override
    public MetricSnapshot collect() {
        List<HistogramDataPointSnapshot> points = loops.stream().map(this::point).toList();
        return new HistogramSnapshot(metadata, points);
    }

    private HistogramDataPointSnapshot point(Loop loop) {
        LatencyHistogram kept = histogram.apply(loop);
        long[] counts = new long[bounds.length];
        Arrays.setAll(counts, kept::packets);
        return HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
                .sum(kept.sumNanos() / NANOS_PER_SECOND)
                .labels(Labels.of("loop", Integer.toString(loop.index())))
                .build();
    }
}
