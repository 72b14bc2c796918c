package io.sluice.api.rest;

import static io.sluice.api.rest.RestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Grants;
import io.sluice.api.Rate;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What two need to connect with each other, and whoever abuses that. That it arrives is seen in browsers: here nobody
 * has data channels, and what passed all checks goes to nobody.
 */
final class DirectOperationsTest {
    private static final String SDP =
            "v=0\\r\\no=- 1 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\n"
                    + "m=audio 9 UDP/TLS/RTP/SAVPF 111\\r\\nc=IN IP4 0.0.0.0\\r\\na=mid:0\\r\\n"
                    + "a=rtpmap:111 opus/48000/2\\r\\n";
    private static final String OFFER =
            "{\"to\": \"bob\", \"link\": \"l1\", \"kind\": \"offer\", \"sdp\": \"" + SDP + "\"}";

    private static RestServer server;

    @BeforeAll
    static void start() throws IOException {
        var limits = RestServer.limits(new Rate(1_000, 10_000), Duration.ofSeconds(5));
        server = new RestServer(RestServer.config().withLimits(limits));
        room("auto", "auto", "ada", "bob");
        room("three", "auto", "ada", "bob", "eve");
        room("mesh", "mesh", "ada", "bob", "eve");
        room("sfu", "sfu", "ada", "bob");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void room(String name, String topology, String... identities) {
        JsonObject body = new JsonObject().put("name", name).put("topology", topology);
        server.ask("POST", "/api/v1/rooms", body.encode());
        for (String identity : identities) {
            server.live.join(name, identity);
        }
    }

    private static HttpResponse<String> send(String room, @Nullable String token, String body) {
        return server.ask("POST", "/api/v1/rooms/" + room + "/direct", token, body);
    }

    private static String token(String room, String identity) {
        return server.token(Grants.join(room, identity, null));
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String words) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).getString("detail")).contains(words);
    }

    private static void assertPassed(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer)).isEqualTo(new JsonObject().put("receivers", 0));
    }

    @Test
    void shouldPassOnToSomebodyInTheSameRoom() {
        for (String room : List.of("auto", "mesh")) {
            assertPassed(send(room, token(room, "ada"), OFFER));
            for (String candidate : List.of("", "candidate:1 1 udp 1 192.0.2.1 9 typ host")) {
                JsonObject body = new JsonObject(OFFER.replace("offer", "candidate"));
                body.remove("sdp");
                body.put("candidate", candidate).put("mid", "0");
                HttpResponse<String> answer = send(room, token(room, "ada"), body.encode());
                assertPassed(answer);
            }
        }
    }

    @Test
    void shouldPassNothingOnWhereAllGoesThroughTheServer() {
        assertRefused(send("sfu", token("sfu", "ada"), OFFER), 409, "topology is sfu");
        assertRefused(send("three", token("three", "ada"), OFFER), 409, "more than 2");
    }

    @Test
    void shouldPassNothingOnToOrFromStrangers() {
        assertRefused(send("auto", token("auto", "eve"), OFFER), 409, "Both must be in the room");
        assertRefused(send("auto", token("auto", "bob"), OFFER), 422, "your own identity");
        String toEve = OFFER.replace("bob", "eve");
        assertRefused(send("auto", token("auto", "ada"), toEve), 409, "Both must be in the room");
        assertThat(send("auto", token("mesh", "ada"), OFFER).statusCode()).isEqualTo(403);
        assertThat(send("auto", null, OFFER).statusCode()).isEqualTo(401);
        assertThat(send("nowhere", token("nowhere", "ada"), OFFER).statusCode()).isEqualTo(404);
    }

    @Test
    void shouldPassNothingOnForWhoMayNotPublish() {
        room("quiet", "auto", "ada", "bob");
        String admin = server.token(Grants.administration("ops", true, true, "quiet"));
        HttpResponse<String> quieted =
                server.ask(
                        "PATCH",
                        "/api/v1/rooms/quiet/participants/ada",
                        admin,
                        "{\"canPublish\": false}");
        assertThat(quieted.statusCode()).as(quieted.body()).isEqualTo(200);

        assertRefused(send("quiet", token("quiet", "ada"), OFFER), 403, "may not publish");
        String toAda = OFFER.replace("bob", "ada");
        assertRefused(send("quiet", token("quiet", "bob"), toAda), 403, "may not publish");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"kind\": \"chat\"|offer, answer or candidate",
                "\"kind\": \"offer\"|\"sdp\" is missing",
                "\"kind\": \"offer\", \"sdp\": \"hello\"|no session description",
                "\"kind\": \"answer\", \"sdp\": \"v=0\"|no session description",
                "\"kind\": \"answer\", \"sdp\": \"v=0\", \"mid\": \"0\"|does not belong",
                "\"kind\": \"candidate\"|\"candidate\" is missing",
                "\"kind\": \"candidate\", \"candidate\": \"hello\"|\"candidate\" is not one",
                "\"kind\": \"candidate\", \"candidate\": \"candidate:\\u00e4\"|is not one",
                "\"kind\": \"candidate\", \"candidate\": \"\", \"mid\": \"a b\"|\"mid\" is not one",
                "\"kind\": \"candidate\", \"candidate\": \"\", \"sdp\": \"\"|does not belong",
                "\"kind\": \"candidate\", \"candidate\": \"\", \"text\": \"hello\"|\"text\"",
            })
    void shouldPassOnNothingElse(String fields, String words) {
        String body = "{\"to\": \"bob\", \"link\": \"l1\", " + fields + "}";
        assertRefused(send("auto", token("auto", "ada"), body), 422, words);
    }

    @Test
    void shouldPassNothingLargeOn() {
        String ada = token("auto", "ada");
        String long1 = OFFER.replace("a=mid:0", "a=mid:0\\r\\na=x:" + "y".repeat(33_000));
        assertRefused(send("auto", ada, long1), 422, "may have 32768");
        assertRefused(send("auto", ada, OFFER.replace("l1", "l".repeat(65))), 422, "link");
        JsonObject body = new JsonObject(OFFER.replace("offer", "candidate"));
        body.remove("sdp");
        body.put("candidate", "candidate:" + "1".repeat(1_100));
        assertRefused(send("auto", ada, body.encode()), 422, "may have 1024");
    }

    @Test
    void shouldSlowDownWhoSendsAFlood() throws IOException {
        var limits = RestServer.limits(new Rate(10_000, 100_000), Duration.ofSeconds(5));
        try (RestServer flooded = new RestServer(RestServer.config().withLimits(limits))) {
            String ada = flooded.token(Grants.join("auto", "ada", null));
            HttpResponse<String> answer;
            int passed = 0;
            do {
                answer = flooded.ask("POST", "/api/v1/rooms/auto/direct", ada, OFFER);
                passed++;
            } while (answer.statusCode() == 404 && passed < 2_000);
            assertThat(passed).isGreaterThan(400);
            assertRefused(answer, 429, "offers and candidates");
            assertThat(answer.headers().firstValue("retry-after")).contains("1");
        }
    }
}
