package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.api.AccessTokens;
import io.sluice.api.ApiKeys;
import io.sluice.api.Grants;
import io.sluice.server.client.ClientLoop;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.NativeClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings and the data of an earlier release: this one starts with them. */
final class PreviousReleaseIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path RELEASES = Path.of("src", "test", "resources", "releases");

    /** In all these files. */
    private static final String KEY = "northwind";

    private static final String SECRET = "a secret of a release that was: 0.1.0";

    /** Beside a release's data: the code of the call in it. */
    private static final String CODE = "call.txt";

    private static final String HOST =
            "{\"name\": \"Ada\", \"device\": \"ada-of-a-release-that-was\"";
    private static final String GUEST =
            "{\"name\": \"Bob\", \"device\": \"bob-of-a-release-to-come\"";
    private static final String PASSWORD = "\"password\": \"of then\"";

    private final AccessTokens tokens =
            new AccessTokens(ApiKeys.of(Map.of(KEY, SECRET)), Clock.systemUTC());

    @TempDir private Path folder;

    private String token(Grants grants) {
        return tokens.issue(KEY, grants, Duration.ofHours(1));
    }

    private JsonNode history(ServerProcess server, String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    http.send(
                            HttpRequest.newBuilder(server.uri().resolve("/api/v1/history" + path))
                                    .header(
                                            "Authorization",
                                            "Bearer "
                                                    + token(
                                                            Grants.administration(
                                                                    "test", true, true, null)))
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return new ObjectMapper().readTree(answer.body());
        }
    }

    private List<String> events(ServerProcess server) throws Exception {
        List<String> events = new ArrayList<>();
        for (JsonNode one : history(server, "/events?room=harbour").path("events")) {
            events.add((one.path("kind").asText() + " " + one.path("identity").asText()).strip());
        }
        return events;
    }

    private int calls(ServerProcess server) throws Exception {
        return history(server, "/calls?room=harbour").path("calls").size();
    }

    /** Two are in a room, which ends when they leave. */
    private void call(ServerProcess server) throws Exception {
        int before = calls(server);
        try (ClientLoop loop = new ClientLoop()) {
            List<NativeClient> clients = new ArrayList<>();
            for (String name : List.of("ada", "bob")) {
                String token = token(Grants.join("harbour", name, null));
                NativeClient client =
                        NativeClient.join(
                                loop,
                                ClientOptions.of(server.uri(), "harbour", name).withToken(token));
                await(name).atMost(PATIENCE).until(client::connected);
                clients.add(client);
            }
            clients.forEach(NativeClient::leave);
            await("both have left")
                    .atMost(PATIENCE)
                    .until(() ->
                            calls(server) > before
                                    && history(server, "/calls?room=harbour")
                                            .path("calls")
                                            .path(0)
                                            .hasNonNull("endedAt"));
            clients.forEach(NativeClient::close);
        }
    }

    private static HttpResponse<String> ask(ServerProcess server, String path, String body)
            throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(server.uri().resolve("/api/v1/calls" + path))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    /** A call that nobody is in; returns its code. */
    private static String makeCall(ServerProcess server) throws Exception {
        String call = ", \"title\": \"Jour fixe\", \"keepChat\": true, " + PASSWORD + "}";
        HttpResponse<String> made = ask(server, "", HOST + call);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return new ObjectMapper().readTree(made.body()).path("code").asText();
    }

    /** Its host needs no password, others do, and all is as it was decided then. */
    private static void joinCall(ServerProcess server, String code) throws Exception {
        HttpResponse<String> host = ask(server, "/" + code + "/join", HOST + "}");
        assertThat(host.statusCode()).as(host.body()).isEqualTo(200);
        assertThat(new ObjectMapper().readTree(host.body()).path("role").asText())
                .isEqualTo("host");
        assertThat(ask(server, "/" + code + "/join", GUEST + "}").statusCode()).isEqualTo(401);
        HttpResponse<String> guest =
                ask(server, "/" + code + "/join", GUEST + ", " + PASSWORD + "}");
        assertThat(guest.statusCode()).as(guest.body()).isEqualTo(200);
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI address = server.uri().resolve("/api/v1/calls/" + code);
            String told =
                    http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                            .body();
            JsonNode call = new ObjectMapper().readTree(told);
            assertThat(call.path("title").asText()).as(told).isEqualTo("Jour fixe");
            assertThat(call.path("keepChat").asBoolean()).as(told).isTrue();
            assertThat(call.path("topology").asText()).as(told).isEqualTo("sfu");
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "0.1.0")
    void shouldStartWithWhatItLeft(String release) throws Exception {
        Path left = RELEASES.resolve(release);
        copy(left.resolve("data"), folder.resolve("data"));
        try (ServerProcess server =
                ServerProcess.start(
                        folder,
                        "--config=" + left.resolve("sluice.yaml"),
                        // Or there would be nothing left of it one day.
                        "--set=history.keepFor=36500 d")) {
            assertThat(events(server))
                    .as("of then")
                    .startsWith("started")
                    .contains("joined ada", "left ada", "joined bob", "left bob")
                    .endsWith("ended");
            int before = events(server).size();
            assertThat(calls(server)).isEqualTo(1);
            joinCall(server, Files.readString(left.resolve(CODE)).strip());

            call(server);

            assertThat(events(server)).as("of now, too").hasSizeGreaterThan(before);
            assertThat(calls(server)).isEqualTo(2);
            assertThat(server.lines()).noneMatch(line -> line.contains("ERROR"));
        }
    }

    /**
     * Once for each release, before it: {@code -Dsluice.release.write=0.2.0}, beside a sluice.yaml of it. What was there
     * for it is to be deleted first.
     */
    @Test
    @EnabledIfSystemProperty(named = "sluice.release.write", matches = ".+")
    void write() throws Exception {
        Path release = RELEASES.resolve(System.getProperty("sluice.release.write"));
        try (ServerProcess server =
                ServerProcess.start(folder, "--config=" + release.resolve("sluice.yaml"))) {
            call(server);
            Files.writeString(release.resolve(CODE), makeCall(server) + "\n");
            server.signal("TERM");
            assertThat(server.exitCode()).isEqualTo(143);
        }
        copy(folder.resolve("data"), release.resolve("data"));
    }
}
