package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Each benchmark there is, but for those of {@link LongBenchIT}. */
class EveryBenchIT {
    @TempDir private static Path directory;

    static Stream<String> names() {
        return new CommandLine(new BenchMain.Benches())
                .getSubcommands().keySet().stream()
                        .filter(name -> !LongBenchIT.NAMES.contains(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void shouldMeasureAndWriteItDown(String name) throws IOException {
        QuickBench.check(name, directory);
    }
}
