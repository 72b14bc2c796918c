package io.sluice.calls;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.api.rest.Manual;
import io.sluice.calls.CallsServer.Seat;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The API's manual says of calls what the server does. */
final class CallsManualTest {
    private static CallsServer server;
    private static Manual manual;

    @BeforeAll
    static void start() throws Exception {
        server = new CallsServer(CallsConfig.defaults());
        manual = Manual.ofCalls(server.rest("GET", "/openapi.yaml", null, null).body());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Map<String, String> values(Seat host, Seat other) {
        Map<String, String> values = new HashMap<>();
        values.put("code", host.code());
        values.put("identity", other.identity());
        values.put("guest", "nobody");
        values.put("ring", "none");
        return values;
    }

    private static HttpResponse<String> ask(
            Manual.Described operation, Map<String, String> values, Seat host, String body) {
        String path = operation.filled(values).substring("/api/v1".length());
        String token = operation.isOpen() ? null : host.token();
        boolean hasBody = !operation.body().isMissingNode();
        return server.rest(operation.method(), path, token, hasBody ? body : null);
    }

    @Test
    void shouldHaveEveryRouteOfCallsAndNoOther() {
        Set<String> served =
                server.calls.operations(server.tokens, server.live.rooms, 100).stream()
                        .map(one -> one.method() + " " + one.path())
                        .collect(Collectors.toCollection(TreeSet::new));

        Set<String> described =
                manual.operations().stream()
                        .map(Manual.Described::name)
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(described).isEqualTo(served);
    }

    @Test
    void shouldNameTheFieldsOfEveryBody() {
        for (Manual.Described operation : manual.operations()) {
            JsonNode example = operation.body().path("example");
            if (example.isMissingNode()) {
                continue;
            }
            server.moveOn();
            Seat ada = server.make(new JsonObject());
            Seat bob = server.joined(ada.code(), "bob");
            manual.holdSchema(
                    operation.pointer() + "/requestBody/content/application~1json/schema",
                    example.toString(),
                    operation.name());
            HttpResponse<String> refused =
                    ask(operation, values(ada, bob), ada, Manual.withField(example, "zzz"));
            manual.hold(operation, refused);
            String detail = new JsonObject(refused.body()).getString("detail");
            assertThat(detail).as(operation.name()).contains("\"zzz\"");
            if (!manual.fields(operation).isEmpty()) {
                String fields = detail.replaceAll(".*the fields are (.*)\\.", "$1");
                assertThat(new TreeSet<>(Arrays.asList(fields.split(", "))))
                        .as(operation.name())
                        .isEqualTo(manual.fields(operation));
            }
        }
    }

    @Test
    void shouldDeclareWhatIsAnswered() {
        for (Manual.Described operation : manual.operations()) {
            server.moveOn();
            boolean isLobby =
                    operation.path().contains("/lobby") || operation.path().endsWith("/join");
            Seat ada = server.make(new JsonObject());
            Seat bob = server.joined(ada.code(), "bob");
            server.ask("PATCH", "/" + ada.code(), ada.token(), "{\"lobby\": " + isLobby + "}");
            Map<String, String> values = values(ada, bob);
            if (isLobby) {
                knock(ada, operation, values);
            }
            String body = operation.body().path("example").toString();
            if (operation.path().contains("/rings")) {
                body = ring(operation, values, body);
            }
            HttpResponse<String> answer = ask(operation, values, ada, body);
            assertThat(answer.statusCode()).as(operation.name()).isBetween(200, 299);
            manual.hold(operation, answer);
            values.replace("code", "zzzz-zzzz");
            values.replace("ring", "none");
            manual.hold(operation, ask(operation, values, ada, "nonsense"));
        }
    }

    /** Somebody waits to come in. */
    private static void knock(Seat ada, Manual.Described operation, Map<String, String> values) {
        String ticket =
                new JsonObject(server.join(ada.code(), "eve", new JsonObject()).body())
                        .getString("ticket");
        JsonObject lobby =
                new JsonObject(
                        server.ask("GET", "/" + ada.code() + "/lobby", ada.token(), null).body());
        String id = lobby.getJsonArray("waiting").getJsonObject(0).getString("id");
        values.put("guest", operation.method().equals("POST") ? id : ticket);
    }

    /** It rings at Bob's, from Ada's; returns the body for an operation about that. */
    private static String ring(
            Manual.Described operation, Map<String, String> values, String body) {
        // Another one each time: whoever is rung is busy.
        String device = CallsServer.device("bob" + operation.node().get("operationId").asText());
        String bob = new JsonObject().put("name", "Bob").put("device", device).encode();
        server.rest("POST", "/dial/here", null, bob);
        JsonObject ask =
                new JsonObject()
                        .put("name", "Ada")
                        .put("device", CallsServer.device("ada"))
                        .put("to", DialNumbers.of(device));
        if (operation.path().endsWith("/rings")) {
            return ask.encode();
        }
        JsonObject ring =
                new JsonObject(server.rest("POST", "/dial/rings", null, ask.encode()).body());
        values.put("ring", ring.getString("ring"));
        if (operation.path().endsWith("/answer")) {
            JsonObject news = new JsonObject(server.rest("POST", "/dial/here", null, bob).body());
            values.put("ring", news.getJsonArray("incoming").getJsonObject(0).getString("id"));
            return new JsonObject().put("device", device).put("accept", true).encode();
        }
        return body;
    }
}
