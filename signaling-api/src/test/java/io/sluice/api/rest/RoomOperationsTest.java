package io.sluice.api.rest;

import static io.sluice.api.rest.RestServer.json;
import static io.sluice.api.rest.RestServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Grants;
import io.sluice.api.Rate;
import io.sluice.codec.Codec;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomSettings;
import io.sluice.room.Topology;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RoomOperationsTest {
    private static RestServer server;

    @BeforeAll
    static void start() throws IOException {
        server = serve(Duration.ofMinutes(1));
    }

    private static RestServer serve(Duration roomTimeout) throws IOException {
        var limits = RestServer.limits(new Rate(100, 500), roomTimeout);
        return new RestServer(RestServer.config().withLimits(limits));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void endRooms() {
        for (var room : server.live.rooms.all()) {
            server.ask("DELETE", RoomOperations.location(room.name()), null);
        }
        assertThat(server.live.rooms.all()).isEmpty();
    }

    private static HttpResponse<String> create(String body) {
        return server.ask("POST", "/api/v1/rooms", body);
    }

    @Test
    void shouldCreateARoomAsItIsAsked() {
        HttpResponse<String> response =
                create(
                        """
                        {"name": "maths", "maxParticipants": 3, "emptyTimeoutSeconds": 60,
                         "metadata": "{}", "codecs": ["vp9", "opus"], "unmuteAllowed": false,
                         "maxBitrate": 900000, "topology": "auto"}
                        """);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        assertThat(response.headers().firstValue("location")).contains("/api/v1/rooms/maths");
        assertThat(server.live.rooms.find("maths").orElseThrow().settings())
                .isEqualTo(
                        new RoomSettings(
                                3,
                                Duration.ofMinutes(1),
                                "{}",
                                List.of(Codec.VP9, Codec.OPUS),
                                false,
                                900_000,
                                Topology.AUTO));
        assertThat(json(response).getString("topology")).isEqualTo("auto");
        assertThat(json(response).getLong("maxBitrate")).isEqualTo(900_000);
        assertThat(json(response).getJsonArray("codecs"))
                .isEqualTo(new JsonArray("[\"VP9\", \"opus\"]"));
        assertThat(json(response).getString("roomId")).startsWith("RM_");
    }

    @Test
    void shouldLeaveWhatIsNotAskedToTheServer() {
        create("{\"name\": \"maths\"}");

        RoomSettings settings = server.live.rooms.find("maths").orElseThrow().settings();
        assertThat(settings.emptyTimeout()).isEqualTo(RoomSettings.CREATED_EMPTY_TIMEOUT);
        assertThat(settings.unmuteAllowed()).isTrue();
        assertThat(settings.codecs()).isEqualTo(RoomSettings.DEFAULT_CODECS);
    }

    @Test
    void shouldAnswerTheSameAgainWithTheRoomThatIsThere() {
        String id =
                json(create("{\"name\": \"maths\", \"maxParticipants\": 3}")).getString("roomId");

        HttpResponse<String> same = create("{\"name\": \"maths\", \"maxParticipants\": 3}");
        HttpResponse<String> less = create("{\"name\": \"maths\"}");
        HttpResponse<String> other = create("{\"name\": \"maths\", \"maxParticipants\": 4}");

        assertThat(same.statusCode()).isEqualTo(200);
        assertThat(less.statusCode()).isEqualTo(200);
        assertThat(json(same).getString("roomId")).isEqualTo(id);
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(json(other).getString("detail")).contains("maxParticipants");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|422|name",
                "{\"name\": 7}|422|name",
                "{\"name\": null}|422|name",
                "{\"name\": \"\"}|400|empty",
                "{\"name\": \"..\"}|400|..",
                "{\"name\": \"a\\u0000b\"}|400|control",
                "{\"name\": \"a\", \"maxParticipants\": 0}|422|maxParticipants",
                "{\"name\": \"a\", \"maxParticipants\": 1001}|422|1000",
                "{\"name\": \"a\", \"maxParticipants\": 2.5}|422|whole",
                "{\"name\": \"a\", \"maxParticipants\": 99999999999999999999}|422|whole",
                "{\"name\": \"a\", \"maxParticipants\": \"3\"}|422|whole",
                "{\"name\": \"a\", \"emptyTimeoutSeconds\": -1}|422|emptyTimeoutSeconds",
                "{\"name\": \"a\", \"emptyTimeoutSeconds\": 86401}|422|86400",
                "{\"name\": \"a\", \"metadata\": {}}|422|string",
                "{\"name\": \"a\", \"codecs\": \"VP8\"}|422|list",
                "{\"name\": \"a\", \"codecs\": []}|422|empty",
                "{\"name\": \"a\", \"codecs\": [\"H266\"]}|422|VP8, H264",
                "{\"name\": \"a\", \"codecs\": [8]}|422|strings",
                "{\"name\": \"a\", \"unmuteAllowed\": \"yes\"}|422|true or false",
                "{\"name\": \"a\", \"topology\": \"star\"}|422|sfu, mesh or auto",
                "{\"name\": \"a\", \"topology\": \"mesh\", \"maxParticipants\": 9}|422|mesh",
                "{\"name\": \"a\", \"maxparticipants\": 3}|422|\"maxparticipants\"",
                "{\"name\": \"a\", \"name\": \"b\"}|400|JSON",
                "{\"name\": \"a\"} {}|400|JSON",
                "[]|400|object",
                "null|400|object",
                "''|400|object",
                "{\"name\"|400|JSON",
            })
    void shouldSayWhatIsWrongWithARequest(String body, int status, String words) {
        HttpResponse<String> response = create(body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).getString("detail")).contains(words);
        assertThat(server.live.rooms.all()).isEmpty();
    }

    @Test
    void shouldRefuseMetadataThatIsTooLong() {
        assertThat(
                        create(
                                        new JsonObject()
                                                .put("name", "a")
                                                .put("metadata", "x".repeat(4_097))
                                                .encode())
                                .statusCode())
                .isEqualTo(422);
        // Four bytes each, and six where they are escaped: a body has room for them.
        String most = "{\"name\": \"a\", \"metadata\": \"" + "\\u4e00".repeat(4_096) + "\"}";
        assertThat(create(most).statusCode()).isEqualTo(201);
    }

    @Test
    void shouldListRoomsInPages() {
        List<String> names = List.of("a", "b c", "d/e", "é", "f?g=h&i#j");
        names.forEach(name -> create(new JsonObject().put("name", name).encode()));

        List<String> seen = new ArrayList<>();
        String after = "";
        do {
            String query =
                    after.isEmpty()
                            ? ""
                            : "&after=" + URLEncoder.encode(after, StandardCharsets.UTF_8);
            JsonObject page = json(server.get("/api/v1/rooms?limit=2" + query));
            page.getJsonArray("rooms")
                    .forEach(room -> seen.add(((JsonObject) room).getString("name")));
            after = page.getString("next", "");
        } while (!after.isEmpty());

        assertThat(seen).containsExactlyElementsOf(names.stream().sorted().toList());
    }

    @ParameterizedTest
    @CsvSource({"limit=0", "limit=1001", "limit=-1", "limit=x", "limit=", "page=2"})
    void shouldRefuseAPageThatCannotBe(String query) {
        assertThat(server.get("/api/v1/rooms?" + query).statusCode()).isEqualTo(422);
    }

    @Test
    void shouldFindARoomOfAnyName() {
        for (String name : List.of("d/e", "b c", "a+b", "é", "f?g=h&i#j", "%2e%2e", "...", "a;b")) {
            HttpResponse<String> created = create(new JsonObject().put("name", name).encode());
            String location = created.headers().firstValue("location").orElseThrow();

            assertThat(json(server.get(location)).getString("name")).isEqualTo(name);
        }
    }

    @Test
    void shouldCountWhoIsThere() {
        server.live.publish("maths", server.live.join("maths", "ada"), "TR_a");
        server.live.join("maths", "bob");

        JsonObject room = json(server.get("/api/v1/rooms/maths"));

        assertThat(room.getInteger("participantCount")).isEqualTo(2);
        assertThat(room.getInteger("trackCount")).isEqualTo(1);
    }

    @Test
    void shouldChangeMetadataAndTellEverybody() {
        LiveRooms.Guest ada = server.live.join("maths", "ada");

        HttpResponse<String> response =
                server.ask("PATCH", "/api/v1/rooms/maths", "{\"metadata\": \"new\"}");

        assertThat(json(response).getString("metadata")).isEqualTo("new");
        await().untilAsserted(
                        () -> assertThat(ada.events()).contains(new RoomEvent.RoomUpdated("new")));
    }

    @Test
    void shouldSendEverybodyAwayFromADeletedRoom() {
        LiveRooms.Guest ada = server.live.join("maths", "ada");

        assertThat(server.ask("DELETE", "/api/v1/rooms/maths", null).statusCode()).isEqualTo(204);

        await().until(() -> ada.events().stream().anyMatch(RoomEvent.Left.class::isInstance));
        assertThat(server.get("/api/v1/rooms/maths").statusCode()).isEqualTo(404);
        assertThat(server.ask("DELETE", "/api/v1/rooms/maths", null).statusCode()).isEqualTo(404);
    }

    @Test
    void shouldNotWaitForARoomForEver() throws IOException {
        try (RestServer hasty = serve(Duration.ofMillis(200))) {
            hasty.live.join("maths", "ada");
            CountDownLatch goOn = hasty.live.hold();
            try {
                HttpResponse<String> response = hasty.get("/api/v1/rooms/maths");

                assertThat(response.statusCode()).isEqualTo(504);
                assertThat(problem(response)).isEqualTo("room-timeout");
                assertThat(hasty.get("/api/v1/rooms").statusCode()).isEqualTo(504);
            } finally {
                goOn.countDown();
            }
            await().until(() -> hasty.get("/api/v1/rooms/maths").statusCode() == 200);
        }
    }

    @Test
    void shouldAskForTheGrantOfEachOperation() {
        create("{\"name\": \"maths\"}");
        String creator = server.token(Grants.administration("c", true, false, null));
        String lister = server.token(Grants.administration("l", false, true, null));
        String admin = server.token(Grants.administration("a", false, false, "maths"));
        String guest = server.token(Grants.join("maths", "g", null));

        assertThat(
                        statuses(
                                "POST",
                                "/api/v1/rooms",
                                "{\"name\": \"maths\"}",
                                creator,
                                lister,
                                admin,
                                guest))
                .containsExactly(200, 403, 403, 403);
        assertThat(statuses("GET", "/api/v1/rooms", null, creator, lister, admin, guest))
                .containsExactly(403, 200, 403, 403);
        assertThat(statuses("GET", "/api/v1/rooms/maths", null, creator, lister, admin, guest))
                .containsExactly(403, 200, 200, 403);
        assertThat(statuses("GET", "/api/v1/rooms/chess", null, creator, lister, admin, guest))
                .containsExactly(403, 404, 403, 403);
        assertThat(
                        statuses(
                                "PATCH",
                                "/api/v1/rooms/maths",
                                "{\"metadata\": \"\"}",
                                creator,
                                lister,
                                admin,
                                guest))
                .containsExactly(403, 403, 200, 403);
        assertThat(statuses("DELETE", "/api/v1/rooms/maths", null, lister, admin, guest, creator))
                .containsExactly(403, 403, 403, 204);
    }

    private static List<Integer> statuses(
            String method, String path, @Nullable String body, String... tokens) {
        List<Integer> statuses = new ArrayList<>();
        for (String token : tokens) {
            statuses.add(server.ask(method, path, token, body).statusCode());
        }
        return statuses;
    }
}
