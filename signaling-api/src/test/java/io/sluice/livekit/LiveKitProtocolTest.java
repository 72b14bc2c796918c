package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Grants;
import io.sluice.api.TokenException;
import io.sluice.codec.Codec;
import io.sluice.plain.ScriptedRoom;
import io.sluice.room.Guise;
import io.sluice.room.Joined;
import io.sluice.room.LeaveReason;
import io.sluice.room.Permissions;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomSettings;
import io.sluice.room.TrackInfo;
import io.sluice.room.ViewerRule;
import io.sluice.transport.TrackSource;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.Ping;
import livekit.LivekitRtc.ReconnectResponse;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.SubscriptionPermission;
import livekit.LivekitRtc.SubscriptionPermissionUpdate;
import livekit.LivekitRtc.SyncState;
import livekit.LivekitRtc.TrackPermission;
import livekit.LivekitRtc.TrackPublishedResponse;
import livekit.LivekitRtc.UpdateParticipantMetadata;
import org.junit.jupiter.api.Test;

/** How clients of the LiveKit protocol come in, go, and come back. */
final class LiveKitProtocolTest extends LiveKitServerTest {
    @Test
    void tellsWhatClientsCannotDoWithout() throws TokenException {
        SignalClient ada = connect("ada", request());
        room.admit();
        JoinResponse join = ada.next(MessageCase.JOIN).getJoin();
        assertThat(join.getRoom().getSid()).startsWith("RM_");
        assertThat(join.getRoom().getNumParticipants()).isEqualTo(2);
        assertThat(join.getParticipant().getSid()).startsWith("PA_");
        assertThat(join.getParticipant().getPermission().getCanPublish()).isTrue();
        assertThat(join.getOtherParticipantsList())
                .extracting(ParticipantInfo::getIdentity)
                .containsExactly("bob");
        assertThat(join.getPingInterval()).isPositive();
        assertThat(join.getPingTimeout()).isGreaterThan(join.getPingInterval());
        assertThat(join.getServerInfo().getVersion()).isNotEmpty();
        assertThat(join.getIceServers(0).getUrls(0)).isEqualTo("turn:turn.example.org:3478");
        assertThat(join.getIceServers(0).getCredential()).isEqualTo("secret");
        assertThat(join.getSubscriberPrimary()).isFalse();
        assertThat(join.getEnabledPublishCodecs(0).getMime()).isEqualTo("video/VP8");
        String refreshed = ada.next(MessageCase.REFRESH_TOKEN).getRefreshToken();
        assertThat(tokens.verify(refreshed).identity()).isEqualTo("ada");
    }

    @Test
    void answersTheOfferOfTheJoinRequest() {
        TrackInfo track = ScriptedRoom.track("TR_bob", Codec.VP8);
        SignalClient ada = connect("ada", request().setPublisherOffer(offer(RECEIVING, 3)));
        room.admit(track);
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        assertThat(room.agree().send()).hasSize(1);
        var answer = ada.next(MessageCase.ANSWER).getAnswer();
        assertThat(answer.getType()).isEqualTo("answer");
        assertThat(answer.getId()).isEqualTo(3);
        assertThat(answer.getMidToTrackIdMap()).containsValue("TR_bob");
        assertThat(answer.getSdp()).contains("a=msid:PA_bob|TR_bob TR_bob");
    }

    /** As `@livekit/rtc-node` 1.1.0 wrote it: compressed, with an offer of six sections and data channels. */
    @Test
    void answersTheRecordedRequestOfTheClientForNode() {
        String query =
                "access_token="
                        + token("ada")
                        + "&join_request="
                        + text("/io/sluice/livekit/rtc-node-1.1.0-join-request.txt");
        SignalClient ada = new SignalClient(http, address("ws", "/rtc/v1", query));
        room.admit(
                ScriptedRoom.track("TR_video", Codec.VP8),
                ScriptedRoom.track("TR_audio", Codec.OPUS));
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        assertThat(room.agree().send()).hasSize(2);
        var answer = ada.next(MessageCase.ANSWER).getAnswer();
        assertThat(answer.getMidToTrackIdMap())
                .containsEntry("0", "TR_audio")
                .containsEntry("3", "TR_video");
        assertThat(answer.getSdp()).contains("m=application 9 UDP/DTLS/SCTP");
    }

