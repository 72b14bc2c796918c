package io.sluice.server;

import static io.sluice.server.NativeStage.PATIENCE;
import static io.sluice.server.NativeStage.awaitTracks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.server.client.NativeClient;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Prometheus of Debian that watches a call: each panel and each alert asks for something that is there. */
final class PrometheusIT {
    private static final Pattern LISTENING =
            Pattern.compile("msg=\"Listening on\" address=(127\\.0\\.0\\.1:\\d+)");

    /** What an alert compares with: what is compared must be there, whether it is too much or not. */
    private static final Pattern COMPARISON = Pattern.compile("\\s(?:[<>]=?|==|!=) [0-9.e+-]+$");

    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    private NativeStage stage;

    @SuppressWarnings("NullAway.Init")
    private Process prometheus;

    private URI address = URI.create("");

    @BeforeEach
    void start() throws Exception {
        Optional<Path> program = Promtool.find("prometheus");
        assumeTrue(program.isPresent(), "prometheus (of Debian's package) is not here");
        stage = new NativeStage();
        Path settings =
                Files.writeString(
                        folder.resolve("prometheus.yml"),
                        """
                        global: {scrape_interval: 500ms, evaluation_interval: 500ms}
                        rule_files: ["%s"]
                        scrape_configs:
                          - job_name: sluice
                            static_configs: [{targets: ["%s"]}]
                        """
                                .formatted(
                                        Path.of("prometheus", "alerts.yml").toAbsolutePath(),
                                        stage.uri().getAuthority()));
        Path log = folder.resolve("prometheus.log");
        prometheus =
                new ProcessBuilder(
                                program.orElseThrow().toString(),
                                "--config.file=" + settings,
                                "--storage.tsdb.path=" + folder.resolve("data"),
                                "--web.listen-address=127.0.0.1:0")
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        await("Prometheus serves")
                .atMost(PATIENCE)
                .until(() -> {
                    String text = Files.readString(log);
                    assertThat(prometheus.isAlive()).as(text).isTrue();
                    Matcher listening = LISTENING.matcher(text);
                    if (listening.find()) {
                        address = URI.create("http://" + listening.group(1));
                        return true;
                    }
                    return false;
                });
    }

    @AfterEach
    void stop() {
        if (prometheus != null) {
            prometheus.destroyForcibly();
        }
        if (stage != null) {
            stage.close();
        }
    }

    private JsonNode ask(String path) throws IOException {
        return new ObjectMapper().readTree(Scrape.ask(address.resolve(path)).body()).path("data");
    }

    private JsonNode query(String query) throws IOException {
        return ask("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
                .path("result");
    }

    /** Each with what Grafana puts in. */
    private static List<String> panels() throws IOException {
        return DashboardsTest.queries().stream()
                .map(query ->
                        query.replace("$__rate_interval", "1m")
                                .replace("$job", ".+")
                                .replace("$instance", ".+"))
                .toList();
    }

    private List<String> alerts() throws IOException {
        List<String> queries = new ArrayList<>();
        for (JsonNode group : ask("/api/v1/rules?type=alert").path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                // Before its first turn it is not known.
                assertThat(rule.path("health").asText()).as("%s", rule).isIn("ok", "unknown");
                String query = rule.path("query").asText();
                for (String part : query.split(" and ")) {
                    queries.add(COMPARISON.matcher(part).replaceFirst(""));
                }
            }
        }
        return queries;
    }

    private List<String> withoutAnswer(List<String> queries) throws IOException {
        List<String> empty = new ArrayList<>();
        for (String query : queries) {
            if (query(query).isEmpty()) {
                empty.add(query);
            }
        }
        return empty;
    }

    @Test
    void shouldFindWhatPanelsAndAlertsAskFor() throws Exception {
        NativeClient ada = stage.join("ada");
        NativeClient bob = stage.join("bob");
        awaitTracks(ada, 2);
        awaitTracks(bob, 2);
        // Of pauses there is nothing before the first.
        System.gc();
        await("two looks at the call, and one at the alerts")
                .atMost(PATIENCE)
                .until(() ->
                        query("increase(sluice_rtp_packets_sent_total[1m]) > 0").size() > 0
                                && query("rate(jvm_gc_pause_seconds_count[1m])").size() > 0
                                && alerts().size() >= 15);
        List<String> queries = new ArrayList<>(panels());
        queries.addAll(alerts());
        // After a look that took too long for a moment nothing is known.
        await("an answer to each query")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(withoutAnswer(queries)).isEmpty());
        assertThat(query("sum(sluice_participants)").path(0).path("value").path(1).asText())
                .isEqualTo("2");
    }
}
