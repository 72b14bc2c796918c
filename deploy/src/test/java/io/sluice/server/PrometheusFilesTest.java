package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The example of a configuration, and rules for alerts. */
final class PrometheusFilesTest {
    private static final Path FOLDER = Path.of("prometheus");

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
        assertThat(MetricNames.in(Files.readString(FOLDER.resolve("alerts.yml"))))
                .isNotEmpty()
                .allMatch(MetricNames::isInManual);
    }
}
