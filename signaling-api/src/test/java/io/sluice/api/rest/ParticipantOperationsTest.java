package io.sluice.api.rest;

import static io.sluice.api.rest.RestServer.json;
import static io.sluice.api.rest.RestServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Grants;
import io.sluice.room.LeaveReason;
import io.sluice.room.Muting;
import io.sluice.room.RoomEvent;
import io.sluice.room.TrackInfo;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ParticipantOperationsTest {
    private static final String PARTICIPANTS = "/api/v1/rooms/maths/participants";
    private static final String MUTE = "/api/v1/rooms/maths/tracks/TR_a/mute";

    private static final String BOUNDS = PARTICIPANTS + "/bob%2F%C3%A9/subscriptions/TR_a";

    private static RestServer server;

    private LiveRooms.Guest ada;
    private LiveRooms.Guest bob;

    @BeforeAll
    static void startServer() throws IOException {
        server = new RestServer(RestServer.config());
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void join() {
        ada = server.live.join("maths", "ada");
        bob = server.live.join("maths", "bob/é");
        server.live.publish("maths", ada, "TR_a");
    }

    @AfterEach
    void endRoom() {
        server.ask("DELETE", "/api/v1/rooms/maths", null);
    }

    @Test
    void shouldListWhoIsThereWithTheirTracks() {
        JsonArray list = json(server.get(PARTICIPANTS)).getJsonArray("participants");

        assertThat(list)
                .extracting(one -> ((JsonObject) one).getString("identity"))
                .containsExactly("ada", "bob/é");
        JsonObject first = list.getJsonObject(0);
        assertThat(first.getString("participantId")).isEqualTo(ada.joined().self().participantId());
        JsonObject track = first.getJsonArray("tracks").getJsonObject(0);
        assertThat(track.getString("trackId")).isEqualTo("TR_a");
        assertThat(track.getString("codec")).isEqualTo("opus");
        assertThat(track.getBoolean("muted")).isFalse();
        assertThat(list.getJsonObject(1).getJsonArray("tracks")).isEmpty();
    }

    @Test
    void shouldShowOneOfAnyIdentity() {
        assertThat(json(server.get(PARTICIPANTS + "/ada")).getString("name"))
                .isEqualTo("name of ada");
        assertThat(json(server.get(PARTICIPANTS + "/bob%2F%C3%A9")).getString("identity"))
                .isEqualTo("bob/é");
        assertThat(problem(server.get(PARTICIPANTS + "/eve"))).isEqualTo("participant-not-found");
    }

    @Test
    void shouldChangeNameAndMetadataAndTellTheOthers() {
        HttpResponse<String> response =
                server.ask(
                        "PATCH",
                        PARTICIPANTS + "/ada",
                        "{\"name\": \"Ada L.\", \"metadata\": \"1\"}");

        assertThat(json(response).getString("name")).isEqualTo("Ada L.");
        assertThat(json(response).getString("metadata")).isEqualTo("1");
        await().until(() ->
                bob.events().stream()
                        .anyMatch(event ->
                                event instanceof RoomEvent.ParticipantUpdated(var one)
                                        && one.name().equals("Ada L.")));
        assertThat(server.ask("PATCH", PARTICIPANTS + "/ada", "{}").statusCode()).isEqualTo(422);
        assertThat(server.ask("PATCH", PARTICIPANTS + "/eve", "{\"name\": \"\"}").statusCode())
                .isEqualTo(404);
    }

    @Test
    void shouldChangeAttributesAndWhatIsAllowed() {
        JsonObject changed =
                json(
                        server.ask(
                                "PATCH",
                                PARTICIPANTS + "/ada",
                                "{\"attributes\": {\"hand\": \"up\"}, \"canPublish\": false}"));

        assertThat(changed.getJsonObject("attributes").getString("hand")).isEqualTo("up");
        assertThat(changed.getBoolean("canPublish")).isFalse();
        assertThat(changed.getBoolean("canSubscribe")).isTrue();
        assertThat(changed.getJsonArray("tracks")).isEmpty();
        assertThat(
                        json(server.ask(
                                        "PATCH",
                                        PARTICIPANTS + "/ada",
                                        "{\"attributes\": {\"hand\": \"\"}}"))
                                .getJsonObject("attributes"))
                .isEmpty();
        for (String wrong : List.of("7", "{\"a\": 7}", "[\"a\"]")) {
            assertThat(
                            server.ask(
                                            "PATCH",
                                            PARTICIPANTS + "/ada",
                                            "{\"attributes\": " + wrong + "}")
                                    .statusCode())
                    .isEqualTo(422);
        }
    }

    @Test
    void shouldTraceTheNetworkOfThoseThatItIsAskedToAndOfAFewAtMost() {
        String trace = PARTICIPANTS + "/ada/trace";
        assertThat(json(server.get(trace)).getBoolean("traced")).isFalse();
        JsonObject begun = json(server.ask("POST", trace, "{\"traced\": true}"));
        assertThat(begun).isEqualTo(new JsonObject().put("identity", "ada").put("traced", true));
        JsonObject read = json(server.get(trace));
        assertThat(read.getBoolean("traced")).isTrue();
        assertThat(read.getJsonArray("columns")).startsWith("seconds", "estimate", "target");
        assertThat(read.getJsonArray("samples")).as("nothing is sent to her").isEmpty();
        HttpResponse<String> csv = server.get(trace + "?format=csv");
        assertThat(csv.headers().firstValue("content-type")).contains("text/csv");
        assertThat(csv.body()).startsWith("seconds,estimate,target,").endsWith("\r\n");
        assertThat(problem(server.get(trace + "?format=xml"))).isEqualTo("invalid-format");

        for (int i = 0; i < 8; i++) {
            server.live.join("maths", "g" + i);
            server.ask("POST", PARTICIPANTS + "/g" + i + "/trace", "{\"traced\": true}");
        }
        await().until(() -> !json(server.get(trace)).getBoolean("traced"));
        String last = PARTICIPANTS + "/g7/trace";
        assertThat(json(server.get(last)).getBoolean("traced")).isTrue();
        assertThat(json(server.ask("POST", last, "{\"traced\": false}")).getBoolean("traced"))
                .isFalse();
        assertThat(server.ask("POST", last, "{}").statusCode()).isEqualTo(422);
        assertThat(problem(server.get(PARTICIPANTS + "/eve/trace")))
                .isEqualTo("participant-not-found");
    }

    @Test
    void shouldKeepThePacketsOfThoseThatItIsAskedToAndOfAFewAtMost() {
        String packets = PARTICIPANTS + "/ada/packets";
        assertThat(json(server.get(packets)).getBoolean("recorded")).isFalse();
        JsonObject begun = json(server.ask("POST", packets, "{\"recorded\": true}"));
        assertThat(begun).isEqualTo(new JsonObject().put("identity", "ada").put("recorded", true));
        JsonObject read = json(server.get(packets));
        assertThat(read.getBoolean("recorded")).isTrue();
        assertThat(read.getJsonArray("columns")).startsWith("time", "direction", "kind");
        assertThat(read.getJsonArray("packets")).as("nothing was sent yet").isEmpty();
        HttpResponse<String> capture = server.get(packets + "?format=pcap");
        assertThat(capture.headers().firstValue("content-type"))
                .contains("application/vnd.tcpdump.pcap");
        assertThat(problem(server.get(packets + "?format=xml"))).isEqualTo("invalid-format");

        for (int i = 0; i < 4; i++) {
            server.live.join("maths", "g" + i);
            server.ask("POST", PARTICIPANTS + "/g" + i + "/packets", "{\"recorded\": true}");
        }
        await().until(() -> !json(server.get(packets)).getBoolean("recorded"));
        String last = PARTICIPANTS + "/g3/packets";
        assertThat(json(server.get(last)).getBoolean("recorded")).isTrue();
        assertThat(json(server.ask("POST", last, "{\"recorded\": false}")).getBoolean("recorded"))
                .isFalse();
        assertThat(server.ask("POST", last, "{}").statusCode()).isEqualTo(422);
        assertThat(problem(server.get(PARTICIPANTS + "/eve/packets")))
                .isEqualTo("participant-not-found");
    }

    @Test
    void shouldRemoveSomebody() {
        assertThat(server.ask("DELETE", PARTICIPANTS + "/ada", null).statusCode()).isEqualTo(204);

        await().until(() -> ada.events().contains(new RoomEvent.Left(LeaveReason.REMOVED)));
        assertThat(server.get(PARTICIPANTS + "/ada").statusCode()).isEqualTo(404);
        assertThat(server.ask("DELETE", PARTICIPANTS + "/ada", null).statusCode()).isEqualTo(404);
        assertThat(bob.events()).noneMatch(RoomEvent.Left.class::isInstance);
    }

    @Test
    void shouldMuteATrackAndUnmuteItAgain() {
        JsonObject muted = json(server.ask("POST", MUTE, "{\"muted\": true}"));

        assertThat(muted.getBoolean("muted")).isTrue();
        assertThat(muted.getString("muting")).isEqualTo("by_room");
        for (List<RoomEvent> heard : List.of(ada.events(), bob.events())) {
            await().until(() -> heard.stream().anyMatch(ParticipantOperationsTest::isMutedByRoom));
        }
        assertThat(json(server.ask("POST", MUTE, "{\"muted\": false}")).getBoolean("muted"))
                .isFalse();
        await().until(() ->
                bob.events().stream().anyMatch(RoomEvent.TrackUnmuted.class::isInstance));
    }

    private static boolean isMutedByRoom(RoomEvent event) {
        return event instanceof RoomEvent.TrackMuted(TrackInfo track)
                && track.muting() == Muting.BY_ROOM;
    }

    @Test
    void shouldSayThatThereIsNoSuchTrack() {
        HttpResponse<String> response =
                server.ask("POST", "/api/v1/rooms/maths/tracks/TR_x/mute", "{\"muted\": true}");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(problem(response)).isEqualTo("track-not-found");
        assertThat(server.ask("POST", MUTE, "{}").statusCode()).isEqualTo(422);
    }

    @Test
    void shouldBoundWhatSomebodyGetsOfATrack() {
        server.live.hear("maths", bob, "TR_a");
        JsonObject first =
                json(server.ask("PATCH", BOUNDS, "{\"maxHeight\": 180, \"priority\": 2}"));
        assertThat(first)
                .isEqualTo(
                        new JsonObject()
                                .put("identity", "bob/é")
                                .put("trackId", "TR_a")
                                .put("paused", false)
                                .put("priority", 2)
                                .put("maxHeight", 180));

        JsonObject second =
                json(
                        server.ask(
                                "PATCH",
                                BOUNDS,
                                "{\"maxHeight\": 0, \"maxFps\": 5, \"paused\": true}"));
        assertThat(second.containsKey("maxHeight")).isFalse();
        assertThat(second.getInteger("maxFps")).isEqualTo(5);
        assertThat(second.getInteger("priority")).isEqualTo(2);
        assertThat(second.getBoolean("paused")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"maxHeight\": -1}",
                "{\"maxHeight\": 16385}",
                "{\"maxFps\": 241}",
                "{\"maxFps\": 1.5}",
                "{\"priority\": 256}",
                "{\"paused\": 1}"
            })
    void shouldRefuseBoundsThatAreNone(String body) {
        assertThat(server.ask("PATCH", BOUNDS, body).statusCode()).isEqualTo(422);
    }

    @Test
    void shouldSayWhoseOrWhichTrackCannotBeBound() {
        String subscriptions = "/subscriptions/TR_a";
        String paused = "{\"paused\": true}";
        assertThat(problem(server.ask("PATCH", BOUNDS, paused))).isEqualTo("not-subscribed");
        assertThat(problem(server.ask("PATCH", PARTICIPANTS + "/eve" + subscriptions, paused)))
                .isEqualTo("participant-not-found");
        assertThat(problem(server.ask("PATCH", PARTICIPANTS + "/ada/subscriptions/TR_x", paused)))
                .isEqualTo("track-not-found");
    }

    @Test
    void shouldLetOnlyTheRoomsAdministratorNear() {
        String other = server.token(Grants.administration("o", true, true, "chess"));
        String guest = server.token(Grants.join("maths", "g", null));
        for (String token : List.of(other, guest)) {
            assertThat(server.ask("GET", PARTICIPANTS, token, null).statusCode()).isEqualTo(403);
            assertThat(server.ask("GET", PARTICIPANTS + "/ada", token, null).statusCode())
                    .isEqualTo(403);
            assertThat(server.ask("PATCH", PARTICIPANTS + "/ada", token, "{}").statusCode())
                    .isEqualTo(403);
            assertThat(server.ask("DELETE", PARTICIPANTS + "/ada", token, null).statusCode())
                    .isEqualTo(403);
            assertThat(server.ask("PATCH", BOUNDS, token, "{\"paused\": true}").statusCode())
                    .isEqualTo(403);
            assertThat(server.ask("POST", MUTE, token, "{\"muted\": true}").statusCode())
                    .isEqualTo(403);
        }
        assertThat(bob.events()).noneMatch(RoomEvent.ParticipantLeft.class::isInstance);
    }
}
