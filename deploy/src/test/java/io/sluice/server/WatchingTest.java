package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ApiKeys;
import io.sluice.api.ApiLimits;
import io.sluice.api.ApiLimits.ConnectionLimits;
import io.sluice.server.metrics.Readiness;
import io.sluice.server.metrics.Readiness.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may read the metrics, and when the server says that it is ready. */
final class WatchingTest {
    private static final String TOKEN = "0123456789abcdef";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long TOO_LONG_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static SluiceConfig production() {
        SluiceConfig config =
                SluiceConfig.defaults(
                        ApiKeys.parse(List.of("key: a-secret-of-no-less-than-32-bytes-is-this")));
        return config.withMedia(
                        new MediaConfig(
                                1, 0, List.of(InetAddress.getLoopbackAddress()), Duration.ZERO))
                .withApi(config.api().withAddress("127.0.0.1", 0));
    }

    private static HttpResponse<String> ask(Sluice sluice, String path, String... headers) {
        return Scrape.ask(URI.create("http://127.0.0.1:" + sluice.httpPort() + path), headers);
    }

    @Test
    void shouldShowMetricsToWhoHasTheTokenOnly() throws Exception {
        SluiceConfig config = production();
        try (Sluice sluice = Sluice.start(config.withMetrics(config.metrics().withToken(TOKEN)))) {
            assertThat(ask(sluice, "/metrics").statusCode()).isEqualTo(401);
            HttpResponse<String> wrong =
                    ask(sluice, "/metrics", "Authorization", "Bearer " + TOKEN + "0");
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(wrong.headers().firstValue("content-type"))
                    .hasValue("application/problem+json");
            HttpResponse<String> right =
                    ask(sluice, "/metrics", "Authorization", "Bearer " + TOKEN);
            assertThat(right.statusCode()).isEqualTo(200);
            assertThat(right.headers().firstValue("content-type"))
                    .hasValue("text/plain; version=0.0.4; charset=utf-8");
            assertThat(right.body()).contains("sluice_build_info{").contains("jvm_memory_used");
        }
    }

    @Test
    void shouldShowMetricsToNobodyWithoutATokenOutsideOfDevelopment() throws Exception {
        try (Sluice sluice = Sluice.start(production())) {
            HttpResponse<String> answer = ask(sluice, "/metrics");
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("SLUICE_METRICS_TOKEN");
            assertThat(ask(sluice, "/readyz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void shouldCountTheWebServersConnections() throws Exception {
        SluiceConfig config = production();
        ApiLimits two =
                config.api()
                        .limits()
                        .withConnections(new ConnectionLimits(2, PATIENCE, PATIENCE, PATIENCE));
        SluiceConfig few = config.withApi(config.api().withLimits(two));
        try (Sluice sluice = Sluice.start(few.withMetrics(few.metrics().withToken(TOKEN)));
                Socket first = connect(sluice)) {
            try (Socket second = connect(sluice);
                    Socket third = connect(sluice)) {
                assertThat(third.getInputStream().read()).isEqualTo(-1);
                assertThat(second.isConnected()).isTrue();
            }
            Scrape seen =
                    Awaitility.await()
                            .atMost(PATIENCE)
                            .until(() -> scrape(sluice), Objects::nonNull);
            assertThat(seen.sum("sluice_http_connections")).isEqualTo(2);
            assertThat(seen.sum("sluice_http_connections_refused_total")).isPositive();
            assertThat(seen.sum("sluice_http_connections_late_total")).isZero();
            assertThat(seen.sum("sluice_addresses", "rate=\"joins\"")).isZero();
            assertThat(first.isConnected()).isTrue();
        }
    }

    private static Socket connect(Sluice sluice) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), sluice.httpPort());
        socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
        return socket;
    }

    /** Nothing as long as there is no connection left for it. */
    private static @Nullable Scrape scrape(Sluice sluice) {
        try {
            return Scrape.read(ask(sluice, "/metrics", "Authorization", "Bearer " + TOKEN));
        } catch (UncheckedIOException refused) {
            return null;
        }
    }

    @Test
    void shouldBeReadyFromItsStartToItsStopWhileItsLoopsTurn() throws Exception {
        try (Sluice sluice = Sluice.start(production())) {
            Readiness readiness = new Readiness(sluice.loops(), System::nanoTime);
            assertThat(readiness.hindrance()).hasValue("The server is starting.");
            readiness.enter(Phase.SERVING);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(readiness.hindrance()).isEmpty());
            readiness.enter(Phase.STOPPING);
            assertThat(readiness.hindrance()).hasValue("The server is stopping.");

            Readiness stuck =
                    new Readiness(sluice.loops(), () -> System.nanoTime() + TOO_LONG_NANOS);
            stuck.enter(Phase.SERVING);
            assertThat(stuck.hindrance().orElseThrow())
                    .matches("Event loop 0 has not turned for ([3-9]|[1-9][0-9])\\..*");
        }
    }
}
