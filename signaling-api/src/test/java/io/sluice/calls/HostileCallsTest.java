package io.sluice.calls;

import static io.sluice.calls.CallsServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.Grants;
import io.sluice.api.TokenException;
import io.sluice.calls.CallCounters.Outcome;
import io.sluice.calls.CallsServer.Seat;
import io.sluice.room.Topology;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people do with calls who mean no good. */
final class HostileCallsTest {
    private static final JsonObject NOTHING = new JsonObject();
    private static CallsServer server;

    @BeforeAll
    static void start() throws IOException {
        // Nothing becomes free again while a slow machine works.
        Duration hour = Duration.ofHours(1);
        server =
                new CallsServer(
                        new CallsConfig(
                                null, 100, Duration.ofDays(60), hour, 5, hour, 20, 10_000, hour));
    }

    @BeforeEach
    void comeFromElsewhere() {
        server.moveOn();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void shouldSlowDownAWrongPasswordAfterFiveOfThemAndNotTakeTheRightOneThen() {
        long before = server.calls.counters().joins(Outcome.WRONG_PASSWORD);
        Seat ada = server.make(new JsonObject().put("password", "geheim"));
        for (int i = 0; i < 5; i++) {
            assertRefused(
                    server.join(ada.code(), "eve", new JsonObject().put("password", "no" + i)),
                    401,
                    "password");
        }

        HttpResponse<String> slowed =
                server.join(ada.code(), "eve", new JsonObject().put("password", "geheim"));

        assertRefused(slowed, 429, "too-many-attempts");
        assertThat(Integer.parseInt(slowed.headers().firstValue("retry-after").orElseThrow()))
                .isBetween(2, 31);
        assertThat(server.calls.counters().joins(Outcome.WRONG_PASSWORD)).isEqualTo(before + 5);
    }

    @Test
    void shouldNotLetCodesBeGuessed() {
        Seat ada = server.make(NOTHING);
        Random random = new Random(7);
        int missed = 0;
        HttpResponse<String> answer;
        do {
            answer = server.ask("GET", "/" + CallCodes.next(random), null, null);
            missed++;
        } while (answer.statusCode() == 404 && missed < 100);

        assertRefused(answer, 429, "too-many-codes");
        assertThat(missed).isEqualTo(21);
        // Not even a right one tells that it is.
        assertRefused(server.ask("GET", "/" + ada.code(), null, null), 429, "too-many-codes");
    }

    /** A proxy that ends TLS is on the same machine mostly: its clients must not pay for each other. */
    @Test
    void shouldCountTheClientsOfAProxyEachByItself() {
        Seat ada = server.make(NOTHING);
        for (int i = 0; i < 25; i++) {
            server.send(
                    behindProxy(
                            "/zzzz-zzz" + "abcdefghjkmnpqrstuvwxyzabc".charAt(i),
                            "198.51.100.7, 192.0.2.1"));
        }

        assertRefused(
                server.send(behindProxy("/" + ada.code(), "192.0.2.9, 192.0.2.1")),
                429,
                "too-many-codes");
        assertThat(server.send(behindProxy("/" + ada.code(), "192.0.2.1, 192.0.2.2")).statusCode())
                .isEqualTo(200);
        assertThat(server.send(behindProxy("/" + ada.code(), "nonsense")).statusCode())
                .isEqualTo(200);
    }

    private HttpRequest behindProxy(String path, String forwardedFor) {
        return server.open(path).header("X-Forwarded-For", forwardedFor).build();
    }

    @Test
    void shouldNotTakeATokenThatTheCallDidNotGive() {
        Seat ada = server.make(new JsonObject().put("password", "geheim"));
        String room = "sluice-call-" + ada.code();

        // In dev mode everybody has this key.
        String forged =
                server.tokens.issue("devkey", Grants.join(room, "eve", "Eve"), Duration.ofHours(1));
        assertThatThrownBy(() -> server.gate.admit(forged)).isInstanceOf(TokenException.class);
        String asAda =
                server.tokens.issue(
                        "devkey", Grants.join(room, ada.identity(), "Ada"), Duration.ofHours(1));
        assertThatThrownBy(() -> server.gate.admit(asAda)).isInstanceOf(TokenException.class);
        // A host may give tokens for its room by the REST API, but nobody has come in by that.
        String given =
                server.tokens.issue(
                        CallReview.API_KEY, Grants.join(room, "eve", "Eve"), Duration.ofHours(1));
        assertThatThrownBy(() -> server.gate.admit(given)).isInstanceOf(TokenException.class);
        String elsewhere =
                server.tokens.issue(
                        CallReview.API_KEY,
                        Grants.administration("eve", true, true, null),
                        Duration.ofHours(1));
        assertThatThrownBy(() -> server.tokens.verify(elsewhere))
                .isInstanceOf(TokenException.class);
    }

    /** With it a host could go on as the next one, after it has handed the call on. */
    @Test
    void shouldNotMakeTokensForOthersWithTheHostsToken() {
        Seat ada = server.make(NOTHING);
        Seat bob = server.joined(ada.code(), "bob");
        String room = "sluice-call-" + ada.code();

        assertRefused(
                server.rest(
                        "POST",
                        "/tokens",
                        ada.token(),
                        new JsonObject()
                                .put("room", room)
                                .put("identity", bob.identity())
                                .encode()),
                403,
                "token-not-granted");
        // A guest's token changes no room either.
        assertThat(
                        server.rest("PATCH", "/rooms/" + room, bob.token(), "{\"metadata\": \"x\"}")
                                .statusCode())
                .isEqualTo(403);
    }

    @Test
    void shouldNotLetGuestsModerate() {
        Seat ada = server.make(new JsonObject().put("lobby", false));
        Seat eve = server.joined(ada.code(), "eve");
        String call = "/" + ada.code();
        String ofAda = call + "/participants/" + ada.identity();

        assertRefused(server.ask("DELETE", call, eve.token(), null), 403, "not-host");
        assertRefused(
                server.ask("PATCH", call, eve.token(), "{\"locked\": true}"), 403, "not-host");
        assertRefused(server.ask("GET", call + "/lobby", eve.token(), null), 403, "not-host");
        for (String what : List.of("mute", "remove", "block")) {
            assertRefused(
                    server.ask("POST", ofAda + "/" + what, eve.token(), "{}"), 403, "not-host");
        }
        assertRefused(
                server.ask("POST", ofAda + "/role", eve.token(), "{\"role\": \"viewer\"}"),
                403,
                "not-host");
        // A host of another call is nobody here.
        Seat other = server.make(NOTHING);
        assertRefused(server.ask("DELETE", call, other.token(), null), 403, "not-host");
        assertRefused(server.ask("DELETE", call, null, null), 401, "token-missing");
    }

    @Test
    void shouldNotLetAHostLoseItsCallByAccident() {
        Seat ada = server.make(NOTHING);
        String own = "/" + ada.code() + "/participants/" + ada.identity();

        assertRefused(server.ask("POST", own + "/remove", ada.token(), "{}"), 409, "own-identity");
        assertRefused(
                server.ask("POST", own + "/role", ada.token(), "{\"role\": \"viewer\"}"),
                409,
                "own-identity");
    }

    @Test
    void shouldNotAnswerOtherPeoplesTickets() {
        Seat ada = server.make(new JsonObject().put("lobby", true));
        Seat other = server.make(new JsonObject().put("lobby", true));
        String ticket =
                new JsonObject(server.join(ada.code(), "bob", NOTHING).body()).getString("ticket");

        assertRefused(
                server.ask("GET", "/" + other.code() + "/lobby/" + ticket, null, null),
                404,
                "ticket-not-found");
        // The host's id of a guest is no ticket, and a ticket no id.
        String lobby = "/" + ada.code() + "/lobby";
        String id =
                new JsonObject(server.ask("GET", lobby, ada.token(), null).body())
                        .getJsonArray("waiting")
                        .getJsonObject(0)
                        .getString("id");
        assertRefused(server.ask("GET", lobby + "/" + id, null, null), 404, "ticket-not-found");
        assertRefused(
                server.ask("POST", lobby + "/" + ticket, ada.token(), "{\"admit\": true}"),
                404,
                "guest-not-found");
        // Nobody admits itself.
        assertRefused(
                server.ask("POST", lobby + "/" + id, null, "{\"admit\": true}"),
                401,
                "token-missing");
    }

    @Test
    void shouldGiveOnePersonOnePlaceInTheLobby() {
        int before = server.calls.waiting();
        Seat ada = server.make(new JsonObject().put("lobby", true));
        for (int i = 0; i < 5; i++) {
            server.join(ada.code(), "bob", NOTHING);
        }
        assertThat(server.calls.waiting()).isEqualTo(before + 1);
    }

    @Test
    void shouldLetNoMoreWaitThanAHostReadsAndForgetWhoAsksNoMore() {
        Lobbies lobbies = new Lobbies(new Random(7));
        for (int i = 0; i < Lobbies.MAX_WAITING; i++) {
            assertThat(lobbies.enter("abcd-efgh", "guest" + i, "G", 0, 0)).isPresent();
        }

        assertThat(lobbies.enter("abcd-efgh", "late", "L", 0, 0)).isEmpty();
        assertThat(lobbies.enter("jkmn-pqrs", "other", "O", 0, 0)).isPresent();
        long laterNanos = Duration.ofSeconds(41).toNanos();
        assertThat(lobbies.waiting("abcd-efgh", laterNanos).guests()).isEmpty();
        assertThat(lobbies.size()).isZero();
    }

    @Test
    void shouldNotLetARemovedGuestBackInByItsTicket() {
        Seat ada = server.make(new JsonObject().put("lobby", true));
        String lobby = "/" + ada.code() + "/lobby";
        String ticket =
                new JsonObject(server.join(ada.code(), "eve", NOTHING).body()).getString("ticket");
        String id =
                new JsonObject(server.ask("GET", lobby, ada.token(), null).body())
                        .getJsonArray("waiting")
                        .getJsonObject(0)
                        .getString("id");
        server.ask("POST", lobby + "/" + id, ada.token(), "{\"admit\": true}");
        JsonObject in = new JsonObject(server.ask("GET", lobby + "/" + ticket, null, null).body());
        String eve = in.getJsonObject("join").getString("identity");

        server.ask(
                "POST", "/" + ada.code() + "/participants/" + eve + "/remove", ada.token(), "{}");

        assertRefused(server.ask("GET", lobby + "/" + ticket, null, null), 404, "ticket-not-found");
        assertThat(server.join(ada.code(), "eve", NOTHING).statusCode()).isEqualTo(202);
    }

    @Test
    void shouldBoundTheCallsOfOneAddress() {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            statuses.add(
                    server.post(
                                    "",
                                    new JsonObject()
                                            .put("name", "Eve")
                                            .put("device", CallsServer.device("eve"))
                                            .encode())
                            .statusCode());
        }

        assertThat(statuses).containsExactly(201, 201, 201, 201, 201, 429);
    }

