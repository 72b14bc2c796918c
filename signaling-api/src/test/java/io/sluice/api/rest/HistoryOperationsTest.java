package io.sluice.api.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Grants;
import io.sluice.history.History;
import io.sluice.history.HistoryConfig;
import io.sluice.history.HistoryCounters;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The history and the snapshots of calls, over HTTP, on an H2. */
final class HistoryOperationsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final byte[] PNG =
            Arrays.copyOf(
                    HexFormat.of()
                            .parseHex("89504e470d0a1a0a0000000d4948445200000500000002d00806000000"),
                    200);

    private static Path directory;
    private static History history;
    private static RestServer server;
    private static Manual manual;

    @BeforeAll
    static void start() throws IOException {
        directory = Files.createTempDirectory("history");
        history =
                History.open(
                        HistoryConfig.defaults(directory),
                        InstantSource.system(),
                        new HistoryCounters(),
                        new SecureRandom());
        server = new RestServer(RestServer.development(), "devkey", history);
        manual = new Manual(server.ask("GET", "/api/v1/openapi.yaml", null, null).body());
        await().atMost(PATIENCE).until(() -> history.counters().connected() == 1);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        history.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static HttpResponse<String> get(String operation, String path) {
        HttpResponse<String> response = server.get(path);
        hold(operation, response);
        return response;
    }

    private static void hold(String operation, HttpResponse<String> response) {
        Manual.Described described =
                manual.operations().stream()
                        .filter(one -> one.name().equals(operation))
                        .findFirst()
                        .orElseThrow();
        manual.hold(described, response);
    }

    private static JsonArray events(String filter) {
        HttpResponse<String> response =
                get("GET /api/v1/history/events", "/api/v1/history/events?" + filter);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body()).getJsonArray("events");
    }

    private static List<String> kinds(String filter) {
        return events(filter).stream().map(one -> ((JsonObject) one).getString("kind")).toList();
    }

    private static String guest(String room, String identity) {
        return server.token(Grants.join(room, identity, null));
    }

    private static HttpResponse<String> upload(
            String room, String query, String token, byte[] image) {
        String path = "/api/v1/rooms/" + room + "/snapshots" + query;
        HttpResponse<String> response =
                server.send(
                        server.request(path)
                                .header("Authorization", "Bearer " + token)
                                .header("Content-Type", "image/png")
                                .POST(BodyPublishers.ofByteArray(image)));
        hold("POST /api/v1/rooms/{room}/snapshots", response);
        return response;
    }

    @Test
    void shouldTellACallFromItsBeginningToItsEndAndFindIt() {
        LiveRooms.Guest ada = server.live.join("algebra", "ada");
        server.live.publish("algebra", ada, "TR_mic");
        server.ask("DELETE", "/api/v1/rooms/algebra", null);

        await().atMost(PATIENCE).until(() -> kinds("room=algebra").contains("ended"));
        // Nobody's media ever flowed in it.
        assertThat(kinds("room=algebra"))
                .startsWith("started")
                .contains("published", "not_connected")
                .endsWith("ended");
        JsonObject ended = events("room=algebra&kind=ended").getJsonObject(0);
        assertThat(ended.getJsonObject("detail").getString("reason")).isEqualTo("deleted");

        JsonObject page =
                new JsonObject(
                        get(
                                        "GET /api/v1/history/calls",
                                        "/api/v1/history/calls?text=ALGEB&from=2020-01-01")
                                .body());
        JsonObject call = page.getJsonArray("calls").getJsonObject(0);
        assertThat(call.getString("room")).isEqualTo("algebra");
        assertThat(call.getString("endReason")).isEqualTo("deleted");
        assertThat(events("callId=" + call.getString("callId") + "&identity=ada")).isNotEmpty();
        assertThat(events("room=algebra&to=2020-01-01T00:00:00Z")).isEmpty();
        assertThat(events("room=algebra&text=%25%27%20OR%201=1")).isEmpty();

        JsonArray first = events("room=algebra&limit=1");
        assertThat(first).hasSize(1);
        String next =
                new JsonObject(server.get("/api/v1/history/events?room=algebra&limit=1").body())
                        .getString("next");
        assertThat(kinds("room=algebra&after=" + next)).doesNotContain("started");
    }

    @Test
    void shouldExportAsCsvAndJson() {
        server.live.join("export", "=cmd|' /C calc'!A0");
        await().atMost(PATIENCE).until(() -> !events("room=export&kind=started").isEmpty());
        server.ask("DELETE", "/api/v1/rooms/export", null);
        await().atMost(PATIENCE).until(() -> kinds("room=export").contains("ended"));

        HttpResponse<String> csv =
                get("GET /api/v1/history/export", "/api/v1/history/export?format=csv&room=export");
        assertThat(csv.headers().firstValue("content-disposition"))
                .hasValueSatisfying(value -> assertThat(value).contains("history.csv"));
        assertThat(csv.body())
                .startsWith("at,kind,room,callId,identity,name,participantId,detail\r\n")
                .contains(",'=cmd|' /C calc'!A0,")
                .doesNotContain(",=cmd");
        JsonObject json =
                new JsonObject(
                        get("GET /api/v1/history/export", "/api/v1/history/export?room=export")
                                .body());
        assertThat(json.getJsonArray("events")).hasSize((int) csv.body().lines().count() - 1);
    }

    @Test
    void shouldKeepASnapshotForThoseOfItsRoomAndTellIt() {
        server.live.join("photos", "ada");
        String ada = guest("photos", "ada");
        HttpResponse<String> taken = upload("photos", "?of=bob", ada, PNG);
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
        JsonObject photo = new JsonObject(taken.body());
        assertThat(photo.getInteger("width")).isEqualTo(1280);
        assertThat(photo.getString("of")).isEqualTo("bob");

        String path = "/api/v1/rooms/photos/snapshots";
        String one = path + "/" + photo.getString("photoId");
        await().atMost(PATIENCE)
                .until(() ->
                        server.ask("GET", path, ada, null)
                                .body()
                                .contains(photo.getString("photoId")));
        HttpResponse<String> shown = server.ask("GET", one, ada, null);
        hold("GET /api/v1/rooms/{room}/snapshots/{photoId}", shown);
        assertThat(shown.statusCode()).isEqualTo(200);
        assertThat(shown.headers().firstValue("x-content-type-options")).hasValue("nosniff");

        // The same still under another room's name, with another room's token, without any.
        String stranger = guest("algebra", "ada");
        assertThat(server.ask("GET", one, stranger, null).statusCode()).isEqualTo(403);
        String moved = one.replace("/photos/", "/algebra/");
        assertThat(server.ask("GET", moved, stranger, null).statusCode()).isEqualTo(404);
        assertThat(server.ask("GET", one, null, null).statusCode()).isEqualTo(401);
        assertThat(server.ask("GET", one, server.operator, null).statusCode()).isEqualTo(403);
        assertThat(server.ask("DELETE", one, ada, null).statusCode()).isEqualTo(403);
        assertThat(server.ask("GET", path + "/..%2f..%2fserver-id", ada, null).statusCode())
                .isEqualTo(404);

        HttpResponse<String> erased = server.ask("DELETE", "/api/v1/history/people/bob", null);
        hold("DELETE /api/v1/history/people/{identity}", erased);
        // Of whom nothing happened there is nothing to find; the taker's data is what goes.
        assertThat(server.ask("DELETE", "/api/v1/history/people/ada", null).body())
                .doesNotContain(":0");
        assertThat(server.ask("GET", one, ada, null).statusCode()).isEqualTo(404);
        assertThat(events("room=photos&identity=ada")).isEmpty();
    }

    @Test
    void shouldRefuseWhatIsNoImageOrTooLargeOrOfNobodyThere() {
        server.live.join("gallery", "ada");
        String ada = guest("gallery", "ada");
        byte[] page = "<html><script>alert(1)</script></html>".getBytes(StandardCharsets.UTF_8);
        assertThat(upload("gallery", "", ada, page).statusCode()).isEqualTo(415);
        assertThat(upload("gallery", "", ada, new byte[0]).statusCode()).isEqualTo(415);
        byte[] huge = Arrays.copyOf(PNG, 4 * 1024 * 1024 + 1);
        assertThat(upload("gallery", "", ada, huge).statusCode()).isEqualTo(413);
        assertThat(upload("gallery", "?zzz=1", ada, PNG).statusCode()).isEqualTo(422);
        assertThat(upload("gallery", "", guest("gallery", "eve"), PNG).statusCode()).isEqualTo(409);
        assertThat(upload("gallery", "", guest("maths", "ada"), PNG).statusCode()).isEqualTo(403);
        assertThat(upload("nowhere", "", guest("nowhere", "ada"), PNG).statusCode()).isEqualTo(404);
        assertThat(server.ask("GET", "/api/v1/rooms/gallery/snapshots", ada, null).body())
                .contains("\"snapshots\":[]");
    }

    @Test
    void shouldRefuseFiltersThatMeanNothing() {
        for (String filter :
                List.of(
                        "kind=nothing",
                        "kind=server_started",
                        "from=yesterday",
                        "limit=0",
                        "limit=100000",
                        "after=-1",
                        "zzz=1",
                        "text=" + "x".repeat(201))) {
            assertThat(
                            get("GET /api/v1/history/events", "/api/v1/history/events?" + filter)
                                    .statusCode())
                    .as(filter)
                    .isEqualTo(422);
        }
        assertThat(server.get("/api/v1/history/export?format=xls").statusCode()).isEqualTo(422);
        String admin = server.token(Grants.administration("x", false, false, "algebra"));
        assertThat(server.ask("GET", "/api/v1/history/calls", admin, null).statusCode())
                .isEqualTo(403);
        assertThat(
                        server.ask("GET", "/api/v1/history/calls?room=algebra", admin, null)
                                .statusCode())
                .isEqualTo(200);
        assertThat(server.ask("DELETE", "/api/v1/history/people/x", admin, null).statusCode())
                .isEqualTo(403);
    }
}
