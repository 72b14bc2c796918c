package io.sluice.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.Connections;
import io.sluice.api.SocketGate;
import io.sluice.api.rest.RestApi;
import io.sluice.calls.Calls;
import io.sluice.calls.CallsConfig;
import io.sluice.dtls.DtlsConfig;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.history.HistoryCounters;
import io.sluice.ice.IceConfig;
import io.sluice.ice.IceWarmUp;
import io.sluice.ice.TcpCounters;
import io.sluice.livekit.LiveKitCounters;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.plain.PlainCounters;
import io.sluice.room.RoomConfig;
import io.sluice.room.Rooms;
import io.sluice.transport.TransportConfig;
import io.sluice.webhook.WebhookCounters;
import io.sluice.whip.WhipConfig;
import io.sluice.whip.WhipProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} is written from what the server registers, and says what it is. */
final class MetricsManualTest {
    private static final Path MANUAL = Path.of("..", "docs", "metrics.md");
    private static final String WRITE = "sluice.docs.write";
    private static final String COMMAND =
            "./sluice test -pl deploy -am -Dtest=MetricsManualTest -D" + WRITE + "=true";

    /** Labels whose values depend on the machine. */
    private static final Set<String> OPEN_LABELS = Set.of("loop", "version", "java");

    private static final String HEAD =
            """
            # Metrics

            Written by a test from the code; to write it anew: `%s`.

            `GET /metrics` answers in the text format of Prometheus. In development mode everybody may read it.
            Otherwise start the server with `SLUICE_METRICS_TOKEN` in its environment (at least 16 characters), and let Prometheus
            send it:

            ```yaml
            scrape_configs:
              - job_name: sluice
                authorization:
                  credentials_file: /etc/prometheus/sluice-token
                static_configs:
                  - targets: ["sluice.example:7880"]
            ```

            `deploy/prometheus` has a whole configuration and rules for alerts. `GET /healthz` says that the process
            answers, `GET /readyz` that new participants may be sent to it: 503 with the reason while it starts or
            stops, or when an event loop does not turn.

            Counters only grow, until the server starts again. `loop` is the number of an event loop. No label ever
            names a room or a participant. Beside these there are `jvm_*` (memory, garbage collection, threads,
            classes), `process_*` (CPU, descriptors, uptime) and `system_*` of Micrometer.

            | Name | Type | Labels | Meaning |
            |---|---|---|---|
            """;

    private static String manual() {
        IceWarmUp.warmUp();
        SecureRandom random = new SecureRandom();
        ApiConfig api = ApiConfig.development();
        AccessTokens tokens = new AccessTokens(api.access().keys(), Clock.systemUTC());
        Loop loop =
                new Loop(
                        0,
                        LoopConfig.defaults().withRoom(128, 16),
                        IceConfig.defaults(),
                        List.of(InetAddress.getLoopbackAddress()),
                        0,
                        random);
        DtlsHandshakes handshakes = new DtlsHandshakes(DtlsConfig.defaults());
        SocketGate gate = new SocketGate(api, tokens);
        Rooms rooms =
                new Rooms(
                        RoomConfig.defaults(),
                        TransportConfig.defaults(),
                        List.of(loop),
                        DtlsIdentity.generate(random, Instant.EPOCH),
                        handshakes,
                        random,
                        Clock.systemUTC());
        RestApi rest =
                new RestApi(
                        api, RoomConfig.defaults(), tokens, gate, rooms, random, Clock.systemUTC());
        try (Calls calls = Calls.open(CallsConfig.defaults(), Clock.systemUTC(), random, _ -> {});
                Metrics metrics =
                        new Metrics(
                                "1",
                                List.of(loop),
                                handshakes,
                                new Connections(api.limits().connections()),
                                gate,
                                new PlainCounters(),
                                rest)) {
            metrics.bind(
                    new WhipProtocol(
                            api,
                            WhipConfig.defaults(),
                            gate,
                            (_, _, _) -> Optional.empty(),
                            random));
            metrics.bind(new WebhookCounters());
            metrics.bind(new LiveKitCounters());
            metrics.bind(calls);
            metrics.load()
                    .bind(
                            () -> 0,
                            new LoadMeters.Refused(() -> 0, () -> 0, () -> 0),
                            new LoadMeters.RefusedOfKeys(() -> 0, () -> 0, () -> 0, () -> 0));
            metrics.bind(new HistoryCounters());
            metrics.bind(new TcpCounters());
            return HEAD.formatted(COMMAND)
                    + metrics.snapshots().stream()
                            .filter(metric -> metric.getMetadata().getName().startsWith("sluice_"))
                            .map(MetricsManualTest::row)
                            .sorted()
                            .collect(Collectors.joining());
        } finally {
            loop.close();
            loop.freeMemory();
        }
    }

    private static String row(MetricSnapshot metric) {
        String name = metric.getMetadata().getPrometheusName();
        String type = "gauge";
        if (metric instanceof CounterSnapshot) {
            name += "_total";
            type = "counter";
        } else if (metric instanceof InfoSnapshot) {
            name += "_info";
        } else if (metric instanceof HistogramSnapshot) {
            type = "histogram";
        }
        Map<String, Set<String>> labels = new TreeMap<>();
        for (DataPointSnapshot point : metric.getDataPoints()) {
            for (Label label : point.getLabels()) {
                labels.computeIfAbsent(label.getName(), _ -> new TreeSet<>()).add(label.getValue());
            }
        }
        String described =
                labels.entrySet().stream()
                        .map(label -> describe(label.getKey(), label.getValue()))
                        .collect(Collectors.joining("; "));
        return "| `%s` | %s | %s | %s |\n"
                .formatted(name, type, described, metric.getMetadata().getHelp());
    }

    private static String describe(String name, Set<String> values) {
        return OPEN_LABELS.contains(name)
                ? "`" + name + "`"
                : "`" + name + "`: " + String.join(", ", values);
    }

    @Test
    void shouldBeWhatIsInTheRepository() throws IOException {
        String manual = manual();
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(MANUAL, manual);
        }
        assertThat(Files.exists(MANUAL) ? Files.readString(MANUAL) : "")
                .as("docs/metrics.md; to write it anew: %s", COMMAND)
                .isEqualTo(manual);
    }
}
