package io.sluice.calls;

import static io.sluice.calls.CallsServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ringing over HTTP, as the conference page does it. */
final class DialTest {
    private static CallsServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new CallsServer(CallsConfig.defaults());
    }

    @BeforeEach
    void comeFromElsewhere() {
        server.moveOn();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String number(String name) {
        return DialNumbers.of(CallsServer.device(name));
    }

    private static JsonObject body(String name) {
        return new JsonObject().put("device", CallsServer.device(name)).put("name", name);
    }

    private static HttpResponse<String> dial(String method, String path, JsonObject body) {
        return server.rest(method, "/dial" + path, null, body.isEmpty() ? null : body.encode());
    }

    private static JsonObject here(String name) {
        HttpResponse<String> answer = dial("POST", "/here", body(name));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body());
    }

    private static HttpResponse<String> ring(String from, String to) {
        return dial("POST", "/rings", body(from).put("to", number(to)));
    }

    private static HttpResponse<String> answer(String name, String ring, boolean accept) {
        return dial(
                "POST",
                "/rings/" + ring + "/answer",
                new JsonObject().put("device", CallsServer.device(name)).put("accept", accept));
    }

    private static JsonObject show(String ring) {
        return new JsonObject(dial("GET", "/rings/" + ring, new JsonObject()).body());
    }

    @Test
    void shouldRingAndBringBothIntoOneCall() throws Exception {
        JsonObject before = here("bob");
        assertThat(before.getString("number")).isEqualTo(number("bob"));
        CompletableFuture<HttpResponse<String>> waits =
                server.restLater(
                        "/dial/here?wait=20&after=" + before.getLong("version"), body("bob"));
        JsonObject ring = new JsonObject(ring("ada", "bob").body());
        assertThat(ring.getString("state")).isEqualTo("ringing");

        JsonObject news = new JsonObject(waits.get(15, TimeUnit.SECONDS).body());
        JsonObject incoming = news.getJsonArray("incoming").getJsonObject(0);
        assertThat(incoming.getString("name")).isEqualTo("ada");
        assertThat(incoming.getString("number")).isEqualTo(number("ada"));
        assertThat(news.encode()).doesNotContain(ring.getString("ring"));
        JsonObject accepted = new JsonObject(answer("bob", incoming.getString("id"), true).body());

        assertThat(show(ring.getString("ring")).getString("state")).isEqualTo("accepted");
        String code = ring.getJsonObject("call").getString("code");
        assertThat(accepted.getString("code")).isEqualTo(code);
        assertThat(ring.getJsonObject("call").getString("role")).isEqualTo("host");
        assertThat(server.joined(code, "bob").door().getString("role")).isEqualTo("speaker");
    }

    @Test
    void shouldForgetTheCallOfWhoIsNotReachedAndSayWhy() {
        assertRefused(ring("ada", "carl"), 409, "absent");
        here("carl");
        long known = server.calls.known();
        JsonObject ring = new JsonObject(ring("ada", "carl").body());
        assertRefused(ring("dora", "carl"), 409, "busy-there");
        String id = here("carl").getJsonArray("incoming").getJsonObject(0).getString("id");
        answer("carl", id, false);

        assertThat(show(ring.getString("ring")).getString("state")).isEqualTo("declined");
        assertThat(server.calls.known()).isEqualTo(known);
        assertThat(here("carl").getJsonArray("missed").getJsonObject(0).getString("name"))
                .isEqualTo("dora");
        assertRefused(answer("carl", id, true), 404, "ring-not-found");

        JsonObject again = new JsonObject(ring("ada", "carl").body());
        assertThat(
                        dial("DELETE", "/rings/" + again.getString("ring"), new JsonObject())
                                .statusCode())
                .isEqualTo(204);
        assertThat(show(again.getString("ring")).getString("state")).isEqualTo("cancelled");
        dial("POST", "/gone", new JsonObject().put("device", CallsServer.device("carl")));
        assertRefused(ring("ada", "carl"), 409, "absent");
    }

    @Test
    void shouldNotBeFlooded() {
        HttpResponse<String> answer;
        int rung = 0;
        do {
            answer = ring("eve", "nobody");
            rung++;
        } while (answer.statusCode() == 409 && rung < 50);

        assertRefused(answer, 429, "too-many-calls");
        assertThat(rung).isLessThan(30);
        assertThat(answer.headers().firstValue("retry-after")).isPresent();
    }

    @Test
    void shouldRefuseForgedKeysAndWhatIsNoNumber() {
        JsonObject body = body("eve");
        assertRefused(dial("POST", "/here", body.copy().put("device", "x")), 422, "invalid-field");
        assertRefused(
                dial("POST", "/here", body.copy().put("number", number("ada"))),
                422,
                "unknown-field");
        JsonArray many = new JsonArray();
        for (int i = 0; i < 51; i++) {
            many.add(number("n" + i));
        }
        assertRefused(
                dial("POST", "/here", body.copy().put("contacts", many)), 422, "invalid-field");
        assertRefused(
                dial("POST", "/here", body.copy().put("contacts", new JsonArray().add("'; --"))),
                422,
                "invalid-field");
        assertRefused(ring("eve", "eve"), 422, "own-number");
        assertRefused(dial("POST", "/rings", body.copy().put("to", "../..")), 422, "invalid-field");
        assertRefused(answer("eve", "nonsense", true), 404, "ring-not-found");
        assertRefused(dial("GET", "/rings/nonsense", new JsonObject()), 404, "ring-not-found");
    }
}
