package io.sluice.api.rest;

import static io.sluice.api.rest.RestServer.json;
import static io.sluice.api.rest.RestServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import io.sluice.api.Grants;
import io.sluice.api.Rate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that mean harm get a clear answer, and the next request a right one. */
final class HostileRequestsTest {
    private static final String ROOMS = "/api/v1/rooms";

    private static RestServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new RestServer(RestServer.config());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void serverIsWell() {
        assertThat(server.get(ROOMS).statusCode()).isEqualTo(200);
        assertThat(server.live.rooms.all()).isEmpty();
    }

    // ---- bodies

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nonsense",
                "{",
                "{\"name\"",
                "{\"name\": }",
                "{'name': 'a'}",
                "{\"name\": \"a\",}",
                "{\"name\": NaN}",
                "\"name\"",
                "7",
                "<xml/>",
                "\uFEFF\uFEFF{}"
            })
    void shouldRefuseWhatIsNotJson(String body) {
        HttpResponse<String> response = server.ask("POST", ROOMS, body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(problem(response)).isEqualTo("malformed-body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void shouldRefuseDepth(String level) {
        // A hundred thousand levels are more than a body may have; these are as many as fit.
        String deep = level.repeat(60_000 / level.length());

        assertThat(server.ask("POST", ROOMS, deep).statusCode()).isEqualTo(400);
        assertThat(server.ask("POST", ROOMS, level.repeat(100_000)).statusCode()).isEqualTo(413);
        assertThat(server.ask("POST", ROOMS, "{\"name\": " + deep).statusCode()).isEqualTo(400);
    }

    @Test
    void shouldRefuseTextThatIsNotUtf8() {
        byte[] body = "{\"name\": \"aXX\"}".getBytes(StandardCharsets.US_ASCII);
        body[11] = (byte) 0xC3;
        body[12] = (byte) 0x28;

        HttpResponse<String> response =
                server.send(
                        server.request(ROOMS)
                                .header("Authorization", "Bearer " + server.operator)
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofByteArray(body)));

        assertThat(response.statusCode()).isEqualTo(400);
    }

    @Test
    void shouldRefuseALoneSurrogate() {
        assertThat(server.ask("POST", ROOMS, "{\"name\": \"\\ud800\"}").statusCode())
                .isEqualTo(400);
    }

    @Test
    void shouldRefuseALongNumberAtOnce() {
        String body = "{\"name\": \"a\", \"maxParticipants\": " + "9".repeat(60_000) + "}";

        assertThat(server.ask("POST", ROOMS, body).statusCode()).isEqualTo(400);
    }

    @Test
    void shouldRefuseAHundredMegabytesBeforeTheyCome() throws IOException {
        String head = post("Content-Length: 104857600");
        long sent = 0;
        String answer;
        try (Socket socket = server.connect()) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            answer = readHead(socket.getInputStream());
            sent = sendUntilClosed(out, 100 * 1024 * 1024);
        }

        assertThat(answer).startsWith("HTTP/1.1 413 ");
        assertThat(sent).as("bytes until the connection was closed").isLessThan(100 * 1024 * 1024);
    }

    @Test
    void shouldRefuseAHundredMegabytesThatItWasNotToldOf() throws IOException {
        String head = post("Transfer-Encoding: chunked");
        try (Socket socket = server.connect()) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
            for (int i = 0; i < 8; i++) {
                out.write(chunk.getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(readHead(socket.getInputStream())).startsWith("HTTP/1.1 413 ");
        }
    }

    private static String post(String length) {
        return "POST "
                + ROOMS
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                + server.operator
                + "\r\n"
                + length
                + "\r\n\r\n";
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new AssertionError("no whole answer: \"" + head + "\"");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static long sendUntilClosed(OutputStream out, long mostBytes) {
        byte[] part = new byte[64 * 1024];
        Arrays.fill(part, (byte) ' ');
        long sent = 0;
        try {
            // At most 20 MB a second, so that the end of the server's patience comes before ours.
            while (sent < mostBytes) {
                out.write(part);
                sent += part.length;
                await().pollDelay(Duration.ofMillis(3)).until(() -> true);
            }
        } catch (SocketException closed) {
            return sent;
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
        return sent;
    }

    // ---- tokens

    private static void assertUnauthorized(String token) {
        HttpResponse<String> response = server.ask("GET", ROOMS, token, null);

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("www-authenticate").orElse(""))
                .startsWith("Bearer ")
                .contains("invalid_token");
        assertThat(response.body()).doesNotContain(token);
    }

    private static JWTCreator.Builder operatorToken() {
        return JWT.create()
                .withIssuer("key")
                .withSubject("ops")
                .withExpiresAt(Instant.now().plusSeconds(600))
                .withClaim("video", Map.of("roomList", true, "roomCreate", true));
    }

    @Test
    void shouldRefuseTokensThatAreNotOurs() {
        Algorithm secret = Algorithm.HMAC256(RestServer.STRONG);
        assertThat(server.ask("GET", ROOMS, operatorToken().sign(secret), null).statusCode())
                .isEqualTo(200);

        assertUnauthorized(operatorToken().sign(Algorithm.none()));
        assertUnauthorized(operatorToken().sign(Algorithm.HMAC512(RestServer.STRONG)));
        assertUnauthorized(operatorToken().sign(Algorithm.HMAC256(RestServer.STRONG + "2")));
        assertUnauthorized(operatorToken().withIssuer("other").sign(secret));
        assertUnauthorized(operatorToken().withIssuer("nobody").sign(secret));
        assertUnauthorized(
                operatorToken().withExpiresAt(Instant.now().minusSeconds(120)).sign(secret));
        assertUnauthorized(
                operatorToken().withNotBefore(Instant.now().plusSeconds(120)).sign(secret));
        assertUnauthorized(
                operatorToken().withClaim("video", Map.of("roomList", "yes")).sign(secret));
        assertUnauthorized("x".repeat(20_000));
        assertUnauthorized("a.b.c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Basic a2V5OnNlY3JldA==", "Digest x"})
    void shouldAskForAToken(String authorization) {
        HttpResponse<String> response =
                server.send(server.request(ROOMS).header("Authorization", authorization));

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(problem(response)).isEqualTo("token-missing");
    }

    @Test
    void shouldSayThatThereIsNoToken() {
        HttpResponse<String> response = server.ask("GET", ROOMS, null, null);

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("www-authenticate"))
                .contains("Bearer realm=\"sluice\"");
    }

    @Test
    void shouldTakeATokenInTheQueryForEventsOnly() {
        String query = "?access_token=" + server.operator;

        assertThat(server.ask("GET", ROOMS + query, null, null).statusCode()).isEqualTo(401);
        assertThat(server.ask("HEAD", "/api/v1/events" + query, null, null).statusCode())
                .isEqualTo(200);
        HttpResponse<String> misspelt =
                server.ask("GET", ROOMS + "?token=" + server.operator, null);
        assertThat(misspelt.statusCode()).isEqualTo(422);
        assertThat(misspelt.body()).doesNotContain(server.operator);
    }

    @Test
    void shouldKeepTheAdministratorOfOneRoomOutOfAnother() {
        String admin = server.token(Grants.administration("a", false, false, "chess"));

        for (String path : List.of("/maths", "/maths/participants", "/chess%2f..%2fmaths")) {
            HttpResponse<String> response = server.ask("GET", ROOMS + path, admin, null);

            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(response.headers().firstValue("www-authenticate").orElse(""))
                    .contains("insufficient_scope");
        }
        assertThat(server.ask("GET", ROOMS + "/chess/../maths", admin, null).statusCode())
                .isEqualTo(403);
    }

    // ---- paths and methods

    @ParameterizedTest
    @CsvSource({
        "/%2e%2e, 404",
        "/%2e%2e%2fetc%2fpasswd, 404",
        "/..%2f..%2fetc, 404",
        "/%00, 400",
        "/a%0d%0ab, 400",
        "/%7f, 400",
        "/%ff%fe, 400",
        "/%c0%af, 400",
        "/%ed%a0%80, 400",
        "/%zz, 400",
        "/%, 400",
        "//participants, 404",
        "/a;b, 404",
        "/a/b/c/d/e, 404",
        "/%2e/participants, 404",
    })
    void shouldFindNothingByATrick(String path, int status) throws IOException {
        String answer =
                server.raw(
                        "GET "
                                + ROOMS
                                + path
                                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                                + server.operator
                                + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertThat(answer).contains("application/problem+json");
    }

    @Test
    void shouldRefuseAVeryLongName() {
        HttpResponse<String> response = server.get(ROOMS + "/" + "x".repeat(50_000));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).getString("detail")).contains("128").hasSizeLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "CONNECT", "BREW", "get", "PROPFIND"})
    void shouldKnowNoOtherMethods(String method) throws IOException {
        String answer =
                server.raw(
                        method
                                + " "
                                + ROOMS
                                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                                + server.operator
                                + "\r\n\r\n");

        assertThat(answer).containsPattern("^HTTP/1.1 40[05] ");
    }

    @Test
    void shouldNotBeToldOfAnotherMethod() {
        HttpResponse<String> response =
                server.send(
                        server.request(ROOMS + "/maths")
                                .header("Authorization", "Bearer " + server.operator)
                                .header("X-HTTP-Method-Override", "DELETE"));

        assertThat(response.statusCode()).isEqualTo(404);
    }

    @Test
    void shouldLetPagesOfForeignOriginsReadNothing() {
        HttpResponse<String> foreign =
                server.send(
                        server.request(ROOMS)
                                .header("Origin", "https://evil.example")
                                .method("OPTIONS", BodyPublishers.noBody()));
        HttpResponse<String> own =
                server.send(
                        server.request(ROOMS)
                                .header("Origin", "http://127.0.0.1:" + server.port())
                                .method("OPTIONS", BodyPublishers.noBody()));

        assertThat(foreign.headers().firstValue("access-control-allow-origin")).isEmpty();
        assertThat(own.headers().firstValue("access-control-allow-origin")).isPresent();
        assertThat(own.headers().firstValue("access-control-allow-headers").orElse(""))
                .contains("authorization");
    }

    // ---- rates

    @Test
    void shouldSlowDownWhoAsksTooOften() throws IOException {
        var config = RestServer.config();
        try (RestServer slow =
                new RestServer(
                        config.withLimits(
                                RestServer.limits(new Rate(1, 5), Duration.ofSeconds(5))))) {
            HttpResponse<String> last = slow.get(ROOMS);
            for (int i = 0; i < 50 && last.statusCode() == 200; i++) {
                last = slow.get(ROOMS);
            }

            assertThat(last.statusCode()).isEqualTo(429);
            assertThat(last.headers().firstValue("retry-after")).contains("1");
            assertThat(slow.api.refusedForRate()).isPositive();
            HttpResponse<String> proxied =
                    slow.send(
                            slow.request(ROOMS)
                                    .header("Authorization", "Bearer " + slow.operator)
                                    .header("X-Forwarded-For", "192.0.2.1"));
            assertThat(proxied.statusCode()).isEqualTo(200);
        }
    }
}
