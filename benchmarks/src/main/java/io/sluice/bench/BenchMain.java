package io.sluice.bench;

import io.sluice.bench.load.LoadCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./sluice load} and {@code ./sluice bench}. */
@Command(
        name = "sluice",
        description = "Loads and benchmarks.",
        subcommands = {LoadCommand.class})
public final class BenchMain {
    private BenchMain() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchMain()).execute(arguments));
    }
}
