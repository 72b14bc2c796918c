package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.loop.Loop;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The whole server on loopback. */
final class SluiceTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final int PATIENCE_SECONDS = 30;

    private static SluiceConfig config() {
        SluiceConfig config = SluiceConfig.development();
        return config.withMedia(new MediaConfig(2, 0, List.of(LOOPBACK), Duration.ZERO))
                .withApi(config.api().withAddress("127.0.0.1", 0));
    }

    @Test
    void shouldNameTheUdpPortsAsAFirewallsRuleWould() {
        assertThat(Main.portsInWords(7882)).isEqualTo("port 7882");
        assertThat(Main.portsInWords(7882, 7883, 7884)).isEqualTo("ports 7882 to 7884");
        assertThat(Main.portsInWords(40_001, 50_002)).isEqualTo("ports 40001, 50002");
    }

    private static final class Listener implements WebSocket.Listener {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder partial = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                messages.add(partial.toString());
                partial.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int statusCode, String reason) {
            closed.complete(statusCode);
            return CompletableFuture.completedStage(null);
        }

        String next() throws InterruptedException {
            String message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return message == null ? "nothing" : message;
        }
    }

    @Test
    void shouldTakeInAParticipantAndSayGoodbyeWhenItStops() throws Exception {
        Listener ada = new Listener();
        Sluice sluice = Sluice.start(config());
        try (HttpClient http = HttpClient.newHttpClient()) {
            String base = "127.0.0.1:" + sluice.httpPort();
            String answer =
                    http.send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            "http://" + base + "/api/v1/dev/token"))
                                            .header("Content-Type", "application/json")
                                            .POST(BodyPublishers.ofString("{\"room\":\"maths\"}"))
                                            .build(),
                                    BodyHandlers.ofString())
                            .body();
            String token = new JsonObject(answer).getString("token");
            http.newWebSocketBuilder()
                    .buildAsync(
                            URI.create(
                                    "ws://"
                                            + base
                                            + "/api/v1/rooms/maths/ws?access_token="
                                            + token),
                            ada)
                    .join();
            assertThat(ada.next()).contains("\"type\":\"joined\"").contains("\"room\":\"maths\"");
            assertThat(sluice.rooms().find("maths")).isPresent();

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(sluice::close);

            assertThat(ada.next()).contains("\"type\":\"room-closing\"");
            assertThat(ada.next()).contains("\"type\":\"left\"").contains("room_closed");
            assertThat(ada.closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(1001);
            stopped.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            sluice.close();
        }
    }

    @Test
    void shouldBearNoTraceOfItsWarmUp() throws Exception {
        SluiceConfig config = config();
        List<Integer> slots = new ArrayList<>();
        try (Sluice cold = Sluice.start(config)) {
            cold.loops().forEach(loop -> slots.add(loop.slab().slotsInUse()));
        }
        Duration warmUp = Duration.ofMillis(50);
        SluiceConfig warm = config.withMedia(config.media().withWarmUp(warmUp));
        try (Sluice sluice = Sluice.start(warm)) {
            for (Loop loop : sluice.loops()) {
                assertThat(MediaCount.values()).allMatch(what -> loop.counters().of(what) == 0);
                assertThat(DropReason.values()).allMatch(reason -> loop.drops().of(reason) == 0);
                assertThat(loop.port().counters().packetsIn()).isZero();
                assertThat(loop.port().counters().packetsOut()).isZero();
                assertThat(loop.slab().slotsInUse()).isEqualTo(slots.get(loop.index()));
                assertThat(loop.residents()).isZero();
            }
            assertThat(sluice.rooms().all()).isEmpty();
            assertThat(sluice.handshakes().running()).isZero();
        }
    }

    @Test
    void shouldStartAgainOnItsPorts() throws Exception {
        int httpPort;
        int udpPort;
        try (Sluice first = Sluice.start(config())) {
            httpPort = first.httpPort();
            udpPort = first.loops().getFirst().port().port();
            SluiceConfig config = config();
            assertThat(Main.ready(config, first, 1_234))
                    .isEqualTo(
                            "Sluice is ready in 1.2 s: http://localhost:%d (media by UDP, %s)"
                                    .formatted(
                                            httpPort,
                                            Main.portsInWords(
                                                    first.loops().stream()
                                                            .mapToInt(loop -> loop.port().port())
                                                            .toArray())));
            assertThat(Main.means(config, first))
                    .startsWith("Media leaves by sendmmsg with UDP_SEGMENT, with padding; SRTP by");
            assertThat(
                            Main.means(
                                    config.withTransport(config.transport().withPadding(false)),
                                    first))
                    .contains("without padding");
        }
        SluiceConfig same =
                config().withApi(config().api().withAddress("127.0.0.1", httpPort))
                        .withMedia(new MediaConfig(1, udpPort, List.of(LOOPBACK), Duration.ZERO));
        try (Sluice second = Sluice.start(same)) {
            assertThat(second.httpPort()).isEqualTo(httpPort);
            assertThat(second.loops()).extracting(Loop::index).containsExactly(0);
        }
    }

    @Test
    void shouldNameTheOptionWhenTheHttpPortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, LOOPBACK)) {
            SluiceConfig config =
                    config().withApi(config().api().withAddress("127.0.0.1", taken.getLocalPort()));

            StartException refused =
                    catchThrowableOfType(StartException.class, () -> Sluice.start(config));

            assertThat(refused.exitCode()).isEqualTo(StartException.UNAVAILABLE);
            assertThat(refused.text()).contains("--port").contains("" + taken.getLocalPort());
        }
    }

    @Test
    void shouldNameTheOptionWhenAUdpPortIsInUse() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            SluiceConfig config =
                    config().withMedia(
                                    new MediaConfig(
                                            1,
                                            taken.getLocalPort(),
                                            List.of(LOOPBACK),
                                            Duration.ZERO));

            StartException refused =
                    catchThrowableOfType(StartException.class, () -> Sluice.start(config));

            assertThat(refused.exitCode()).isEqualTo(StartException.UNAVAILABLE);
            assertThat(refused.text()).contains("--udp-port").contains("" + taken.getLocalPort());
        }
    }

    @Test
    void shouldExplainAWrongOptionWithoutAStackTrace() {
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine(Map.of()).setErr(new PrintWriter(err));

        assertThat(command.execute("--keys", "devkey: secret")).isEqualTo(StartException.USAGE);
        assertThat(command.execute("--colour", "red")).isEqualTo(StartException.USAGE);
        assertThat(command.execute("--port", "many")).isEqualTo(StartException.USAGE);
        // What a start begins beside the reading of its settings.
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("sluice-warm-up"));

        assertThat(err.toString())
                .contains("openssl rand")
                .contains("--help")
                .doesNotContain("\tat ");
    }
}
