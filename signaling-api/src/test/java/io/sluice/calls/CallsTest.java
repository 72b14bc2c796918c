package io.sluice.calls;

import static io.sluice.calls.CallsServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.Grants;
import io.sluice.api.TokenException;
import io.sluice.api.rest.LiveRooms;
import io.sluice.calls.CallsServer.Seat;
import io.sluice.room.LeaveReason;
import io.sluice.room.RoomEvent;
import io.sluice.room.Topology;
import io.sluice.transport.TrackSource;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls by code as the conference page asks for them. */
final class CallsTest {
    private static final JsonObject NOTHING = new JsonObject();
    private static CallsServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new CallsServer(CallsConfig.defaults());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Grants grants(Seat seat) throws TokenException {
        return server.gate.admit(seat.token()).grants();
    }

    private static JsonObject show(String code) {
        return new JsonObject(server.ask("GET", "/" + code, null, null).body());
    }

    private static List<String> blocked(Seat host) {
        String path = "/" + host.code() + "/blocked";
        JsonObject answer = new JsonObject(server.ask("GET", path, host.token(), null).body());
        return answer.getJsonArray("blocked").stream()
                .map(JsonObject.class::cast)
                .map(one -> one.getString("identity"))
                .toList();
    }

    private static HttpResponse<String> moderate(
            Seat host, Seat other, String what, JsonObject body) {
        return server.ask(
                "POST",
                "/" + host.code() + "/participants/" + other.identity() + "/" + what,
                host.token(),
                body.encode());
    }

    @Test
    void shouldMakeACallWhoseMakerIsHostAndLetOthersInByItsCode() throws Exception {
        Seat ada = server.make(new JsonObject().put("title", "  Tea \n time "));
        assertThat(ada.code()).matches("[a-z]{4}-[a-z]{4}");
        assertThat(ada.door().getString("title")).isEqualTo("Tea time");
        assertThat(ada.door().getString("url")).startsWith("ws://127.0.0.1:");
        assertThat(grants(ada).isAdminOf("sluice-call-" + ada.code())).isTrue();

        String typed = ada.code().replace("-", " ").toUpperCase(Locale.ROOT);
        Seat bob = server.joined(typed.replace(" ", "%20"), "bob");

        assertThat(bob.door().getString("role")).isEqualTo("speaker");
        assertThat(grants(bob).roomAdmin()).isFalse();
        assertThat(grants(bob).permissions().canPublish()).isTrue();
        assertThat(grants(bob).attributes()).containsEntry("sluice.role", "speaker");
        LiveRooms.Guest guest = server.enter(bob);
        assertThat(guest.joined().room().settings().metadata())
                .contains(ada.code())
                .contains("Tea time");
        assertThat(show(ada.code()).getInteger("participants")).isEqualTo(1);
    }

    @Test
    void shouldGiveADeviceTheSameSeatAgainAndTellNobodyItsKey() {
        Seat ada = server.make(NOTHING);
        Seat bob = server.joined(ada.code(), "bob");

        assertThat(server.joined(ada.code(), "bob").identity()).isEqualTo(bob.identity());
        assertThat(bob.identity()).doesNotContain("bob");
        Seat elsewhere = server.joined(server.make(NOTHING).code(), "bob");
        assertThat(elsewhere.identity()).isNotEqualTo(bob.identity());
    }