    @Test
    void refusesWithAStatusThatPagesMayRead() throws IOException, InterruptedException {
        String good = SignalClient.parameter(request().build());
        assertThat(validate(token("ada"), good).body()).isEqualTo("success");
        assertRefused(validate("", good), 401);
        assertRefused(validate("nonsense", good), 401);
        assertRefused(validate(token("ada"), "nonsense!"), 400);
        String administers =
                tokens.issue(
                        "devkey",
                        Grants.administration("root", true, true, "maths"),
                        Duration.ofHours(1));
        assertRefused(validate(administers, good), 401);
        HttpResponse<String> old =
                http.send(
                        HttpRequest.newBuilder(address("http", "/rtc", "")).build(),
                        BodyHandlers.ofString());
        assertThat(old.statusCode()).isEqualTo(404);
    }

    private static void assertRefused(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("access-control-allow-origin")).hasValue("*");
        assertThat(response.body()).isNotEmpty();
    }

    @Test
    void refusesTheUpgradeToo() {
        CompletionException failed =
                catchThrowableOfType(
                        CompletionException.class,
                        () ->
                                http.newWebSocketBuilder()
                                        .buildAsync(
                                                address("ws", "/rtc/v1", "access_token=x"),
                                                new WebSocket.Listener() {})
                                        .join());
        assertThat(failed.getCause())
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(401));
    }

    @Test
    void letsNobodyBackInWithTheTokensOfWhoWasRemoved() throws IOException, InterruptedException {
        String token = token("ada");
        SignalClient ada = new SignalClient(http, uri(token, request()));
        ScriptedRoom.Seat seat = room.admit();
        ada.next(MessageCase.JOIN);
        String refreshed = ada.next(MessageCase.REFRESH_TOKEN).getRefreshToken();
        seat.hears(new RoomEvent.Left(LeaveReason.REMOVED));
        ada.next(MessageCase.LEAVE);
        String wish = SignalClient.parameter(request().build());
        assertThat(validate(token, wish).statusCode()).isEqualTo(401);
        assertThat(validate(refreshed, wish).statusCode()).isEqualTo(401);
        assertThat(validate(token("bob"), wish).statusCode()).isEqualTo(200);
    }

    @Test
    void goesOnOnANewSocket() {
        SignalClient lost = joined("ada");
        lost.abort();
        SignalClient back = connect("ada", reconnect("PA_ada"));
        heard(17);
        ReconnectResponse reconnect = back.next(MessageCase.RECONNECT).getReconnect();
        assertThat(reconnect.getServerInfo().getVersion()).isNotEmpty();
        assertThat(reconnect.getLastMessageSeq()).isEqualTo(17);
        assertThat(back.next(MessageCase.UPDATE).getUpdate().getParticipantsList())
                .extracting(ParticipantInfo::getIdentity)
                .containsExactly("ada", "bob");
        assertThat(room.waiting()).isZero();
    }

    @Test
    void goesOnWithTheLastOfSeveralSockets() {
        SignalClient lost = joined("ada");
        lost.abort();
        SignalClient first = connect("ada", reconnect("PA_ada"));
        RoomCommand.LastHeard asked = room.next(RoomCommand.LastHeard.class);
        SignalClient second = connect("ada", reconnect("PA_ada"));
        assertThat(first.closeCode()).isEqualTo(1000);
        heard(1);
        asked.reply().complete(1L);
        second.next(MessageCase.RECONNECT);
    }

    @Test
    void refreshesATokenWithWhatIsTrueOfItsBearerNow() throws TokenException {
        Guise guise = new Guise(Guise.Kind.AGENT, true);
        Grants admin =
                new Grants(
                        "ada",
                        "Ada",
                        "",
                        true,
                        true,
                        true,
                        true,
                        "maths",
                        Permissions.ALL,
                        Map.of(),
                        null,
                        guise);
        String token = tokens.issue("devkey", admin, Duration.ofHours(1));
        SignalClient ada = new SignalClient(http, uri(token, request()));
        ScriptedRoom.Seat seat = room.admit();
        ada.next(MessageCase.JOIN);
        assertThat(seat.join().guise()).isEqualTo(guise);
        Grants first = tokens.verify(ada.next(MessageCase.REFRESH_TOKEN).getRefreshToken());
        assertThat(first.permissions()).isEqualTo(Permissions.ALL);
        seat.hears(
                updated(
                        new Permissions(
                                true, false, false, 64_000, Set.of(TrackSource.MICROPHONE), true),
                        "later",
                        "tired"));
        ada.next(MessageCase.UPDATE);
        Grants now = tokens.verify(ada.next(MessageCase.REFRESH_TOKEN).getRefreshToken());
        assertThat(now)
                .isEqualTo(
                        new Grants(
                                "ada",
                                "later",
                                "tired",
                                true,
                                true,
                                true,
                                true,
                                "maths",
                                new Permissions(
                                        true,
                                        false,
                                        false,
                                        64_000,
                                        Set.of(TrackSource.MICROPHONE),
                                        true),
                                Map.of("mood", "tired"),
                                null,
                                guise));
        protocol.move("PA_ada", "physics").join();
        Grants moved = tokens.verify(ada.next(MessageCase.REFRESH_TOKEN).getRefreshToken());
        assertThat(moved.permissions()).isEqualTo(now.permissions());
        assertThat(moved.roomAdmin()).isFalse();
    }

    @Test
    void refreshesNoTokenForEachOfManyChangesOfAName() {
        SignalClient ada = connect("ada", request());
        ScriptedRoom.Seat seat = room.admit();
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        // One it came with, one it was given, and 14 more.
        for (int change = 0; change < 14; change++) {
            seat.hears(updated(Permissions.ALL, "name " + change, ""));
            ada.next(MessageCase.UPDATE);
            ada.next(MessageCase.REFRESH_TOKEN);
        }
        seat.hears(updated(Permissions.ALL, "another", ""));
        ada.next(MessageCase.UPDATE);
        seat.hears(updated(new Permissions(true, false, true), "another", ""));
        ada.next(MessageCase.UPDATE);
        ada.next(MessageCase.REFRESH_TOKEN);
    }

    @Test
    void refreshesATokenWithoutWordsThatItCannotHold() throws TokenException {
        SignalClient ada = connect("ada", request());
        ScriptedRoom.Seat seat = room.admit();
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        seat.hears(updated(new Permissions(false, true, true), "Ada", "\u754c".repeat(4096)));
        ada.next(MessageCase.UPDATE);
        Grants now = tokens.verify(ada.next(MessageCase.REFRESH_TOKEN).getRefreshToken());
        assertThat(now.permissions().canPublish()).isFalse();
        assertThat(now.metadata()).isNull();
    }

    private static RoomEvent updated(Permissions permissions, String name, String metadata) {
        return new RoomEvent.ParticipantUpdated(
                new io.sluice.room.ParticipantInfo(
                        "PA_ada",
                        "ada",
                        name,
                        metadata,
                        Map.of("mood", metadata),
                        Guise.PERSON,
                        permissions,
                        true,
                        Instant.EPOCH));
    }

    @Test
    void sendsAClientToAnotherRoom() throws TokenException {
        SignalClient ada = joined("ada");
        protocol.move("PA_ada", "physics").join();
        String token = ada.next(MessageCase.REFRESH_TOKEN).getRefreshToken();
        assertThat(tokens.verify(token).room()).isEqualTo("physics");
        assertThat(tokens.verify(token).identity()).isEqualTo("ada");
        assertThat(ada.next(MessageCase.LEAVE).getLeave().getAction())
                .isEqualTo(LeaveRequest.Action.RECONNECT);
        assertThat(room.next(RoomCommand.Leave.class).participantId()).isEqualTo("PA_ada");
        assertThat(protocol.move("PA_ada", "physics")).isCompletedExceptionally();
    }

    @Test
    void sendsNobodyElsewhereWhoIsAway() {
        joined("ada").abort();
        await().until(() -> {
            CompletableFuture<Void> moved = protocol.move("PA_ada", "physics");
            return moved.handle((_, failure) -> failure != null)
                    .orTimeout(5, TimeUnit.SECONDS)
                    .join();
        });
    }

    @Test
    void letsThePublisherSayWhoMayWatch() {
        SignalClient ada = joined("ada");
        ada.send(
                SignalRequest.newBuilder()
                        .setSubscriptionPermission(
                                SubscriptionPermission.newBuilder()
                                        .addTrackPermissions(
                                                TrackPermission.newBuilder()
                                                        .setParticipantIdentity("bob")
                                                        .addTrackSids("TR_1"))
                                        .addTrackPermissions(
                                                TrackPermission.newBuilder()
                                                        .setParticipantSid("PA_eve")
                                                        .setAllTracks(true))));
        RoomCommand.PermitViewers said = room.next(RoomCommand.PermitViewers.class);
        assertThat(said.participantId()).isEqualTo("PA_ada");
        assertThat(said.rule().everybody()).isFalse();
        assertThat(said.rule().byViewer())
                .containsEntry("bob", new ViewerRule.Share(false, Set.of("TR_1")))
                .containsEntry("PA_eve", new ViewerRule.Share(true, Set.of()));
    }

    @Test
    void letsNobodyChangeItselfWithoutEnd() {
        SignalClient ada = connect("ada", request());
        RoomCommand.Join join = room.next(RoomCommand.Join.class);
        Permissions permissions =
                new Permissions(true, true, true, RoomSettings.ANY_BITRATE, Set.of(), true);
        var self =
                new io.sluice.room.ParticipantInfo(
                        "PA_ada",
                        "ada",
                        "",
                        "",
                        Map.of(),
                        Guise.PERSON,
                        permissions,
                        true,
                        Instant.EPOCH);
        join.reply()
                .complete(
                        new Joined(
                                self, ScriptedRoom.LOCAL, ScriptedRoom.room(List.of(), List.of())));
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        for (int i = 0; i < 80; i++) {
            ada.send(
                    SignalRequest.newBuilder()
                            .setUpdateMetadata(
                                    UpdateParticipantMetadata.newBuilder().setName("ada " + i)));
        }
        // The room answers none of those that come to it.
        RequestResponse refused = ada.next(MessageCase.REQUEST_RESPONSE).getRequestResponse();
        assertThat(refused.getReason()).isEqualTo(RequestResponse.Reason.LIMIT_EXCEEDED);
        assertThat(room.waiting()).isBetween(10, 79);
    }

    @Test
    void tellsWhoMayNotWatch() {
        SignalClient ada = connect("ada", request());
        ScriptedRoom.Seat seat = room.admit();
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        seat.hears(new RoomEvent.WatchingPermitted("PA_bob", "TR_1", false));
        SubscriptionPermissionUpdate update =
                ada.next(MessageCase.SUBSCRIPTION_PERMISSION_UPDATE)
                        .getSubscriptionPermissionUpdate();
        assertThat(update.getParticipantSid()).isEqualTo("PA_bob");
        assertThat(update.getTrackSid()).isEqualTo("TR_1");
        assertThat(update.getAllowed()).isFalse();
    }

    @Test
    void beginsAnewWithWhoBelievesSomethingElse() {
        SignalClient ada = joined("ada");
        TrackInfo unknown = ScriptedRoom.track("TR_unknown", Codec.OPUS);
        ada.send(
                SignalRequest.newBuilder()
                        .setSyncState(
                                SyncState.newBuilder()
                                        .addPublishTracks(
                                                TrackPublishedResponse.newBuilder()
                                                        .setTrack(LiveKitModels.track(unknown)))));
        assertThat(ada.next(MessageCase.LEAVE).getLeave().getAction())
                .isEqualTo(LeaveRequest.Action.RECONNECT);
        assertThat(room.next(RoomCommand.Leave.class).participantId()).isEqualTo("PA_ada");
    }

    @Test
    void letsNobodyGoOnWithSomebodyElsesSession() {
        joined("ada");
        for (SignalClient other :
                List.of(
                        connect("eve", reconnect("PA_ada")),
                        connect("ada", reconnect("PA_unknown")))) {
            LeaveRequest leave = other.next(MessageCase.LEAVE).getLeave();
            assertThat(leave.getReason()).isEqualTo(DisconnectReason.STATE_MISMATCH);
            assertThat(leave.getAction()).isEqualTo(LeaveRequest.Action.RECONNECT);
        }
    }

    @Test
    void leavesWhenToldTo() {
        SignalClient ada = joined("ada");
        ada.send(SignalRequest.newBuilder().setLeave(LeaveRequest.getDefaultInstance()));
        assertThat(room.next(RoomCommand.Leave.class).reason()).isEqualTo(LeaveReason.LEFT);
        assertThat(ada.closeCode()).isEqualTo(1000);
    }

    @Test
    void answersPings() {
        SignalClient ada = joined("ada");
        ada.send(SignalRequest.newBuilder().setPing(5));
        assertThat(ada.next(MessageCase.PONG).getPong()).isPositive();
        ada.send(SignalRequest.newBuilder().setPingReq(Ping.newBuilder().setTimestamp(17)));
        SignalResponse answer = ada.next(MessageCase.PONG_RESP);
        assertThat(answer.getPongResp().getLastPingTimestamp()).isEqualTo(17);
    }

    @Test
    void hangsUpOnWhoIsNeverUnderstood() {
        SignalClient ada = joined("ada");
        for (int i = 0; i < 25; i++) {
            ada.send(new byte[] {(byte) 0xff, 1, 2});
        }
        assertThat(ada.closeCode()).isEqualTo(1008);
    }
}
