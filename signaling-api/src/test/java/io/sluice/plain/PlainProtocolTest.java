package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.api.Grants;
import io.sluice.api.SocketLimits;
import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.plain.PlainCounters.Refusal;
import io.sluice.plain.ScriptedRoom.Seat;
import io.sluice.room.Guise;
import io.sluice.room.Joined;
import io.sluice.room.LeaveReason;
import io.sluice.room.Muting;
import io.sluice.room.Permissions;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomException;
import io.sluice.room.TrackInfo;
import io.sluice.transport.TrackSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The protocol over real WebSockets on loopback, with a room that the test plays. */
final class PlainProtocolTest extends PlainServerTest {
    @Test
    void shouldTellANewcomerWhoItIsAndWhoIsThere() {
        TestClient ada =
                connect()
                        .send(
                                TestClient.message("join")
                                        .put("token", token("ada"))
                                        .put("name", "Ada"));
        RoomCommand.Join asked = room.admit(ScriptedRoom.track("TR_v", Codec.VP8)).join();

        JsonNode joined = ada.next("joined");

        assertThat(asked.identity()).isEqualTo("ada");
        assertThat(asked.name()).isEqualTo("Ada");
        assertThat(joined.path("participant").asText()).isEqualTo("PA_ada");
        assertThat(joined.path("room").asText()).isEqualTo("maths");
        assertThat(joined.path("session").asText()).hasSize(32);
        assertThat(joined.path("resumed").asBoolean()).isFalse();
        assertThat(joined.path("participants").path(0).path("identity").asText()).isEqualTo("bob");
        assertThat(joined.path("tracks").path(0).path("track").asText()).isEqualTo("TR_v");
    }

    @Test
    void shouldJoinByATokenInTheRequest() {
        TestClient ada = new TestClient(http, uri("maths", "?access_token=" + token("ada")));
        room.admit();

        ada.next("joined");
    }

    @Test
    void shouldAnswerAnOfferOnceTheRoomHasCarriedItOut() {
        TestClient ada = joined("ada");
        Seat seat = room.admit();
        ada.next("joined");
        ada.offer(OFFER);
        RoomCommand.Negotiated negotiated = room.next(RoomCommand.Negotiated.class);
        assertThat(negotiated.participantId()).isEqualTo("PA_ada");
        assertThat(negotiated.receive()).hasSize(2);
        seat.hears(new RoomEvent.LocalCandidate("2 1 udp 1 ::1 7882 typ host"));
        assertThat(ada.waiting()).isZero();

        negotiated.reply().complete(null);

        JsonNode answer = ada.next("answer");
        assertThat(answer.path("sdp").asText()).contains("a=ice-ufrag:sluicefrag");
        assertThat(answer.path("tracks").isArray()).isTrue();
        assertThat(ada.next("ice-candidate").path("candidate").path("candidate").asText())
                .isEqualTo("candidate:2 1 udp 1 ::1 7882 typ host");
        seat.hears(new RoomEvent.TransportConnected());
        ada.next("connected");
    }

    @Test
    void shouldHandTheClientsCandidatesToTheRoomAfterItsDescription() {
        TestClient ada = joined("ada");
        room.admit();
        ada.next("joined");
        ada.send(TestClient.message("ice-candidate").put("candidate", "candidate:1 1 udp 1 ::1 9"));
        ada.send(TestClient.message("ice-candidate").putNull("candidate"));
        ada.offer(OFFER);

        room.next(RoomCommand.Negotiated.class);
        assertThat(room.next(RoomCommand.RemoteCandidate.class).candidate())
                .isEqualTo("1 1 udp 1 ::1 9");
    }

    @Test
    void shouldRefuseASecondOfferBeforeTheFirstIsAnswered() {
        TestClient ada = joined("ada");
        room.admit();
        ada.next("joined");
        ada.offer(OFFER).offer(OFFER);

        assertThat(ada.nextError()).isEqualTo("offer_in_progress");
        room.agree();
        ada.next("answer");
    }

    @Test
    void shouldSayWhatIsWrongWithAnOfferAndTakeTheNext() {
        TestClient ada = joined("ada");
        room.admit();
        ada.next("joined");

        assertThat(ada.offer("v=0\r\nnonsense").nextError()).isEqualTo("invalid_offer");
        ada.offer(OFFER);
        room.agree();
        ada.next("answer");
        assertThat(protocol.counters().of(Refusal.INVALID_OFFER)).isEqualTo(1);
    }