    @Test
    void shouldAskForThePasswordUntilSomebodyKnewIt() {
        Seat ada = server.make(new JsonObject().put("password", "geheim"));

        assertThat(show(ada.code()).getBoolean("passwordNeeded")).isTrue();
        assertRefused(server.join(ada.code(), "bob", NOTHING), 401, "password");
        assertRefused(
                server.join(ada.code(), "bob", new JsonObject().put("password", "Geheim")),
                401,
                "password");
        assertThat(
                        server.join(ada.code(), "bob", new JsonObject().put("password", "geheim"))
                                .statusCode())
                .isEqualTo(200);
        assertThat(server.join(ada.code(), "bob", NOTHING).statusCode()).isEqualTo(200);

        server.ask("PATCH", "/" + ada.code(), ada.token(), "{\"password\": \"\"}");
        assertThat(server.join(ada.code(), "carl", NOTHING).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldLetGuestsInWhomTheHostAdmits() throws Exception {
        Seat ada = server.make(new JsonObject().put("lobby", true));
        HttpResponse<String> asked = server.join(ada.code(), "bob", NOTHING);
        assertThat(asked.statusCode()).isEqualTo(202);
        String lobby = "/" + ada.code() + "/lobby/";
        String ticket = new JsonObject(asked.body()).getString("ticket");
        assertThat(server.ask("GET", lobby + ticket, null, null).body()).contains("waiting");

        var guests =
                new JsonObject(
                        server.ask("GET", lobby.replaceAll("/$", ""), ada.token(), null).body());
        JsonObject bob = guests.getJsonArray("waiting").getJsonObject(0);
        assertThat(bob.getString("name")).isEqualTo("bob");
        assertThat(bob.getString("id")).isNotEqualTo(ticket);
        CompletableFuture<HttpResponse<String>> waits =
                server.askLater(lobby + ticket + "?wait=20", null);
        server.ask("POST", lobby + bob.getString("id"), ada.token(), "{\"admit\": true}");

        JsonObject answer = new JsonObject(waits.get(15, TimeUnit.SECONDS).body());
        assertThat(answer.getString("state")).isEqualTo("admitted");
        assertThat(server.gate.admit(answer.getJsonObject("join").getString("token")).grants())
                .isNotNull();
        assertThat(server.join(ada.code(), "bob", NOTHING).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldTellTheHostAtOnceWhoComesAndTheGuestThatItIsRefused() throws Exception {
        Seat ada = server.make(new JsonObject().put("lobby", true));
        String lobby = "/" + ada.code() + "/lobby";
        CompletableFuture<HttpResponse<String>> waits =
                server.askLater(lobby + "?wait=20&after=0", ada.token());
        String ticket =
                new JsonObject(server.join(ada.code(), "eve", NOTHING).body()).getString("ticket");

        JsonObject news = new JsonObject(waits.get(15, TimeUnit.SECONDS).body());
        String id = news.getJsonArray("waiting").getJsonObject(0).getString("id");
        server.ask("POST", lobby + "/" + id, ada.token(), "{\"admit\": false}");

        assertThat(server.ask("GET", lobby + "/" + ticket + "?wait=20", null, null).body())
                .contains("refused");
        assertThat(server.ask("DELETE", lobby + "/" + ticket, null, null).statusCode())
                .isEqualTo(204);
        assertRefused(server.ask("GET", lobby + "/" + ticket, null, null), 404, "ticket-not-found");
    }

    @Test
    void shouldLetEverybodyInWhoWaitsWhenTheLobbyIsTakenAway() {
        Seat ada = server.make(new JsonObject().put("lobby", true));
        String ticket =
                new JsonObject(server.join(ada.code(), "bob", NOTHING).body()).getString("ticket");

        server.ask("PATCH", "/" + ada.code(), ada.token(), "{\"lobby\": false}");

        assertThat(server.ask("GET", "/" + ada.code() + "/lobby/" + ticket, null, null).body())
                .contains("admitted");
    }

    @Test
    void shouldKeepNewcomersOutOfALockedCallAndTellThoseInside() throws Exception {
        Seat ada = server.make(NOTHING);
        Seat bob = server.joined(ada.code(), "bob");
        LiveRooms.Guest inside = server.enter(bob);

        server.ask("PATCH", "/" + ada.code(), ada.token(), "{\"locked\": true}");

        assertRefused(server.join(ada.code(), "eve", NOTHING), 423, "locked");
        assertThat(server.join(ada.code(), "bob", NOTHING).statusCode()).isEqualTo(200);
        Awaitility.await().until(() -> inside.events().toString().contains("\"locked\":true"));
    }

    @Test
    void shouldNotLetMoreInThanThereArePlaces() throws Exception {
        Seat ada = server.make(new JsonObject().put("maxParticipants", 2));
        server.enter(ada);
        Seat bob = server.joined(ada.code(), "bob");
        server.enter(bob);

        assertRefused(server.join(ada.code(), "eve", NOTHING), 409, "full");
        assertThat(server.join(ada.code(), "bob", NOTHING).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldSendAwayWhomTheHostRemovesAndTakeTheTokenBack() throws Exception {
        Seat ada = server.make(NOTHING);
        Seat bob = server.joined(ada.code(), "bob");
        LiveRooms.Guest inside = server.enter(bob);

        assertThat(moderate(ada, bob, "remove", NOTHING).statusCode()).isEqualTo(204);

        Awaitility.await()
                .until(() -> inside.events().contains(new RoomEvent.Left(LeaveReason.REMOVED)));
        assertThatThrownBy(() -> grants(bob)).isInstanceOf(TokenException.class);
        // Nothing keeps a stranger out of this call.
        assertThat(server.join(ada.code(), "bob", NOTHING).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldKeepOutWhomTheHostBlocksUntilTheHostThinksOtherwise() throws Exception {
        Seat ada = server.make(NOTHING);
        Seat eve = server.joined(ada.code(), "eve");

        moderate(ada, eve, "block", NOTHING);

        assertRefused(server.join(ada.code(), "eve", NOTHING), 403, "blocked");
        assertThatThrownBy(() -> grants(eve)).isInstanceOf(TokenException.class);
        assertThat(blocked(ada)).containsExactly(eve.identity());
        moderate(ada, eve, "block", new JsonObject().put("blocked", false));
        assertThat(blocked(ada)).isEmpty();
        assertThat(server.join(ada.code(), "eve", NOTHING).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldTakeThePublishingFromAViewerAlsoWithTheOldToken() throws Exception {
        Seat ada = server.make(NOTHING);
        Seat bob = server.joined(ada.code(), "bob");
        LiveRooms.Guest inside = server.enter(bob);

        assertThat(moderate(ada, bob, "role", new JsonObject().put("role", "viewer")).statusCode())
                .isEqualTo(204);

        Awaitility.await().until(() -> inside.events().toString().contains("sluice.role=viewer"));
        assertThat(grants(bob).permissions().canPublish()).isFalse();
        assertThat(grants(bob).permissions().canPublishData()).isTrue();
        assertThat(server.joined(ada.code(), "bob").door().getString("role")).isEqualTo("viewer");
    }

    @Test
    void shouldLetNewcomersOfABroadcastOnlyWatchUntilTheHostMakesSpeakersOfThem() throws Exception {
        Seat ada = server.make(new JsonObject().put("broadcast", true));
        Seat bob = server.joined(ada.code(), "bob");

        assertThat(show(ada.code()).getBoolean("broadcast")).isTrue();
        assertThat(ada.door().getString("role")).isEqualTo("host");
        assertThat(bob.door().getString("role")).isEqualTo("viewer");
        assertThat(grants(bob).permissions().canPublish()).isFalse();
        assertThat(grants(ada).permissions().canPublish()).isTrue();
        moderate(ada, bob, "role", new JsonObject().put("role", "speaker"));
        assertThat(grants(bob).permissions().canPublish()).isTrue();
        assertThat(server.joined(ada.code(), "bob").door().getString("role")).isEqualTo("speaker");
    }

    @Test
    void shouldHandTheHostOn() throws Exception {
        Seat ada = server.make(NOTHING);
        Seat bob = server.joined(ada.code(), "bob");

        moderate(ada, bob, "role", new JsonObject().put("role", "host"));

        assertThat(grants(bob).roomAdmin()).isTrue();
        assertThat(grants(ada).roomAdmin()).isFalse();
        assertRefused(moderate(ada, bob, "remove", NOTHING), 403, "not-host");
        String key = ada.door().getString("hostKey");
        assertRefused(
                server.join(ada.code(), "eve", new JsonObject().put("hostKey", key)),
                403,
                "host-key-wrong");
    }

    @Test
    void shouldLetTheMakerBeHostOnAnotherDevice() throws Exception {
        Seat ada = server.make(new JsonObject().put("password", "x").put("lobby", true));
        String key = ada.door().getString("hostKey");

        HttpResponse<String> phone =
                server.join(ada.code(), "phone", new JsonObject().put("hostKey", key));

        assertThat(new JsonObject(phone.body()).getString("role")).isEqualTo("host");
    }

    @Test
    void shouldMuteWhatSomebodyPublishes() throws Exception {
        Seat ada = server.make(NOTHING);
        Seat bob = server.joined(ada.code(), "bob");
        LiveRooms.Guest inside = server.enter(bob);
        server.live.publish("sluice-call-" + ada.code(), inside, "TR_bob");

        assertThat(
                        moderate(ada, bob, "mute", new JsonObject().put("source", "microphone"))
                                .statusCode())
                .isEqualTo(204);

        Awaitility.await()
                .until(() ->
                        inside.events().stream().anyMatch(RoomEvent.TrackMuted.class::isInstance));
    }

    @Test
    void shouldAllowNothingButMicrophonesInAnAudioCall() throws Exception {
        Seat ada = server.make(new JsonObject().put("audioOnly", true));

        assertThat(grants(ada).permissions().publishSources())
                .containsExactly(TrackSource.MICROPHONE);
    }

    @Test
    void shouldEndACallForEverybodyAndItsCodeAndTokensToo() throws Exception {
        Seat ada = server.make(NOTHING);
        Seat bob = server.joined(ada.code(), "bob");
        LiveRooms.Guest inside = server.enter(bob);
        server.ask("GET", "/" + ada.code() + "/lobby", ada.token(), null);

        assertThat(server.ask("DELETE", "/" + ada.code(), ada.token(), null).statusCode())
                .isEqualTo(204);

        Awaitility.await()
                .until(() -> server.live.rooms.find("sluice-call-" + ada.code()).isEmpty());
        assertThat(inside.events()).isNotEmpty();
        assertThatThrownBy(() -> grants(bob)).isInstanceOf(TokenException.class);
        assertThatThrownBy(() -> grants(ada)).isInstanceOf(TokenException.class);
        assertRefused(server.join(ada.code(), "bob", NOTHING), 404, "call-not-found");
    }

    @Test
    void shouldKeepCallsOverARestart(@TempDir Path directory) throws Exception {
        CallsConfig config = CallsConfig.defaults().withDirectory(directory);
        Seat ada;
        Seat bob;
        Seat eve;
        try (CallsServer before = new CallsServer(config)) {
            ada =
                    before.make(
                            new JsonObject()
                                    .put("title", "Jour fixe")
                                    .put("password", "x")
                                    .put("maxParticipants", 8)
                                    .put("topology", "mesh"));
            before.join(ada.code(), "bob", new JsonObject().put("password", "x"));
            bob = before.joined(ada.code(), "bob");
            before.join(ada.code(), "eve", new JsonObject().put("password", "x"));
            eve = before.joined(ada.code(), "eve");
            String people = "/" + ada.code() + "/participants/";
            before.ask("POST", people + eve.identity() + "/block", ada.token(), "{}");
            before.ask(
                    "POST",
                    people + bob.identity() + "/role",
                    ada.token(),
                    "{\"role\": \"viewer\"}");
            // Another one, which is gone.
            Seat over = before.make(NOTHING);
            before.ask("DELETE", "/" + over.code(), over.token(), null);
        }
        try (CallsServer after = new CallsServer(config)) {
            assertThat(after.calls.known()).isEqualTo(1);
            assertThat(after.calls.settings(CallCodes.room(ada.code())).orElseThrow().topology())
                    .isEqualTo(Topology.MESH);
            assertThat(after.gate.admit(ada.token()).grants().roomAdmin()).isTrue();
            assertThat(after.gate.admit(bob.token()).grants().permissions().canPublish()).isFalse();
            assertRefused(after.join(ada.code(), "carl", NOTHING), 401, "password");
            assertThat(
                            after.join(ada.code(), "carl", new JsonObject().put("password", "x"))
                                    .statusCode())
                    .isEqualTo(200);
            assertRefused(after.join(ada.code(), "eve", NOTHING), 403, "blocked");
        }
    }

    @Test
    void shouldServeCallsWithoutTheirDatabaseIfAnotherServerHasIt(@TempDir Path directory)
            throws Exception {
        CallsConfig config = CallsConfig.defaults().withDirectory(directory);
        try (CallsServer first = new CallsServer(config);
                CallsServer second = new CallsServer(config)) {
            assertThat(first.make(NOTHING).code()).isNotEmpty();
            assertThat(second.make(NOTHING).code()).isNotEmpty();
        }
    }

    @Test
    void shouldSlowDownWhoGuessesPasswords() {
        WrongPasswords wrong = new WrongPasswords();
        long nowNanos = 7;
        for (int i = 0; i < WrongPasswords.FREE_ATTEMPTS; i++) {
            assertThat(wrong.begin("code", "192.0.2.1", nowNanos)).isZero();
        }

        long waitNanos = wrong.begin("code", "192.0.2.1", nowNanos);
        assertThat(waitNanos).isEqualTo(Duration.ofSeconds(30).toNanos());
        assertThat(wrong.begin("code", "192.0.2.2", nowNanos)).isZero();
        assertThat(wrong.begin("other", "192.0.2.1", nowNanos)).isZero();
        assertThat(wrong.begin("code", "192.0.2.1", nowNanos + waitNanos)).isZero();
        assertThat(wrong.begin("code", "192.0.2.1", nowNanos + waitNanos))
                .isEqualTo(Duration.ofSeconds(60).toNanos());
        wrong.onRight("code", "192.0.2.1");
        assertThat(wrong.begin("code", "192.0.2.1", nowNanos + waitNanos)).isZero();
    }

    @Test
    void shouldCountNoAttemptThatWasTakenBack() {
        WrongPasswords wrong = new WrongPasswords();
        long nowNanos = 7;
        wrong.takeBack("code", "192.0.2.1", nowNanos);
        for (int i = 0; i < 2 * WrongPasswords.FREE_ATTEMPTS; i++) {
            assertThat(wrong.begin("code", "192.0.2.1", nowNanos)).isZero();
            wrong.takeBack("code", "192.0.2.1", nowNanos);
        }
        for (int i = 0; i < WrongPasswords.FREE_ATTEMPTS; i++) {
            assertThat(wrong.begin("code", "192.0.2.1", nowNanos)).isZero();
        }

        long laterNanos = nowNanos + wrong.begin("code", "192.0.2.1", nowNanos);
        assertThat(wrong.begin("code", "192.0.2.1", laterNanos)).isZero();
        wrong.takeBack("code", "192.0.2.1", laterNanos + 1);
        assertThat(wrong.begin("code", "192.0.2.1", laterNanos + 1)).isZero();
        assertThat(wrong.begin("code", "192.0.2.1", laterNanos + 1))
                .isEqualTo(Duration.ofSeconds(60).toNanos());
    }
}
