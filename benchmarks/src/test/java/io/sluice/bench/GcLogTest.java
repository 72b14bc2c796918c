package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcLogTest {
    private static final String EARLY =
            """
            [1.1s][gc,phases   ] GC(0) Y: Pause Mark Start 7.011ms
            """;
    private static final String LATE =
            """
            [4.8s][gc,phases   ] GC(1) O: Pause Relocate Start 0.011ms
            [4.8s][safepoint   ] Safepoint "ZRelocateStartOld", Time since last: 41583 ns, Reaching safepoint: 610 ns, At safepoint: 16315 ns, Leaving safepoint: 420 ns, Total: 17345 ns, Threads: 0 runnable, 12 total
            [6.3s][gc,phases   ] GC(1) Y: Pause Mark Start (Major) 0.024ms
            [6.6s][safepoint   ] Safepoint "CleanClassLoaderDataMetaspaces", Time since last: 82671958 ns, Reaching safepoint: 29454 ns, At safepoint: 199979 ns, Leaving safepoint: 1472 ns, Total: 230905 ns, Threads: 0 runnable, 16 total
            """;

    @TempDir private Path directory;

    @Test
    void shouldTellCollectionsFromOtherStops() throws IOException {
        Path file = directory.resolve("gc.log");
        Files.writeString(file, EARLY);
        GcLog log = new GcLog(file);
        log.skip();
        Files.writeString(file, LATE, StandardOpenOption.APPEND);

        assertThat(log.longest()).isEqualTo(new GcLog.Longest(24, 17.345, 230.905));
    }

    @Test
    void shouldFindNothingInNothing() throws IOException {
        Path file = Files.createFile(directory.resolve("gc.log"));

        assertThat(new GcLog(file).longest()).isEqualTo(new GcLog.Longest(0, 0, 0));
    }

    @Test
    void shouldNotTakeALogThatIsNotThereForOneWithoutPauses() {
        GcLog log = new GcLog(directory.resolve("gc.log"));

        assertThatIOException().isThrownBy(log::longest);
    }
}
