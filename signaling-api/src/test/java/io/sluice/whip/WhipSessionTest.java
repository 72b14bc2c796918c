package io.sluice.whip;

import static io.sluice.whip.WhipServer.fragment;
import static io.sluice.whip.WhipServer.location;
import static io.sluice.whip.WhipServer.offer;
import static io.sluice.whip.WhipServer.publication;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Grants;
import io.sluice.api.rest.LiveRooms;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomEvent;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions and their rooms: who is made to go, and what a session's URL says then. */
final class WhipSessionTest {
    private final WhipServer server = new WhipServer();

    @AfterEach
    void close() {
        server.close();
    }

    private String begin(String identity) {
        return location(server.post("/whip/hall", server.token("hall", identity), publication()));
    }

    private int status(String session) {
        return server.ask("GET", session, null, null).statusCode();
    }

    @Test
    void shouldEndTheOlderSessionOfAnIdentity() {
        String first = begin("obs");
        String second = begin("obs");
        await().until(() -> status(first) == 404);
        assertThat(status(second)).isEqualTo(204);
        assertThat(server.room("hall").participants())
                .extracting(ParticipantInfo::identity)
                .containsExactly("obs");
        assertThat(server.protocol.sessions(true)).isOne();
    }

    @Test
    void shouldEndWithARemovedParticipant() {
        String session = begin("obs");
        CompletableFuture<Void> reply = new CompletableFuture<>();
        server.live.rooms.room("hall").submit(new RoomCommand.Remove("obs", reply));
        reply.orTimeout(10, TimeUnit.SECONDS).join();
        await().until(() -> status(session) == 404);
        assertThat(server.patch(session, fragment("frag"), null).statusCode()).isEqualTo(404);
    }

    @Test
    void shouldNotComeBackWithTheTokenOfARemovedParticipant() {
        String token = server.token("hall", "obs");
        String session = location(server.post("/whip/hall", token, publication()));
        CompletableFuture<Void> reply = new CompletableFuture<>();
        server.live.rooms.room("hall").submit(new RoomCommand.Remove("obs", reply));
        reply.orTimeout(10, TimeUnit.SECONDS).join();
        await().until(() -> status(session) == 404);
        assertThat(server.post("/whip/hall", token, publication()).statusCode()).isEqualTo(403);
        assertThat(
                        server.post("/whip/hall?access_token=" + token, null, publication())
                                .statusCode())
                .isEqualTo(403);

        // Whoever is let in again has another token; the old one opens not even its session.
        String again = server.token(Grants.join("hall", "obs", "again"));
        String next = location(server.post("/whip/hall", again, publication()));
        for (String method : new String[] {"PATCH", "DELETE", "GET"}) {
            assertThat(server.ask(method, next, token, null).statusCode()).isEqualTo(403);
            assertThat(server.ask(method, next + "?access_token=" + token, null, null).statusCode())
                    .isEqualTo(403);
        }
        assertThat(server.ask("DELETE", next, again, null).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldEndWhenItsPermissionIsTakenBack() {
        String session = begin("obs");
        CompletableFuture<ParticipantInfo> reply = new CompletableFuture<>();
        server.live
                .rooms
                .room("hall")
                .submit(
                        new RoomCommand.UpdateParticipant(
                                "obs",
                                null,
                                null,
                                Map.of(),
                                _ -> new Permissions(false, true, true),
                                reply));
        reply.orTimeout(10, TimeUnit.SECONDS).join();
        await().until(() -> status(session) == 404);
        assertThat(server.room("hall").participants()).isEmpty();
    }

    @Test
    void shouldEndWithTheRoom() {
        String session = begin("obs");
        CompletableFuture<Void> reply = new CompletableFuture<>();
        server.live.rooms.room("hall").submit(new RoomCommand.Close(RoomEnd.DELETED, reply));
        reply.orTimeout(10, TimeUnit.SECONDS).join();
        await().until(() -> status(session) == 404);
        assertThat(server.protocol.sessions(true)).isZero();
    }

    @Test
    void shouldForwardWhatAViewerCanTake() {
        begin("obs");
        String viewer =
                location(
                        server.post(
                                "/whep/hall/participants/obs",
                                server.token("hall", "viewer"),
                                offer("recvonly", "audio", "video")));
        assertThat(server.protocol.sessions(false)).isOne();
        assertThat(server.protocol.opened()).isEqualTo(2);
        assertThat(server.ask("DELETE", viewer, null, null).statusCode()).isEqualTo(200);
        assertThat(server.room("hall").participants()).hasSize(1);
    }

    @Test
    void shouldAskForACodecThatTheViewerDecodes() {
        LiveRooms.Guest ada = server.live.join("hall", "ada");
        server.live.publishWithPromise("hall", ada, "TR_v");
        String viewer =
                location(
                        server.post(
                                "/whep/hall",
                                server.token("hall", "viewer"),
                                offer("recvonly", "audio", "video")));
        await().until(() ->
                ada.events().contains(new RoomEvent.BackupWanted("TR_v", true, Map.of())));
        assertThat(server.ask("DELETE", viewer, null, null).statusCode()).isEqualTo(200);
        await().until(() ->
                ada.events().contains(new RoomEvent.BackupWanted("TR_v", false, Map.of())));
    }

    @Test
    void shouldAskForConditionsWhereItIsStrict() {
        try (WhipServer strict =
                new WhipServer(WhipServer.config(), WhipConfig.defaults().withStrict(true))) {
            String session =
                    location(strict.post("/whip/hall", strict.token("hall", "obs"), publication()));
            assertThat(strict.patch(session, fragment("frag"), null).statusCode()).isEqualTo(428);
            assertThat(strict.patch(session, fragment("frag"), "*").statusCode()).isEqualTo(204);
        }
    }
}
