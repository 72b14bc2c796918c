package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM logs of its pauses ({@code -Xlog:gc*,safepoint}), from some moment on.
 *
 * <p>Used by one thread.
 */
final class GcLog {
    private static final Pattern PAUSE = Pattern.compile("Pause .* (\\d+\\.\\d+)ms$");
    private static final Pattern SAFEPOINT =
            Pattern.compile("Safepoint \"(\\w+)\".* Total: +(\\d+) ns");

    /** Collectors name theirs so. */
    private static final Pattern OF_GC = Pattern.compile("(Z|G1|Shenandoah|X|Gen|Parallel).*");

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MICROS_PER_MILLI = 1e3;

    private final Path file;
    private long skippedLines;

    GcLog(Path file) {
        this.file = file;
    }

    /** The option that makes a JVM write it. */
    String jvmOption() {
        return "-Xlog:gc*,safepoint:file=" + file + ":uptime,tags:filecount=0";
    }

    /** Forgets what has been logged so far. */
    void skip() throws IOException {
        skippedLines = lines().size();
    }

    /**
     * What has been logged since.
     *
     * @param gcMicros the longest work of a collection that stopped the program
     * @param gcSafepointMicros the longest time that the program was stopped for that, including the
     *     way there and back, which others on the machine make longer
     * @param otherMicros the longest safepoint for other reasons: class loading, compiled code
     */
    record Longest(double gcMicros, double gcSafepointMicros, double otherMicros) {}

    Longest longest() throws IOException {
        return longest(lines().stream().skip(skippedLines).toList());
    }

    static Longest longest(List<String> lines) {
        double gc = 0;
        double gcSafepoint = 0;
        double other = 0;
        for (String line : lines) {
            Matcher pause = PAUSE.matcher(line);
            if (pause.find()) {
                gc = Math.max(gc, Double.parseDouble(pause.group(1)) * MICROS_PER_MILLI);
            }
            Matcher safepoint = SAFEPOINT.matcher(line);
            if (safepoint.find()) {
                double micros = Double.parseDouble(safepoint.group(2)) / NANOS_PER_MICRO;
                if (OF_GC.matcher(safepoint.group(1)).matches()) {
                    gcSafepoint = Math.max(gcSafepoint, micros);
                } else {
                    other = Math.max(other, micros);
                }
            }
        }
        return new Longest(gc, gcSafepoint, other);
    }

    private List<String> lines() throws IOException {
        // Without a log there is no pause to see: it must be there.
        return Files.readAllLines(file);
    }
}
