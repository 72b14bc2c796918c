package io.sluice.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Names of metrics in what others are given to ask for them. */
final class MetricNames {
    /** Ours, and those of the JVM, its process and its machine. */
    private static final Pattern NAME =
            Pattern.compile("\\b(?:sluice|jvm|process|system)_[a-z_]+[a-z]\\b");

    private static final Pattern SERIES_OF_HISTOGRAM = Pattern.compile("_(bucket|sum|count)$");

    private MetricNames() {}

    static Set<String> in(String text) {
        Set<String> names = new TreeSet<>();
        NAME.matcher(text).results().forEach(found -> names.add(found.group()));
        return names;
    }

    /** Whether the manual has it; of the JVM's names it only says that there are some. */
    static boolean isInManual(String name) {
        return !name.startsWith("sluice_")
                || manual().contains(
                                "| `" + SERIES_OF_HISTOGRAM.matcher(name).replaceFirst("") + "` |");
    }

    private static String manual() {
        try {
            return Files.readString(Path.of("..", "docs", "metrics.md"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