    @Test
    void shouldTakeNoHugeNames() {
        Seat ada = server.make(NOTHING);
        String path = "/" + ada.code() + "/join";

        assertThat(server.join(ada.code(), "x".repeat(1_000_000), NOTHING).statusCode())
                .isEqualTo(413);
        JsonObject body =
                new JsonObject()
                        .put("name", "x".repeat(10_000))
                        .put("device", CallsServer.device("eve"));
        assertRefused(server.post(path, body.encode()), 422, "invalid-field");
        HttpResponse<String> cut = server.post(path, body.put("name", "x".repeat(500)).encode());
        assertThat(server.calls.settings("sluice-call-" + ada.code())).isPresent();
        assertThat(cut.statusCode()).isEqualTo(200);
    }

    @Test
    void shouldCleanNamesOfWhatIsNotSeen() throws Exception {
        Seat ada = server.make(NOTHING);
        String name = "\u202EEve\u0000\u0007\n\u2066 <b>\uFEFF";

        HttpResponse<String> answer =
                server.post(
                        "/" + ada.code() + "/join",
                        new JsonObject()
                                .put("name", name)
                                .put("device", CallsServer.device("eve"))
                                .encode());

        String token = new JsonObject(answer.body()).getString("token");
        assertThat(server.gate.admit(token).grants().name()).isEqualTo("Eve <b>");
        assertRefused(
                server.post(
                        "/" + ada.code() + "/join",
                        new JsonObject()
                                .put("name", "\u202E\n")
                                .put("device", CallsServer.device("eve"))
                                .encode()),
                422,
                "invalid-field");
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "with space 0123456789", "../../0123456789abcdef", ""})
    void shouldTakeNoOtherKeysOfDevices(String device) {
        Seat ada = server.make(NOTHING);

        assertRefused(
                server.post(
                        "/" + ada.code() + "/join",
                        new JsonObject().put("name", "Eve").put("device", device).encode()),
                422,
                "invalid-field");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abcd", "abcd-efgh-jkmn", "..", "%00", "%2e%2e%2f", "abcd-ef1l"})
    void shouldFindNothingUnderWhatIsNoCode(String code) {
        assertThat(server.ask("GET", "/" + code, null, null).statusCode()).isIn(400, 404);
    }

    @Test
    void shouldNotServeOtherPagesNorFormsOfThem() {
        String body =
                new JsonObject()
                        .put("name", "Eve")
                        .put("device", CallsServer.device("eve"))
                        .encode();
        HttpRequest foreign =
                server.open("")
                        .header("Content-Type", "application/json")
                        .header("Origin", "https://evil.example")
                        .POST(BodyPublishers.ofString(body))
                        .build();
        HttpRequest form =
                server.open("")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString(body))
                        .build();

        HttpResponse<String> answer = server.send(foreign);
        assertRefused(answer, 403, "origin-not-allowed");
        assertThat(answer.headers().firstValue("access-control-allow-origin")).isEmpty();
        assertRefused(server.send(form), 415, "unsupported-media-type");
    }

    @Test
    void shouldForgetTheFirstGuestsRatherThanGrow() {
        CallRecord call =
                new CallRecord(
                        "abcd-efgh",
                        new CallSettings(
                                "", null, false, false, false, false, Topology.SFU, 10, false),
                        null,
                        0,
                        Map.of("host", new Member(Role.HOST, Standing.ADMITTED, "h")));
        call = call.with("eve", new Member(Role.SPEAKER, Standing.BLOCKED, "e"), 0);
        for (int i = 0; i < 2 * CallRecord.MAX_MEMBERS; i++) {
            call = call.with("guest" + i, new Member(Role.SPEAKER, Standing.ADMITTED, "g"), 0);
        }

        assertThat(call.members()).hasSize(CallRecord.MAX_MEMBERS);
        assertThat(call.isHost("host")).isTrue();
        assertThat(call.isBlocked("eve")).isTrue();
        assertThat(call.isAdmitted("guest" + (2 * CallRecord.MAX_MEMBERS - 1))).isTrue();
    }
}
