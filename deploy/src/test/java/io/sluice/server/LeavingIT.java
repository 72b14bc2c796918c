package io.sluice.server;

import static io.sluice.server.NativeStage.awaitMore;
import static io.sluice.server.NativeStage.awaitTracks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.server.client.ClientLoop;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.ClientProcess;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.DevToken;
import io.sluice.server.client.NativeClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What signals do to a server in which people talk. */
final class LeavingIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ROOMS = 20;
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** Of all clients together, two seconds' worth. */
    private static final int PACKETS_MORE = 1_200;

    private static final ClientOptions.Media AUDIO = new ClientOptions.Media(10, 1, 80);
    private static final ClientOptions.Media VIDEO = new ClientOptions.Media(5, 1, 600);

    private static NativeClient join(ServerProcess server, ClientLoop loop, String identity) {
        NativeClient client =
                NativeClient.join(loop, ClientOptions.of(server.uri(), "conference", identity));
        await(identity + " is connected").atMost(PATIENCE).until(client::connected);
        return client;
    }

    private static HttpResponse<String> publishTo(ServerProcess server, String room)
            throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(server.uri().resolve("/whip/" + room))
                            .header("Content-Type", "application/sdp")
                            .header("Authorization", "Bearer " + DevToken.issue(room, "eve", 0))
                            .POST(BodyPublishers.ofString("no description"))
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    private static int status(URI uri) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .statusCode();
        }
    }

    @Test
    void shouldLetARoomEndByItselfWithoutLosingAPacket(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("sluice.yaml"), "drainDeadline: 60 s\n");
        try (ClientLoop loop = new ClientLoop();
                ServerProcess server = ServerProcess.start(folder, "--config=" + file);
                NativeClient ada = join(server, loop, "ada");
                NativeClient bob = join(server, loop, "bob")) {
            awaitTracks(ada, 2);
            awaitTracks(bob, 2);
            Files.writeString(
                    file, "drainDeadline: 60 s\nrooms: {maxRooms: 7}\nloop: {slabSlots: 1}\n");
            server.signal("HUP");
            await("the settings are read again")
                    .atMost(PATIENCE)
                    .until(() ->
                            server.lines().stream()
                                    .anyMatch(line ->
                                            line.contains(
                                                    "In force now: rooms.maxRooms. At the next"
                                                            + " start: loop.slabSlots.")));

            server.signal("TERM");

            await("nobody is sent here any more")
                    .atMost(PATIENCE)
                    .until(() -> status(server.uri().resolve("/readyz")) == 503);
            HttpResponse<String> refused = publishTo(server, "another");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            assertThat(refused.body()).contains("draining");
            assertThat(publishTo(server, "conference").statusCode())
                    .as("the room may be joined: what is wrong is the description")
                    .isEqualTo(400);
            awaitMore(ada, 100);
            awaitMore(bob, 100);
            for (NativeClient client : new NativeClient[] {ada, bob}) {
                NativeStage.holdClean(client);
                assertThat(client.statistics().received())
                        .as("%s", client.statistics())
                        .extracting(ClientStatistics.Received::lost)
                        .containsOnly(0L);
            }
            assertThat(server.isAlive()).isTrue();

            ada.leave();
            bob.leave();

            assertThat(server.exitCode()).isEqualTo(143);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void shouldCarryTwentyRoomsUntilTheDeadlineWithoutALoss(String ownSockets, @TempDir Path folder)
            throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("sluice.yaml"),
                        "drainDeadline: %d s%nloop: {udp: {ownSockets: %s}}%n"
                                .formatted(DEADLINE.toSeconds(), ownSockets));
        try (ServerProcess server = ServerProcess.start(folder, "--config=" + file);
                ClientProcess clients = new ClientProcess()) {
            clients.join(server.uri(), "call", ROOMS, 2, AUDIO, VIDEO, PATIENCE);
            clients.awaitFlow(5, PATIENCE);
            long beganNanos = System.nanoTime();
            server.signal("TERM");
            await("nobody is sent here any more")
                    .atMost(DEADLINE)
                    .until(() -> status(server.uri().resolve("/readyz")) == 503);
            long packets = clients.statistics().path("packets").asLong();
            await("media goes on")
                    .atMost(DEADLINE)
                    .until(() ->
                            clients.statistics().path("packets").asLong()
                                    >= packets + PACKETS_MORE);
            JsonNode seen = clients.statistics();
            assertThat(server.isAlive()).as("%s", seen).isTrue();
            assertThat(seen.path("clients").asInt()).isEqualTo(2 * ROOMS);
            assertThat(seen.path("lost").asLong()).as("%s", seen).isZero();
            assertThat(seen.path("wrongContent").asLong()).as("%s", seen).isZero();

            assertThat(server.exitCode()).isEqualTo(75);
            assertThat(System.nanoTime() - beganNanos).isGreaterThanOrEqualTo(DEADLINE.toNanos());
        }
    }

    @Test
    void shouldSendAwayWhoIsStillThereAtTheDeadline(@TempDir Path folder) throws Exception {
        try (ClientLoop loop = new ClientLoop();
                ServerProcess server = ServerProcess.start(folder, "--drain-deadline=1 s");
                NativeClient ada = join(server, loop, "ada")) {
            server.signal("TERM");

            assertThat(server.exitCode()).isEqualTo(75);
            await("ada hears of it")
                    .atMost(PATIENCE)
                    .until(() -> !ada.events("room-closing").isEmpty());
        }
    }
}