    @Test
    void shouldAskForSectionsOnceForManyTracks() {
        TestClient ada = joined("ada");
        Seat seat = room.admit();
        ada.next("joined");
        ada.offer(OFFER);
        room.agree();
        ada.next("answer");

        seat.hears(new RoomEvent.TrackPublished(ScriptedRoom.track("TR_a", Codec.OPUS)));
        seat.hears(new RoomEvent.TrackPublished(ScriptedRoom.track("TR_v", Codec.VP8)));
        seat.hears(new RoomEvent.TrackPublished(ScriptedRoom.track("TR_w", Codec.VP8)));
        ada.next("track-published");
        ada.next("track-published");
        ada.next("track-published");

        // The offer's own two sections can receive as well as send.
        JsonNode renegotiate = ada.next("renegotiate");
        assertThat(renegotiate.path("audio").asInt()).isZero();
        assertThat(renegotiate.path("video").asInt()).isEqualTo(1);
        seat.hears(new RoomEvent.TrackPublished(ScriptedRoom.track("TR_x", Codec.VP8)));
        ada.next("track-published");
        // No second request before the next answer.
        ada.send(TestClient.message("ping")).next("pong");
    }

    @Test
    void shouldForwardTracksInTheSectionsThatReceive() {
        TestClient ada = joined("ada");
        room.admit(ScriptedRoom.track("TR_a", Codec.OPUS), ScriptedRoom.track("TR_v", Codec.VP8));
        ada.next("joined");
        ada.offer(RECEIVING_OFFER);

        assertThat(room.agree().send()).hasSize(2);
        JsonNode tracks = ada.next("answer").path("tracks");
        assertThat(tracks.findValuesAsText("track")).containsExactlyInAnyOrder("TR_a", "TR_v");
        assertThat(tracks.findValuesAsText("mid")).hasSize(2);
    }

    @Test
    void shouldSayOnceThatATrackCannotBeDecoded() {
        TestClient ada = joined("ada");
        Seat seat = room.admit();
        ada.next("joined");
        ada.offer(RECEIVING_OFFER);
        room.agree();
        ada.next("answer");
        TrackInfo plain = ScriptedRoom.track("TR_h", Codec.H264);
        CodecFormat unknownProfile =
                new CodecFormat(Codec.H264, Map.of("profile-level-id", "7a001f"));
        TrackInfo odd =
                new TrackInfo(
                        plain.trackId(),
                        plain.participantId(),
                        plain.identity(),
                        plain.kind(),
                        plain.source(),
                        unknownProfile,
                        Muting.NONE);

        seat.hears(new RoomEvent.TrackPublished(odd));

        ada.next("track-published");
        JsonNode unavailable = ada.next("unavailable");
        assertThat(unavailable.path("track").asText()).isEqualTo("TR_h");
        assertThat(unavailable.path("reason").asText()).isEqualTo("codec");
        ada.offer(RECEIVING_OFFER);
        room.agree();
        ada.next("answer");
        ada.send(TestClient.message("ping")).next("pong");
    }

    @Test
    void shouldAskForNewCredentialsWhenIceIsRestarted() {
        TestClient ada = joined("ada");
        room.admit();
        ada.next("joined");
        ada.offer(recorded("chromium156-offer-plain-av"));
        room.agree();
        ada.next("answer");
        ada.offer(
                recorded("chromium156-offer-plain-av")
                        .replaceAll("a=ice-ufrag:.*", "a=ice-ufrag:abcd")
                        .replaceAll("a=ice-pwd:.*", "a=ice-pwd:abcdabcdabcdabcdabcdabcd"));
        RoomCommand.RestartIce restart = room.next(RoomCommand.RestartIce.class);
        ada.send(TestClient.message("ice-candidate").put("candidate", "1 1 udp 1 ::1 9"));
        ada.send(TestClient.message("ping")).next("pong");
        // It belongs to credentials that the room does not know yet.
        assertThat(room.waiting()).isZero();

        restart.reply().complete(ScriptedRoom.transport("freshfrag"));

        assertThat(room.agree().remote().iceUfrag()).isEqualTo("abcd");
        room.next(RoomCommand.RemoteCandidate.class);
        assertThat(ada.next("answer").path("sdp").asText()).contains("a=ice-ufrag:freshfrag");
    }

