package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The benchmarks that take longest, in a JVM beside that of the others. */
class LongBenchIT {
    static final List<String> NAMES = List.of("growth", "soak", "memory", "data");

    @TempDir private static Path directory;

    @ParameterizedTest
    @FieldSource("NAMES")
    void shouldMeasureAndWriteItDown(String name) throws IOException {
        QuickBench.check(name, directory);
    }
}
