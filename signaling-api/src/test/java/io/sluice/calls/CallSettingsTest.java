package io.sluice.calls;

import static io.sluice.calls.CallsServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.calls.CallsServer.Seat;
import io.sluice.room.RoomSettings;
import io.sluice.room.Topology;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a call is made with: what is taken, what is refused, what lives over a restart. */
final class CallSettingsTest {
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

    private static JsonObject show(CallsServer server, String code) {
        return new JsonObject(server.ask("GET", "/" + code, null, null).body());
    }

    @Test
    void shouldTellTheWayOfSoundAndPictures() throws Exception {
        Seat usual = server.make(NOTHING);
        Seat direct = server.make(new JsonObject().put("topology", "auto"));
        Seat mesh = server.make(new JsonObject().put("topology", "mesh"));

        assertThat(show(server, usual.code()).getString("topology")).isEqualTo("sfu");
        assertThat(show(server, direct.code()).getString("topology")).isEqualTo("auto");
        RoomSettings settings = server.calls.settings(CallCodes.room(direct.code())).orElseThrow();
        assertThat(settings.topology()).isEqualTo(Topology.AUTO);
        assertThat(settings.metadata()).contains("\"topology\":\"auto\"");
        server.enter(mesh);
        assertThat(server.calls.settings(CallCodes.room(mesh.code())).orElseThrow())
                .extracting(RoomSettings::topology, RoomSettings::maxParticipants)
                .containsExactly(Topology.MESH, Topology.MAX_MESH_PARTICIPANTS);
        String wrong = "{\"name\": \"Ada\", \"device\": \"" + CallsServer.device("ada") + "\", ";
        assertRefused(server.post("", wrong + "\"topology\": \"star\"}"), 422, "invalid-field");
        assertRefused(
                server.post("", wrong + "\"topology\": \"auto\", \"broadcast\": true}"),
                422,
                "invalid-field");
    }

    @Test
    void shouldRefuseAMeshOfMoreThanCommonUplinksCarry() throws Exception {
        String call = "{\"name\": \"Ada\", \"device\": \"" + CallsServer.device("ada") + "\", ";
        HttpResponse<String> refused =
                server.post("", call + "\"topology\": \"mesh\", \"maxParticipants\": 9}");

        assertRefused(refused, 422, "invalid-field");
        assertThat(refused.body()).contains("maxParticipants", "from 2 to 8 in a mesh");
        for (String asked : List.of("mesh", "sfu")) {
            int most = asked.equals("mesh") ? 8 : 9;
            Seat made =
                    server.make(
                            new JsonObject().put("topology", asked).put("maxParticipants", most));
            server.enter(made);
            assertThat(server.calls.settings(CallCodes.room(made.code())).orElseThrow())
                    .extracting(RoomSettings::maxParticipants)
                    .isEqualTo(most);
        }
    }

    @Test
    void shouldKeepWhatAHostHasDecidedOverARestart(@TempDir Path directory) throws Exception {
        CallsConfig config = CallsConfig.defaults().withDirectory(directory);
        List<JsonObject> decided =
                List.of(
                        new JsonObject().put("topology", "auto").put("audioOnly", true),
                        new JsonObject().put("topology", "mesh").put("maxParticipants", 5),
                        new JsonObject().put("broadcast", true).put("lobby", true),
                        new JsonObject()
                                .put("keepChat", true)
                                .put("title", "Tea'); DROP TABLE call_record;--"));
        List<JsonObject> shown = new ArrayList<>();
        List<String> codes = new ArrayList<>();
        Seat changed;
        try (CallsServer before = new CallsServer(config)) {
            for (JsonObject one : decided) {
                String code = before.make(one).code();
                codes.add(code);
                JsonObject told = show(before, code);
                assertThat(told.getMap()).as("%s", one).containsAllEntriesOf(shownOf(one));
                shown.add(told);
            }
            changed = before.make(NOTHING);
            before.ask("PATCH", "/" + changed.code(), changed.token(), "{\"keepChat\": true}");
        }
        try (CallsServer after = new CallsServer(config)) {
            for (int i = 0; i < codes.size(); i++) {
                assertThat(show(after, codes.get(i))).isEqualTo(shown.get(i));
            }
            assertThat(show(after, changed.code()).getBoolean("keepChat")).isTrue();
            assertThat(after.calls.settings(CallCodes.room(codes.get(1))).orElseThrow())
                    .extracting(RoomSettings::topology, RoomSettings::maxParticipants)
                    .containsExactly(Topology.MESH, 5);
        }
    }

    /** What of it everybody is told: how many there may be, is not. */
    private static Map<String, Object> shownOf(JsonObject decided) {
        JsonObject shown = decided.copy();
        shown.remove("maxParticipants");
        return shown.getMap();
    }
}