    @Test
    void shouldResumeWithTheEventsThatWereMissed() {
        TestClient ada = joined("ada");
        Seat seat = room.admit();
        String session = ada.next("joined").path("session").asText();
        seat.hears(new RoomEvent.TrackPublished(ScriptedRoom.track("TR_a", Codec.OPUS)));
        long seq = ada.next("track-published").path("seq").asLong();
        ada.abort();
        await().until(() -> gate.sockets() == 0);
        seat.hears(new RoomEvent.TrackPublished(ScriptedRoom.track("TR_v", Codec.VP8)));
        seat.hears(new RoomEvent.TransportConnected());

        TestClient again =
                connect().send(TestClient.message("join").put("session", session).put("seq", seq));

        JsonNode joined = again.next("joined");
        assertThat(joined.path("resumed").asBoolean()).isTrue();
        assertThat(joined.path("participant").asText()).isEqualTo("PA_ada");
        assertThat(again.next("track-published").path("track").asText()).isEqualTo("TR_v");
        assertThat(again.next("connected").path("seq").asLong()).isEqualTo(seq + 2);
        again.offer(OFFER);
        room.agree();
        again.next("answer");
    }

    @Test
    void shouldRepeatWhatWasLostInTheOldSocket() {
        TestClient ada = joined("ada");
        Seat seat = room.admit();
        String session = ada.next("joined").path("session").asText();
        seat.hears(new RoomEvent.TransportConnected());
        ada.next("connected");

        // The old socket is not known to be dead, and the client says that nothing came on it.
        TestClient again =
                connect().send(TestClient.message("join").put("session", session).put("seq", 0));

        again.next("joined");
        again.next("connected");
        assertThat(ada.closeCode()).isEqualTo(CloseCode.RESUMED_ELSEWHERE.code());
    }

    @Test
    void shouldEndASessionThatNobodyResumes() {
        restart(
                config().withSessions(Duration.ofMillis(50), SocketLimits.defaults()),
                PlainConfig.defaults());
        TestClient ada = joined("ada");
        room.admit();
        String session = ada.next("joined").path("session").asText();
        ada.abort();

        RoomCommand.Leave leave = room.next(RoomCommand.Leave.class);
        assertThat(leave.reason()).isEqualTo(LeaveReason.SIGNALING_LOST);
        await().until(() -> protocol.sessions() == 0);
        TestClient late = connect().send(TestClient.message("join").put("session", session));
        assertThat(late.nextError()).isEqualTo("session_unknown");
        assertThat(late.closeCode()).isEqualTo(CloseCode.SESSION_UNKNOWN.code());
    }

    @Test
    void shouldEndASessionThatMissesTooMuch() {
        PlainConfig few = PlainConfig.defaults().withKept(2, 10_000);
        restart(config(), few);
        TestClient ada = joined("ada");
        Seat seat = room.admit();
        ada.next("joined");
        ada.abort();
        await().until(() -> gate.sockets() == 0);
        for (int i = 0; i < 3; i++) {
            seat.hears(new RoomEvent.TransportConnected());
        }

        assertThat(room.next(RoomCommand.Leave.class).reason())
                .isEqualTo(LeaveReason.SIGNALING_LOST);
        assertThat(protocol.counters().of(Refusal.MISSED_TOO_MUCH)).isEqualTo(1);
    }

    @Test
    void shouldJoinAnewWithATokenWhereTheSessionIsGone() {
        TestClient ada =
                connect()
                        .send(
                                TestClient.message("join")
                                        .put("session", "0".repeat(32))
                                        .put("token", token("ada")));
        room.admit();

        assertThat(ada.next("joined").path("resumed").asBoolean()).isFalse();
    }

    @Test
    void shouldLeaveAtOnce() {
        TestClient ada = joined("ada");
        room.admit();
        ada.next("joined");
        ada.send(TestClient.message("leave"));

        assertThat(room.next(RoomCommand.Leave.class).reason()).isEqualTo(LeaveReason.LEFT);
        assertThat(ada.next("left").path("reason").asText()).isEqualTo("left");
        assertThat(ada.closeCode()).isEqualTo(1000);
        await().until(() -> gate.sockets() == 0 && protocol.sessions() == 0);
    }

