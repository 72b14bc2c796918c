package io.sluice.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiLimits;
import io.sluice.api.ApiLimits.ConnectionLimits;
import io.sluice.api.Grants;
import io.sluice.api.Rate;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the API's manual says is what the server does. */
final class ManualTest {
    private static final Map<String, String> THERE =
            Map.of("room", "maths", "identity", "ada", "trackId", "TR_a", "photoId", "PH_a");
    private static final Map<String, String> NOWHERE =
            Map.of("room", "nowhere", "identity", "ada", "trackId", "TR_a", "photoId", "PH_a");
    private static final Map<String, String> IMPOSSIBLE =
            Map.of("room", "%00", "identity", "ada", "trackId", "TR_a", "photoId", "PH_a");

    private static RestServer server;
    private static Manual manual;
    private static String guest;

    @BeforeAll
    static void start() throws IOException {
        server = new RestServer(RestServer.development(), "devkey");
        guest = server.token(Grants.join("maths", "eve", null));
        manual = new Manual(server.ask("GET", "/api/v1/openapi.yaml", null, null).body());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ApiConfig with(ApiLimits limits) {
        return RestServer.development().withLimits(limits);
    }

    @Test
    void shouldBeOpenApi() throws IOException {
        assertThat(manual.document().get("openapi").asText()).startsWith("3.1.");
        // Each schema in it is one.
        var metaSchema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(
                                SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        for (var schema : manual.document().at("/components/schemas").properties()) {
            assertThat(metaSchema.validate(schema.getValue().toString(), InputFormat.JSON))
                    .as(schema.getKey())
                    .isEmpty();
        }
    }

    @Test
    void shouldHaveEveryRouteOfTheServerAndNoOther() {
        Set<String> served =
                server.api.operations().stream()
                        .map(one -> one.method() + " " + one.path())
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> described =
                manual.operations().stream()
                        .map(Manual.Described::name)
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(described).isEqualTo(served);
    }

    @Test
    void shouldAnswerOtherMethodsWithThoseThereAre() {
        for (Manual.Described operation : manual.operations()) {
            Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
            for (Manual.Described other : manual.operations()) {
                if (other.path().equals(operation.path())) {
                    methods.add(other.method());
                    if (other.method().equals("GET")) {
                        methods.add("HEAD");
                    }
                }
            }
            for (String method : new String[] {"PUT", "TRACE", "OPTIONS", "BREW"}) {
                HttpResponse<String> response = server.ask(method, operation.filled(THERE), null);
                String allow = response.headers().firstValue("allow").orElse("");

                assertThat(response.statusCode()).isEqualTo(method.equals("OPTIONS") ? 204 : 405);
                assertThat(new TreeSet<>(Arrays.asList(allow.split(", ")))).isEqualTo(methods);
            }
        }
    }

    @Test
    void shouldNameTheFieldsOfEveryBody() {
        server.live.publish("maths", server.live.join("maths", "ada"), "TR_a");
        for (Manual.Described operation : manual.operations()) {
            if (!operation.body().isMissingNode()) {
                JsonNode example = operation.body().get("example");
                manual.holdSchema(
                        operation.pointer() + "/requestBody/content/application~1json/schema",
                        example.toString(),
                        operation.name());
                HttpResponse<String> response =
                        server.ask(
                                operation.method(),
                                operation.filled(THERE),
                                Manual.withField(example, "zzz"));
                String detail = new JsonObject(response.body()).getString("detail");

                assertThat(detail).contains("\"zzz\"");
                String fields = detail.replaceAll(".*the fields are (.*)\\.", "$1");
                assertThat(new TreeSet<>(Arrays.asList(fields.split(", "))))
                        .as(operation.name())
                        .isEqualTo(manual.fields(operation));
            }
        }
    }

    @Test
    void shouldDeclareEveryAnswer() throws Exception {
        for (Manual.Described operation : manual.operations()) {
            holdSuccess(operation);
            holdRefusals(operation);
        }
        holdRate();
        holdTimeouts();
        holdSlowBodies();
        holdStreams();
        Set<String> never = new TreeSet<>(manual.declared());
        never.removeAll(manual.answered());
        // This server keeps no history; HistoryOperationsTest asks one that does.
        never.removeIf(one -> one.contains("/history/") || one.contains("/snapshots"));
        // The operator is in no room; DirectOperationsTest asks as those who are.
        never.removeIf(one -> one.matches("POST .*/direct (200|403)"));

        // Ten thousand rooms would take a while, and a database that hangs is hard to have; the
        // same code answers as for streams and for rooms.
        assertThat(never)
                .containsExactly("GET /api/v1/webhooks/deliveries 504", "POST /api/v1/rooms 503");
    }

    private static void holdSuccess(Manual.Described operation) {
        if (operation.path().equals("/api/v1/events")) {
            return;
        }
        if (operation.name().equals("POST /api/v1/rooms")) {
            server.ask("DELETE", "/api/v1/rooms/maths", null);
            hold(operation, ask(operation, THERE, server.operator, example(operation)));
            hold(operation, ask(operation, THERE, server.operator, example(operation)));
            hold(
                    operation,
                    ask(
                            operation,
                            THERE,
                            server.operator,
                            "{\"name\": \"maths\", \"metadata\": \"x\"}"));
        } else {
            LiveRooms.Guest ada = server.live.join("maths", "ada");
            if (operation.path().endsWith("/subscriptions/{trackId}")) {
                server.live.publish("maths", server.live.join("maths", "bob"), "TR_a");
                hold(operation, ask(operation, THERE, server.operator, example(operation)));
                server.live.hear("maths", ada, "TR_a");
            } else {
                server.live.publish("maths", ada, "TR_a");
            }
            hold(operation, ask(operation, THERE, server.operator, example(operation)));
        }
    }

    private static void holdRefusals(Manual.Described operation) {
        String body = example(operation);
        if (operation.path().equals("/api/v1/dev/token")) {
            hold(
                    operation,
                    send(operation, THERE, null, body, "application/json", "https://evil.example"));
        } else if (!operation.isOpen()) {
            hold(operation, ask(operation, THERE, "no token", body));
            hold(operation, ask(operation, THERE, guest, body));
        }
        if (operation.path().contains("{room}")) {
            hold(operation, ask(operation, IMPOSSIBLE, server.operator, body));
            String nowhere = server.token(Grants.administration("x", true, true, "nowhere"));
            hold(operation, ask(operation, NOWHERE, nowhere, body));
        }
        if (body == null) {
            HttpRequest.Builder request = server.request(operation.filled(THERE) + "?zzz=1");
            request.header("Authorization", "Bearer " + server.operator)
                    .method(operation.method(), BodyPublishers.noBody());
            hold(operation, server.send(request));
            if (operation.path().equals("/api/v1/events")) {
                hold(operation, server.get("/api/v1/events?room=%00"));
            }
            return;
        }
        hold(operation, ask(operation, THERE, server.operator, "nonsense"));
        hold(operation, ask(operation, THERE, server.operator, "{\"zzz\": 1}"));
        hold(operation, ask(operation, THERE, server.operator, " ".repeat(70_000)));
        hold(operation, send(operation, THERE, server.operator, body, "text/plain", null));
    }

    private static void holdRate() throws IOException {
        try (RestServer hasty =
                new RestServer(
                        with(RestServer.limits(new Rate(1, 1), Duration.ofSeconds(5))), "devkey")) {
            hasty.get("/api/v1/rooms");
            for (Manual.Described operation : manual.operations()) {
                HttpResponse<String> response =
                        hasty.ask(operation.method(), operation.filled(THERE), example(operation));
                // A second may pass on a busy machine, and let one through.
                for (int i = 0; i < 50 && response.statusCode() != 429; i++) {
                    response =
                            hasty.ask(
                                    operation.method(),
                                    operation.filled(THERE),
                                    example(operation));
                }
                manual.hold(operation, response);
            }
        }
    }

    private static void holdTimeouts() throws IOException {
        ApiLimits limits = RestServer.limits(new Rate(100, 500), Duration.ofMillis(50));
        try (RestServer stuck = new RestServer(with(limits), "devkey")) {
            stuck.ask("POST", "/api/v1/rooms", "{\"name\": \"maths\"}");
            CountDownLatch goOn = stuck.live.hold();
            for (Manual.Described operation : manual.operations()) {
                if (operation.node().get("responses").has("504")) {
                    String body =
                            operation.name().equals("POST /api/v1/rooms")
                                    ? "{\"name\": \"maths\"}"
                                    : example(operation);
                    manual.hold(
                            operation,
                            stuck.ask(operation.method(), operation.filled(THERE), body));
                }
            }
            goOn.countDown();
        }
    }

    private static void holdSlowBodies() throws Exception {
        ApiLimits limits =
                ApiLimits.defaults()
                        .withConnections(
                                new ConnectionLimits(
                                        100,
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(60),
                                        Duration.ofMillis(50)));
        try (RestServer slow = new RestServer(with(limits), "devkey");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<Manual.Described, Future<HttpResponse<String>>> answers = new LinkedHashMap<>();
            for (Manual.Described operation : manual.operations()) {
                if (operation.node().get("responses").has("408")) {
                    answers.put(operation, threads.submit(() -> halfABody(slow, operation)));
                }
            }
            for (var answer : answers.entrySet()) {
                manual.hold(answer.getKey(), answer.getValue().get());
            }
        }
    }

    private static HttpResponse<String> halfABody(RestServer slow, Manual.Described operation)
            throws IOException {
        try (Socket socket = slow.connect();
                InputStream in = socket.getInputStream()) {
            socket.setSoTimeout(20_000);
            String head =
                    operation.method()
                            + " "
                            + operation.filled(THERE)
                            + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                            + slow.operator
                            + "\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return RawResponse.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void holdStreams() throws IOException {
        Manual.Described events =
                manual.operations().stream()
                        .filter(one -> one.path().equals("/api/v1/events"))
                        .findFirst()
                        .orElseThrow();
        // A HEAD has the header of a GET, and an end.
        HttpResponse<String> head = server.ask("HEAD", "/api/v1/events", null);
        manual.hold(events, head);
        var none = new ApiLimits.EventLimits(0, 0, 0, 0, 1, Duration.ofSeconds(1));
        try (RestServer full =
                new RestServer(with(ApiLimits.defaults().withEvents(none)), "devkey")) {
            manual.hold(events, full.get("/api/v1/events"));
        }
    }

    private static void hold(Manual.Described operation, HttpResponse<String> response) {
        manual.hold(operation, response);
    }

    private static @Nullable String example(Manual.Described operation) {
        JsonNode body = operation.body();
        return body.isMissingNode() ? null : body.get("example").toString();
    }

    private static HttpResponse<String> ask(
            Manual.Described operation,
            Map<String, String> values,
            String token,
            @Nullable String body) {
        return server.ask(operation.method(), operation.filled(values), token, body);
    }

    private static HttpResponse<String> send(
            Manual.Described operation,
            Map<String, String> values,
            @Nullable String token,
            @Nullable String body,
            String contentType,
            @Nullable String origin) {
        HttpRequest.Builder request = server.request(operation.filled(values));
        request.header("Content-Type", contentType)
                .method(operation.method(), BodyPublishers.ofString(body == null ? "" : body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (origin != null) {
            request.header("Origin", origin);
        }
        return server.send(request);
    }
}
