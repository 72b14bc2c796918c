package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** One {@code ./sluice bench NAME}: exits with 1 below its bar. */
@Command(
        exitCodeListHeading = ExitCode.HEADING,
        exitCodeList = {
            "0:measured, and not below a bar",
            "1:below a bar",
            ExitCode.USAGE_TEXT,
            ExitCode.UNAVAILABLE_TEXT,
            ExitCode.DEFECT_TEXT
        })
abstract class Bench implements Callable<Integer> {
    @Mixin private BenchOptions options = new BenchOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    /** Adds the steps and bars; what must be closed goes into {@link Contest#closing}. */
    abstract void prepare(Contest contest, Path root) throws IOException, InterruptedException;

    @Override
    public final Integer call() throws IOException, InterruptedException {
        Path root = BenchMain.root();
        try (Contest contest = new Contest(spec.name(), options)) {
            prepare(contest, root);
            return contest.run(root) ? 0 : ExitCode.FAILED;
        }
    }
}
