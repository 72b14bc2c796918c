package io.sluice.server;

import static io.sluice.server.NativeStage.awaitMore;
import static io.sluice.server.NativeStage.awaitTracks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.api.Grants;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.NativeClient;
import io.sluice.server.debug.DebugMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an administrator does over HTTP happens to media, and to nobody else's. */
final class RestIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROOM = "/api/v1/rooms/conference";

    /** Of times in nanoseconds. */
    private static final int PCAP_MAGIC = 0xa1b23c4d;

    private static final int PCAP_HEADER_BYTES = 24;

    /** The exit code where there is no such participant, as {@code ./sluice debug --help} lists it. */
    private static final int UNAVAILABLE = 69;

    static JsonNode ask(
            NativeStage stage, HttpClient http, String method, String path, String body, int status)
            throws Exception {
        String admin =
                stage.server()
                        .sluice()
                        .tokens()
                        .issue(
                                "devkey",
                                Grants.administration("ops", true, true, "conference"),
                                Duration.ofHours(1));
        HttpRequest request =
                HttpRequest.newBuilder(stage.uri().resolve(path))
                        .header("Authorization", "Bearer " + admin)
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JSON.readTree(response.body());
    }

    private static List<String> tracks(NativeStage stage, HttpClient http, String identity)
            throws Exception {
        List<String> ids = new ArrayList<>();
        ask(stage, http, "GET", ROOM + "/participants/" + identity, "", 200)
                .path("tracks")
                .forEach(track -> ids.add(track.path("trackId").asText()));
        return ids;
    }

    private static long packets(NativeClient viewer, List<String> trackIds) {
        return viewer.statistics().live().stream()
                .filter(track -> trackIds.contains(track.trackId()))
                .mapToLong(ClientStatistics.Received::packets)
                .sum();
    }

    @Test
    void shouldMuteOneAndRemoveOneWhileTheOthersGoOn() throws Exception {
        try (NativeStage stage = new NativeStage();
                HttpClient http = HttpClient.newHttpClient()) {
            NativeClient ada = stage.join("ada");
            NativeClient bob = stage.join("bob");
            NativeClient eve = stage.join("eve");
            awaitTracks(ada, 4);
            awaitTracks(bob, 4);
            awaitTracks(eve, 4);
            List<String> adas = tracks(stage, http, "ada");
            List<String> eves = tracks(stage, http, "eve");
            assertThat(adas).hasSize(2);

            for (String track : adas) {
                JsonNode muted =
                        ask(
                                stage,
                                http,
                                "POST",
                                ROOM + "/tracks/" + track + "/mute",
                                "{\"muted\": true}",
                                200);
                assertThat(muted.path("muting").asText()).isEqualTo("by_room");
            }
            awaitFlow(bob, eves, 10);
            long before = packets(bob, adas);
            awaitFlow(bob, eves, 50);
            assertThat(packets(bob, adas)).isEqualTo(before);

            for (String track : adas) {
                ask(
                        stage,
                        http,
                        "POST",
                        ROOM + "/tracks/" + track + "/mute",
                        "{\"muted\": false}",
                        200);
            }
            awaitMore(bob, 20);

            ask(stage, http, "DELETE", ROOM + "/participants/ada", "", 204);
            await().atMost(NativeStage.PATIENCE).until(() -> ada.events("left").size() == 1);
            assertThat(ada.events("left").getFirst().path("reason").asText()).isEqualTo("removed");
            awaitTracks(bob, 2);
            awaitTracks(eve, 2);
            awaitMore(bob, 20);
            awaitMore(eve, 20);

            ask(stage, http, "DELETE", ROOM, "", 204);
            await().atMost(NativeStage.PATIENCE)
                    .until(() -> bob.events("left").size() + eve.events("left").size() == 2);
            stage.server().awaitEmpty();
        }
    }

    @Test
    void shouldWriteTheHeadersOfSomebodysPacketsToACapture(@TempDir Path folder) throws Exception {
        try (NativeStage stage = new NativeStage();
                HttpClient http = HttpClient.newHttpClient()) {
            NativeClient ada = stage.join("ada");
            NativeClient bob = stage.join("bob");
            awaitTracks(ada, 2);
            awaitTracks(bob, 2);
            String packets = ROOM + "/participants/ada/packets";
            Path file = folder.resolve("packets.pcap");
            StringWriter err = new StringWriter();

            // It keeps them as long as it is told to; here until there are some.
            Thread keeping =
                    Thread.ofVirtual()
                            .start(() -> debug(stage, new StringWriter(), "ada", "300", file));
            await().atMost(NativeStage.PATIENCE)
                    .until(() -> directions(ask(stage, http, "GET", packets, "", 200)).size() == 2);
            keeping.interrupt();
            keeping.join();
            assertThat(file).doesNotExist();

            assertThat(debug(stage, err, "ada", "0", file)).as("%s", err).isZero();
            assertThat(ByteBuffer.wrap(Files.readAllBytes(file)).getInt()).isEqualTo(PCAP_MAGIC);
            assertThat(file.toFile()).size().isGreaterThan(PCAP_HEADER_BYTES);
            assertThat(ask(stage, http, "GET", packets, "", 200).path("recorded").asBoolean())
                    .isFalse();

            assertThat(debug(stage, err, "nobody", "0", file)).isEqualTo(UNAVAILABLE);
            assertThat(err.toString()).startsWith("sluice: Nobody of this identity is in the room");
        }
    }

    private static Set<String> directions(JsonNode kept) {
        Set<String> directions = new HashSet<>();
        kept.path("packets").forEach(packet -> directions.add(packet.path(1).asText()));
        return directions;
    }

    private static int debug(
            NativeStage stage, StringWriter err, String identity, String seconds, Path file) {
        return DebugMain.commandLine(Map.of())
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err))
                .execute(
                        "participant",
                        "conference",
                        identity,
                        "--url=" + stage.uri(),
                        "--seconds=" + seconds,
                        "--to=" + file);
    }

    private static void awaitFlow(NativeClient viewer, List<String> trackIds, int more) {
        long before = packets(viewer, trackIds);
        await().atMost(NativeStage.PATIENCE)
                .until(() -> packets(viewer, trackIds) >= before + more);
    }
}
