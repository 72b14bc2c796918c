package io.sluice.bench;

import io.sluice.bench.load.Out;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A benchmark's steps, run in turns (A B A B), so that whatever slows the machine for a while slows
 * all of them; then the medians of all turns as a table and as JSON, and the bars that they must reach.
 *
 * <p>Owned by the thread that runs it.
 */
final class Contest implements AutoCloseable {
    /** Long enough for the clocks, short enough for five turns of many steps. */
    private static final double STEP_SECONDS = 1;

    private final String name;
    private final BenchOptions options;
    private final List<Step> steps = new ArrayList<>();
    private final List<Bar> bars = new ArrayList<>();
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    /** Something that is done once a turn, and sets figures of one line or several. */
    interface Step {
        /**
         * Measures, or computes from what steps before it have measured in this turn.
         *
         * @param seconds how long it should take
         */
        void run(double seconds, Turn turn) throws IOException, InterruptedException;
    }

    Contest(String name, BenchOptions options) {
        this.name = name;
        this.options = options;
    }

    BenchOptions options() {
        return options;
    }

    Contest step(Step step) {
        steps.add(step);
        return this;
    }

    Contest bar(Bar bar) {
        bars.add(bar);
        return this;
    }

    /** Closes this when the contest is over, in the opposite order; returns it. */
    <T extends AutoCloseable> T closing(T resource) {
        resources.push(resource);
        return resource;
    }

    /** Runs all turns and reports; whether every bar was reached. */
    boolean run(Path root) throws IOException, InterruptedException {
        List<Turn> turns = new ArrayList<>();
        double seconds = options.seconds(STEP_SECONDS, steps.size());
        for (int i = 0; i < options.turns(); i++) {
            Turn turn = new Turn();
            for (Step step : steps) {
                step.run(seconds, turn);
            }
            turns.add(turn);
            Out.OUT.printf("%s: turn %d of %d%n", name, i + 1, options.turns());
        }
        Results results = new Results(name, turns, options.bars() ? bars : List.of());
        Out.OUT.println();
        Out.OUT.print(results.table());
        Path json = options.json(root, name).toAbsolutePath();
        Files.createDirectories(json.getParent());
        Files.writeString(json, results.json());
        return results.passed();
    }

    @Override
    public void close() {
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("what was measured cannot be closed", e);
            }
        }
    }
}
