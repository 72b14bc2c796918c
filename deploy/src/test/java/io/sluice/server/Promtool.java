package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The checker that comes with Prometheus. Tests that need it skip themselves where it is not. */
final class Promtool {
    private static final long TIMEOUT_SECONDS = 30;

    private Promtool() {}

    /** Where the distribution puts a program of Prometheus, or scripts/test-tools.sh. */
    static Optional<Path> find(String name) {
        Stream<Path> installed =
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, name));
        return Stream.concat(installed, Stream.of(Path.of("..", "target", "tools", name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Fails with what it says if it finds anything wrong. */
    static void check(String input, String... arguments) throws IOException, InterruptedException {
        Optional<Path> promtool = find("promtool");
        assumeTrue(promtool.isPresent(), "promtool (of Debian's package prometheus) is not here");
        List<String> command = new ArrayList<>();
        command.add(promtool.orElseThrow().toString());
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("promtool", ".txt");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        } finally {
            Files.delete(output);
        }
    }
}
