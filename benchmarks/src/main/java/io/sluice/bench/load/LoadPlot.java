package io.sluice.bench.load;

import io.sluice.plot.LinePlot;
import java.util.List;

/** A run as a picture: packets per second above, latency below. */
final class LoadPlot {
    private LoadPlot() {}

    static String svg(LoadRun run) {
        List<LoadRun.Second> seconds = run.perSecond();
        LinePlot packets =
                new LinePlot("packets received per second", "seconds", "packets/s")
                        .line("packets", values(seconds, LoadRun.Second::packetsPerSecond));
        LinePlot latency =
                new LinePlot("latency from publisher to viewer", "seconds", "ms")
                        .line("median", values(seconds, s -> s.medianMicros() / 1e3))
                        .line("p99", values(seconds, s -> s.p99Micros() / 1e3));
        return LinePlot.stack(run.shape().toString(), List.of(packets, latency));
    }

    private static List<LinePlot.Point> values(
            List<LoadRun.Second> seconds,
            java.util.function.ToDoubleFunction<LoadRun.Second> value) {
        return java.util.stream.IntStream.range(0, seconds.size())
                .mapToObj(i -> new LinePlot.Point(i + 1, value.applyAsDouble(seconds.get(i))))
                .toList();
    }
}
