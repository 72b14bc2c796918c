package io.sluice.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every benchmark understands. */
final class BenchOptions {
    private static final int TURNS = 5;

    /** Of all steps of a quick run together, where a step can be cut so short. */
    private static final double QUICK_SECONDS = 1;

    @Option(names = "--turns", description = "Of everything measured (default: 5).")
    private int turns;

    @Option(names = "--seconds", description = "Of each step of a turn, instead of its own.")
    private double seconds;

    @Option(names = "--no-bar", description = "Measures, and passes whatever comes out.")
    private boolean noBar;

    @Option(
            names = "--quick",
            description = "One turn, as short as can be, without bars: shows that it works.")
    private boolean quick;

    @Option(
            names = "--json",
            description = "Where the figures go (default: benchmarks/target/bench/NAME.json).")
    private @Nullable Path json;

    /** Whether nobody wants the figures. */
    boolean quick() {
        return quick;
    }

    boolean bars() {
        return !noBar && !quick;
    }

    int turns() {
        if (turns > 0) {
            return turns;
        }
        return quick ? 1 : TURNS;
    }

    /**
     * How long one step runs.
     *
     * @param usual when the user says nothing
     * @param steps in a turn
     */
    double seconds(double usual, int steps) {
        if (seconds > 0) {
            return seconds;
        }
        return quick ? Math.min(usual, QUICK_SECONDS / steps) : usual;
    }

    Path json(Path root, String name) {
        return json == null ? root.resolve("benchmarks/target/bench/" + name + ".json") : json;
    }
}