    @Test
    void shouldSayWhyTheRoomEndsAParticipant() {
        TestClient ada = joined("ada");
        Seat seat = room.admit();
        ada.next("joined");
        seat.hears(new RoomEvent.Left(LeaveReason.REPLACED));

        assertThat(ada.next("left").path("reason").asText()).isEqualTo("replaced");
        assertThat(ada.closeCode()).isEqualTo(CloseCode.REPLACED.code());
        await().until(() -> protocol.sessions() == 0);
    }

    @Test
    void shouldTakeBackAJoinWhoseClientIsGone() {
        TestClient ada = joined("ada");
        RoomCommand.Join join = room.next(RoomCommand.Join.class);
        ada.abort();
        await().until(() -> gate.sockets() == 0);
        join.reply()
                .complete(
                        new Joined(
                                ScriptedRoom.BOB,
                                ScriptedRoom.LOCAL,
                                ScriptedRoom.room(List.of(), List.of())));

        assertThat(room.next(RoomCommand.Leave.class).participantId()).isEqualTo("PA_bob");
    }

    @Test
    void shouldJoinTheNextLifeOfARoomThatJustEnded() {
        TestClient ada = joined("ada");
        room.next(RoomCommand.Join.class)
                .reply()
                .completeExceptionally(
                        new RoomException(RoomException.Reason.ROOM_CLOSED, "The room ended."));
        room.admit();

        ada.next("joined");
    }

    @Test
    void shouldSayThatARoomIsFull() {
        TestClient ada = joined("ada");
        room.next(RoomCommand.Join.class)
                .reply()
                .completeExceptionally(
                        new RoomException(RoomException.Reason.ROOM_FULL, "The room is full."));

        assertThat(ada.nextError()).isEqualTo("room_full");
        assertThat(ada.closeCode()).isEqualTo(CloseCode.FULL.code());
    }

    @Test
    void shouldLetNobodyInWithTheTokenOfARemovedParticipant() {
        String token = token("ada");
        TestClient ada = connect().join(token);
        Seat seat = room.admit();
        String session = ada.next("joined").path("session").asText();
        seat.hears(new RoomEvent.Left(LeaveReason.REMOVED));
        ada.next("left");
        assertThat(ada.closeCode()).isEqualTo(CloseCode.REMOVED.code());
        TestClient again = connect().join(token);
        assertThat(again.nextError()).isEqualTo("not_permitted");
        assertThat(again.closeCode()).isEqualTo(CloseCode.UNAUTHORIZED.code());
        assertThat(refusal(uri("maths", "?access_token=" + token))).isEqualTo(403);
        TestClient resuming = connect().send(TestClient.message("join").put("session", session));
        assertThat(resuming.nextError()).isEqualTo("session_unknown");
        joined("bob");
        room.admit();
    }

    @Test
    void shouldHandOnWhatTheTokenForbids() {
        Grants grants =
                new Grants(
                        "eve",
                        null,
                        null,
                        true,
                        false,
                        false,
                        false,
                        "maths",
                        new Permissions(false, true, false),
                        Map.of(),
                        null,
                        new Guise(Guise.Kind.STANDARD, true));
        connect().join(tokens.issue("devkey", grants, Duration.ofHours(1)));

        RoomCommand.Join join = room.admit().join();
        assertThat(join.permissions().canPublish()).isFalse();
        assertThat(join.guise().hidden()).isTrue();
    }

    @Test
    void shouldRefuseSourcesThatTheTokenForbids() {
        Grants grants =
                new Grants(
                        "eve",
                        null,
                        null,
                        true,
                        false,
                        false,
                        false,
                        "maths",
                        new Permissions(
                                true, true, true, 0, Set.of(TrackSource.MICROPHONE), false));
        TestClient eve = connect().join(tokens.issue("devkey", grants, Duration.ofHours(1)));
        room.admit();
        eve.next("joined");

        assertThat(eve.offer(OFFER).nextError()).isEqualTo("not_permitted");
    }
}
