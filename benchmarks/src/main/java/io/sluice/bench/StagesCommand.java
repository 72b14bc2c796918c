package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;

/** {@code ./sluice bench stages}: the stages of the packet line, one by one, by JMH. */
@Command(
        name = "stages",
        mixinStandardHelpOptions = true,
        description = "Single stages of the packet line, by JMH.")
final class StagesCommand extends Bench {
    private static final int STAGES = 6;
    private static final int ITERATIONS = 3;

    @Override
    void prepare(Contest contest, Path root) {
        // Whoever else runs JMH on this machine disturbs no more than any other load.
        System.setProperty("jmh.ignoreLock", "true");
        boolean quick = contest.options().quick();
        contest.step((seconds, turn) -> {
            for (RunResult result : run(quick ? seconds / STAGES : seconds, quick)) {
                report(result, turn);
            }
        });
    }

    private static Iterable<RunResult> run(double seconds, boolean quick) throws IOException {
        long millis = Math.max(1, Math.round(seconds / ITERATIONS * TimeUnit.SECONDS.toMillis(1)));
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include(Stages.class.getName())
                        .addProfiler(StageProfiler.class)
                        .forks(quick ? 0 : 1)
                        .warmupIterations(1)
                        .warmupTime(TimeValue.milliseconds(quick ? millis : ITERATIONS * millis))
                        .measurementIterations(ITERATIONS)
                        .measurementTime(TimeValue.milliseconds(millis))
                        // JMH reads the layout of its own objects, and the JVM complains.
                        .jvmArgsAppend("--sun-misc-unsafe-memory-access=allow")
                        .verbosity(VerboseMode.SILENT);
        try {
            return new Runner(options.build()).run();
        } catch (RunnerException e) {
            throw new IOException(e);
        }
    }

    private static void report(RunResult result, Turn turn) {
        String name = result.getParams().getBenchmark();
        String line = name.substring(name.lastIndexOf('.') + 1);
        turn.putCpu(line, score(result, StageProfiler.CPU_NANOS));
        turn.put(line, Figure.ALLOCATED_BYTES, score(result, StageProfiler.ALLOCATED_BYTES));
    }

    private static double score(RunResult result, String name) {
        Result<?> secondary = result.getSecondaryResults().get(name);
        if (secondary == null) {
            throw new IllegalStateException("JMH reports " + result.getSecondaryResults().keySet());
        }
        return secondary.getScore();
    }
}
