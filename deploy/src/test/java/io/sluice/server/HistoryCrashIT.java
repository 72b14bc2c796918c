package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.Grants;
import io.sluice.sctp.ChannelOptions;
import io.sluice.server.client.ClientLoop;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.NativeClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed in the middle of a call, and started again. */
final class HistoryCrashIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern READY = Pattern.compile("is ready in .*http://localhost:(\\d+)");

    private final ObjectMapper json = new ObjectMapper();
    private final String admin =
            new AccessTokens(ApiConfig.development().access().keys(), Clock.systemUTC())
                    .issue(
                            "devkey",
                            Grants.administration("test", true, true, null),
                            Duration.ofHours(1));

    @TempDir private Path directory;

    /** A server in a JVM of its own. */
    private final class KillableServer implements AutoCloseable {
        private final Process process;
        private final URI uri;

        private KillableServer() throws IOException {
            String classPath =
                    System.getProperty(
                            "surefire.test.class.path", System.getProperty("java.class.path"));
            process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "--enable-native-access=ALL-UNNAMED",
                                    "-XX:+UseSerialGC",
                                    "-cp",
                                    classPath,
                                    Main.class.getName(),
                                    "--dev",
                                    "--port=0",
                                    "--udp-port=0",
                                    "--loops=1",
                                    "--local-address=127.0.0.1",
                                    "--no-warm-up",
                                    "--data-directory=" + directory)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            uri = URI.create("http://127.0.0.1:" + port());
        }

        private String port() throws IOException {
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                Matcher ready = READY.matcher(line);
                if (ready.find()) {
                    return ready.group(1);
                }
            }
            throw new IOException("the server did not start");
        }

        private JsonNode get(String path) {
            HttpRequest request =
                    HttpRequest.newBuilder(uri.resolve("/api/v1/history" + path))
                            .header("Authorization", "Bearer " + admin)
                            .timeout(PATIENCE)
                            .build();
            try {
                return json.readTree(ask(request).body());
            } catch (IOException malformed) {
                throw new AssertionError(malformed);
            }
        }

        private HttpResponse<String> ask(HttpRequest request) {
            try (HttpClient client = HttpClient.newHttpClient()) {
                return client.send(request, BodyHandlers.ofString());
            } catch (IOException failed) {
                throw new AssertionError(failed);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }

        /** Whose chat is kept. */
        private void makeRoom() {
            String body =
                    json.createObjectNode()
                            .put("name", "conference")
                            .put("metadata", "{\"keepChat\":true}")
                            .toString();
            HttpRequest request =
                    HttpRequest.newBuilder(uri.resolve("/api/v1/rooms"))
                            .header("Authorization", "Bearer " + admin)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
            assertThat(ask(request).statusCode()).isEqualTo(201);
        }

        private List<String> kinds() {
            List<String> kinds = new ArrayList<>();
            get("/events?room=conference")
                    .path("events")
                    .forEach(one ->
                            kinds.add(
                                    one.path("kind").asText()
                                            + " "
                                            + one.path("identity").asText()));
            return kinds;
        }

        /** By SIGKILL. */
        @Override
        public void close() {
            process.destroyForcibly();
            try {
                process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void shouldHaveEveryEventAndTheEndOfACallInWhichTheServerWasKilled() throws Exception {
        long killedMillis;
        try (ClientLoop loop = new ClientLoop()) {
            try (KillableServer server = new KillableServer()) {
                server.makeRoom();
                NativeClient ada =
                        NativeClient.withData(
                                loop, ClientOptions.of(server.uri, "conference", "ada"));
                await().atMost(PATIENCE).until(() -> ada.connected() && ada.data().connected());
                NativeClient bob =
                        NativeClient.join(loop, ClientOptions.of(server.uri, "conference", "bob"));
                await().atMost(PATIENCE).until(bob::connected);
                ada.data().open(ChannelOptions.reliable("chat"));
                ada.data().send("chat", "{\"type\":\"chat\",\"text\":\"hello\"}");
                await().atMost(PATIENCE)
                        .until(() ->
                                server.kinds()
                                        .containsAll(
                                                List.of(
                                                        "joined bob",
                                                        "published bob",
                                                        "chat ada")));
                killedMillis = System.currentTimeMillis();
            }
            try (KillableServer again = new KillableServer()) {
                await().atMost(PATIENCE).until(() -> again.kinds().contains("ended "));
                assertThat(again.kinds())
                        .startsWith("started ")
                        .contains("joined ada", "published ada", "joined bob", "published bob")
                        .containsSubsequence("left ada", "left bob", "ended ");
                JsonNode call = again.get("/calls?room=conference").path("calls").path(0);
                assertThat(call.path("endReason").asText()).isEqualTo("server_lost");
                long endedMillis = Instant.parse(call.path("endedAt").asText()).toEpochMilli();
                assertThat(endedMillis).isBetween(killedMillis - 30_000, killedMillis + 30_000);
            }
        }
    }
}
