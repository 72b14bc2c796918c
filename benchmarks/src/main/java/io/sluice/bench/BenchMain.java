package io.sluice.bench;

import io.sluice.bench.load.LoadCommand;
import io.sluice.bench.load.LoadException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./sluice load} and {@code ./sluice bench}. */
@Command(
        name = "./sluice",
        description = "Loads and benchmarks.",
        subcommands = {LoadCommand.class, BenchMain.Bench.class})
public final class BenchMain {
    private BenchMain() {}

    /** {@code ./sluice bench NAME}. */
    @Command(
            name = "bench",
            mixinStandardHelpOptions = true,
            description = "Measures in CPU time, in turns with what it is compared with.",
            subcommands = {E2eCommand.class})
    static final class Bench {}

    /** The checkout that the launcher stands in. */
    static Path root() {
        String root = System.getenv("SLUICE_ROOT");
        if (root == null) {
            throw new IllegalStateException("start benchmarks with ./sluice bench");
        }
        return Path.of(root);
    }

    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new BenchMain());
        System.exit(line.setExecutionExceptionHandler(BenchMain::explain).execute(arguments));
    }

    private static int explain(
            Exception failure, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        if (!(failure instanceof LoadException)) {
            throw failure;
        }
        command.getErr().println("sluice: " + failure.getMessage());
        command.getErr().flush();
        return 1;
    }
}
