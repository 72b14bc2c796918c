package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dashboards of Grafana. */
final class DashboardsTest {
    static final Path FOLDER = Path.of("grafana", "dashboards");

    /** All queries of all panels, as they stand there. */
    static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        for (JsonNode dashboard : dashboards()) {
            for (JsonNode panel : dashboard.path("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    queries.add(target.path("expr").asText());
                }
            }
        }
        return queries;
    }

    private static List<JsonNode> dashboards() throws IOException {
        List<JsonNode> dashboards = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.sorted().toList()) {
                dashboards.add(new ObjectMapper().readTree(file.toFile()));
            }
        }
        return dashboards;
    }

    @Test
    void shouldHaveWhatGrafanaNeeds() throws IOException {
        Set<String> ids = new HashSet<>();
        for (JsonNode dashboard : dashboards()) {
            String title = dashboard.path("title").asText();
            assertThat(title).startsWith("Sluice: ");
            assertThat(ids.add(dashboard.path("uid").asText())).as("its own uid").isTrue();
            assertThat(dashboard.path("panels")).as(title).hasSizeGreaterThan(5);
            Set<Integer> panels = new HashSet<>();
            for (JsonNode panel : dashboard.path("panels")) {
                String name = title + ", " + panel.path("title").asText();
                assertThat(panels.add(panel.path("id").asInt())).as(name).isTrue();
                JsonNode place = panel.path("gridPos");
                assertThat(place.path("x").asInt() + place.path("w").asInt())
                        .as("%s: the right edge", name)
                        .isBetween(1, 24);
                boolean heading = panel.path("type").asText().equals("row");
                assertThat(panel.path("targets").isEmpty()).as(name).isEqualTo(heading);
            }
        }
        assertThat(ids)
                .containsExactlyInAnyOrder(
                        "sluice-overview", "sluice-rooms", "sluice-network", "sluice-jvm");
    }

    @Test
    void shouldAskForNothingThatTheServerDoesNotCount() throws IOException {
        assertThat(MetricNames.in(String.join("\n", queries())))
                .hasSizeGreaterThan(50)
                .allMatch(MetricNames::isInManual);
    }

    @Test
    void shouldAskInTheLanguageOfPrometheus() throws Exception {
        StringBuilder rules = new StringBuilder("groups:\n- name: panels\n  rules:\n");
        int number = 0;
        for (String query : queries()) {
            String plain = query.replace("$__rate_interval", "1m");
            rules.append("  - record: panel:").append(number++).append("\n    expr: |-\n      ");
            rules.append(plain).append('\n');
        }
        Path file = Files.createTempFile("panels", ".yml");
        try {
            Files.writeString(file, rules);
            Promtool.check("", "check", "rules", file.toString());
        } finally {
            Files.delete(file);
        }
    }
}
