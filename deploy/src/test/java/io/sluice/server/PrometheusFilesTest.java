package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example of a configuration, and rules for alerts. */
final class PrometheusFilesTest {
    private static final Path FOLDER = Path.of("prometheus");
    private static final Pattern NAME = Pattern.compile("sluice_[a-z_]+");
    private static final Pattern SERIES_OF_HISTOGRAM = Pattern.compile("_(bucket|sum|count)$");

    @Test
    void shouldBeWellFormed() throws Exception {
        Promtool.check("", "check", "rules", FOLDER.resolve("alerts.yml").toString());
        Promtool.check(
                "",
                "check",
                "config",
                "--syntax-only",
                FOLDER.resolve("prometheus.yml").toString());
    }

    @Test
    void shouldAskForNothingThatTheServerDoesNotCount() throws IOException {
        String manual = Files.readString(Path.of("..", "docs", "metrics.md"));
        List<String> asked =
                NAME.matcher(Files.readString(FOLDER.resolve("alerts.yml")))
                        .results()
                        .map(MatchResult::group)
                        .map(name -> SERIES_OF_HISTOGRAM.matcher(name).replaceFirst(""))
                        .toList();
        assertThat(asked).isNotEmpty().allMatch(name -> manual.contains("| `" + name + "` |"));
    }
}
