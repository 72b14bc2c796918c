package io.sluice.bandwidth;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Some viewers, and perhaps a download, over one link for a while; what happened ten times a second. */
final class Simulation {
    static final long SECOND = 1_000_000_000;
    static final long STEP_NANOS = 1_000_000;
    static final long SAMPLE_NANOS = 100_000_000;

    /** Rates of the first viewer, in Mbit/s, over the last 100 ms; the estimate and the queue as they are. */
    record Sample(
            double seconds,
            double capacity,
            double estimate,
            double target,
            double sent,
            double arrived,
            double source,
            double queueMillis) {}

    /** From {@code seconds} on the link carries this. */
    record Step(double seconds, double megabits) {}

    final SimulatedLink link;
    final List<SimulatedViewer> viewers = new ArrayList<>();
    final List<Sample> samples = new ArrayList<>();
    List<Step> steps = List.of();
    @Nullable SimulatedTcp download;
    double downloadBegins;
    private final BiConsumer<SimulatedViewer, Double> always;

    /** From an odd moment, as real clocks have them. */
    private long now = 12_345 * SECOND;

    private final long begin = now;

    Simulation(long seed) {
        this(seed, (_, _) -> {});
    }

    /** With something that is done to the first viewer at each step; it is told the seconds. */
    Simulation(long seed, BiConsumer<SimulatedViewer, Double> always) {
        link = new SimulatedLink(seed);
        this.always = always;
    }

    SimulatedViewer viewer() {
        SimulatedViewer viewer =
                new SimulatedViewer(
                        link, new SendSideEstimator(BandwidthConfig.defaults(), now), now);
        viewers.add(viewer);
        return viewer;
    }

    Simulation run(double seconds) {
        long end = now + (long) (seconds * SECOND);
        long sent = viewers.getFirst().sentBytes;
        long arrived = viewers.getFirst().arrivedBytes;
        while (now < end) {
            double at = (double) (now - begin) / SECOND;
            for (Step step : steps) {
                if (step.seconds <= at) {
                    link.bitsPerSecond = (long) (step.megabits * 1e6);
                }
            }
            always.accept(viewers.getFirst(), at);
            for (SimulatedViewer viewer : viewers) {
                viewer.pass(now, STEP_NANOS);
            }
            if (download != null && at >= downloadBegins) {
                download.pass(now);
            }
            link.pass(now, now + STEP_NANOS);
            now += STEP_NANOS;
            if ((now - begin) % SAMPLE_NANOS == 0) {
                SimulatedViewer first = viewers.getFirst();
                samples.add(
                        new Sample(
                                (double) (now - begin) / SECOND,
                                link.bitsPerSecond / 1e6,
                                first.estimator.estimateBitsPerSecond() / 1e6,
                                first.estimator.targetBitsPerSecond() / 1e6,
                                (first.sentBytes - sent) * 80 / 1e6,
                                (first.arrivedBytes - arrived) * 80 / 1e6,
                                first.rate() / 1e6,
                                link.queueMillis()));
                sent = first.sentBytes;
                arrived = first.arrivedBytes;
            }
        }
        return this;
    }

    /** The samples between two moments. */
    List<Sample> between(double from, double to) {
        return samples.stream().filter(s -> s.seconds > from && s.seconds <= to).toList();
    }
}
