package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Compiles what benchmarks have in C, when it is needed first. */
final class Compiler {
    private static final String ADVICE =
            "get the compiler with: apt-get install gcc libc6-dev libssl-dev";

    private Compiler() {}

    /**
     * Makes a file of {@code benchmarks/target} of one of {@code src/main/c}, unless it is there and newer.
     *
     * @param options of the compiler; libraries too
     */
    static Path compile(Path root, String source, String target, String... options)
            throws IOException, InterruptedException {
        Path from = root.resolve("benchmarks/src/main/c").resolve(source);
        Path to = root.resolve("benchmarks/target").resolve(target);
        if (Files.exists(to)
                && Files.getLastModifiedTime(to).compareTo(Files.getLastModifiedTime(from)) >= 0) {
            return to;
        }
        Files.createDirectories(to.getParent());
        List<String> command = new ArrayList<>(List.of("gcc", "-O3", "-o", to.toString()));
        command.add(from.toString());
        command.addAll(List.of(options));
        CommandOutput.of(command, ADVICE);
        return to;
    }
}
