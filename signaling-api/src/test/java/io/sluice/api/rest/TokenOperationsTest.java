package io.sluice.api.rest;

import static io.sluice.api.rest.RestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.AccessTokens;
import io.sluice.api.Grants;
import io.sluice.api.TokenException;
import io.sluice.room.Permissions;
import io.sluice.transport.TrackSource;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenOperationsTest {
    private static final String TOKENS = "/api/v1/tokens";
    private static final String DEV_TOKEN = "/api/v1/dev/token";
    private static final String TO_MATHS = "{\"room\": \"maths\", \"identity\": \"ada\"}";

    private static RestServer server;
    private static RestServer dev;

    @BeforeAll
    static void start() throws IOException {
        server = new RestServer(RestServer.config());
        dev = new RestServer(RestServer.development(), "devkey");
    }

    @AfterAll
    static void stop() {
        server.close();
        dev.close();
    }

    private static Grants grants(RestServer of, HttpResponse<String> response)
            throws TokenException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return of.tokens.verify(json(response).getString("token"));
    }

    @Test
    void shouldMakeATokenThatOpensTheRoom() throws TokenException {
        HttpResponse<String> response = server.ask("POST", TOKENS, TO_MATHS);

        assertThat(grants(server, response)).isEqualTo(Grants.join("maths", "ada", null));
        assertThat(json(response).getString("room")).isEqualTo("maths");
        assertThat(json(response).getString("identity")).isEqualTo("ada");
    }

    @Test
    void shouldPutInWhatIsAskedFor() throws TokenException {
        HttpResponse<String> response =
                server.ask(
                        "POST",
                        TOKENS,
                        """
                        {"room": "maths", "identity": "ada", "name": "Ada", "metadata": "{}", "roomJoin": true,
                         "roomCreate": true, "roomList": true, "roomAdmin": true, "canPublish": true,
                         "canSubscribe": false, "canPublishData": false, "canPublishSources": ["screen_share"],
                         "maxBitrate": 800000, "ttlSeconds": 60}
                        """);

        assertThat(grants(server, response))
                .isEqualTo(
                        new Grants(
                                "ada",
                                "Ada",
                                "{}",
                                true,
                                true,
                                true,
                                true,
                                "maths",
                                new Permissions(
                                        true,
                                        false,
                                        false,
                                        800_000,
                                        Set.of(TrackSource.SCREEN_SHARE),
                                        false)));
        assertThat(Instant.parse(json(response).getString("expiresAt")))
                .isBetween(Instant.now().plusSeconds(30), Instant.now().plusSeconds(60));
    }

    @Test
    void shouldSignWithTheKeyOfWhoAsks() throws TokenException {
        String other = server.tokens.issue("other", RestServer.OPERATOR, Duration.ofMinutes(1));

        HttpResponse<String> response = server.ask("POST", TOKENS, other, TO_MATHS);

        AccessTokens.Bearer made = server.tokens.open(json(response).getString("token"));
        assertThat(made.apiKey()).isEqualTo("other");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|identity",
                "{\"room\": \"maths\"}|identity",
                "{\"identity\": \"ada\"}|room",
                "{\"roomJoin\": false, \"roomAdmin\": true}|room",
                "{\"room\": \"maths\", \"identity\": \"\"}|identity",
                "{\"room\": \"maths\", \"identity\": \"ada\", \"ttlSeconds\": 0}|86400",
                "{\"room\": \"maths\", \"identity\": \"ada\", \"ttlSeconds\": 86401}|86400",
                "{\"room\": \"maths\", \"identity\": \"ada\", \"canPublishSources\": [\"tv\"]}|camera",
                "{\"room\": \"maths\", \"identity\": \"ada\", \"roomjoin\": true}|\"roomjoin\"",
            })
    void shouldSayWhatIsMissing(String body, String words) {
        HttpResponse<String> response = server.ask("POST", TOKENS, body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
        assertThat(json(response).getString("detail")).contains(words);
    }

    @Test
    void shouldRefuseAnIdentityThatIsTooLong() {
        String body = "{\"room\": \"maths\", \"identity\": \"" + "x".repeat(257) + "\"}";

        assertThat(server.ask("POST", TOKENS, body).statusCode()).isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // create | list | admin of maths | body | status
                "true|false|false|{\"room\": \"chess\", \"identity\": \"a\", \"roomAdmin\": true}|200",
                "true|false|false|{\"roomJoin\": false, \"roomCreate\": true}|200",
                "true|false|false|{\"roomJoin\": false, \"roomList\": true}|403",
                "false|true|false|{\"roomJoin\": false, \"roomList\": true}|200",
                "false|true|false|{\"room\": \"maths\", \"identity\": \"a\"}|403",
                "false|false|true|{\"room\": \"maths\", \"identity\": \"a\", \"roomAdmin\": true}|200",
                "false|false|true|{\"room\": \"chess\", \"identity\": \"a\"}|403",
                "false|false|true|{\"roomJoin\": false, \"roomCreate\": true}|403",
                "false|false|true|{\"roomJoin\": false, \"roomList\": true}|403",
                "false|false|false|{\"room\": \"maths\", \"identity\": \"a\"}|403",
            })
    void shouldGiveNothingThatWhoAsksDoesNotHave(
            boolean create, boolean list, boolean admin, String body, int status) {
        String token =
                server.token(Grants.administration("x", create, list, admin ? "maths" : null));

        assertThat(server.ask("POST", TOKENS, token, body).statusCode()).isEqualTo(status);
    }

    @Test
    void shouldGiveNothingToWhoMayOnlyJoin() {
        String guest = server.token(Grants.join("maths", "eve", null));

        assertThat(server.ask("POST", TOKENS, guest, TO_MATHS).statusCode()).isEqualTo(403);
    }

    @Test
    void shouldWantATokenOutsideOfDevMode() {
        assertThat(server.ask("POST", TOKENS, null, TO_MATHS).statusCode()).isEqualTo(401);
        assertThat(server.ask("POST", DEV_TOKEN, null, TO_MATHS).statusCode()).isEqualTo(404);
    }

    @Test
    void shouldGiveAnyTokenToThisMachineInDevMode() throws TokenException {
        String body = "{\"roomJoin\": false, \"roomCreate\": true, \"roomList\": true}";

        assertThat(grants(dev, dev.ask("POST", TOKENS, null, body)).roomCreate()).isTrue();
    }

    @Test
    void shouldLookAtATokenThatIsShownInDevModeToo() {
        String guest =
                dev.tokens.issue("devkey", Grants.join("maths", "e", null), Duration.ofHours(1));

        assertThat(dev.ask("POST", TOKENS, guest, TO_MATHS).statusCode()).isEqualTo(403);
        assertThat(dev.ask("POST", TOKENS, "x", TO_MATHS).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {TOKENS, DEV_TOKEN})
    void shouldGiveNoTokenToAForeignPage(String path) {
        HttpResponse<String> response =
                dev.send(
                        dev.request(path)
                                .header("Content-Type", "application/json")
                                .header("Origin", "https://evil.example")
                                .POST(BodyPublishers.ofString(TO_MATHS)));

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.headers().firstValue("access-control-allow-origin")).isEmpty();
    }

    /** A tunnel or a proxy on this machine does not make its clients people of this machine. */
    @Test
    void shouldGiveNoTokenToTheClientsOfAProxy() {
        HttpResponse<String> response =
                dev.send(
                        dev.request(TOKENS)
                                .header("Content-Type", "application/json")
                                .header("X-Forwarded-For", "127.0.0.1, 192.0.2.1")
                                .POST(BodyPublishers.ofString(TO_MATHS)));

        assertThat(response.statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {TOKENS, DEV_TOKEN})
    void shouldNotTakeWhatAFormCanSend(String path) {
        HttpResponse<String> response =
                dev.send(
                        dev.request(path)
                                .header("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString(TO_MATHS)));

        assertThat(response.statusCode()).isEqualTo(415);
    }

    @Test
    void shouldGiveThePageItsTokenInDevMode() throws TokenException {
        HttpResponse<String> response =
                dev.ask(
                        "POST",
                        DEV_TOKEN,
                        null,
                        "{\"room\": \"maths\", \"name\": \"Ada\", \"identity\": null}");

        Grants grants = grants(dev, response);
        assertThat(grants.name()).isEqualTo("Ada");
        assertThat(grants.identity()).startsWith("guest-");
        assertThat(json(response).getString("identity")).isEqualTo(grants.identity());
        assertThat(grants.room()).isEqualTo("maths");
        assertThat(grants.roomCreate() || grants.roomList() || grants.roomAdmin()).isFalse();
    }

    @Test
    void shouldAnswerWhatBreaksByAnError() {
        dev.defect = new StackOverflowError("on purpose");
        HttpResponse<String> response = dev.ask("POST", DEV_TOKEN, null, "{\"room\": \"maths\"}");
        dev.defect = null;

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(RestServer.problem(response)).isEqualTo("internal");
    }
}
