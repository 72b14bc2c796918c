package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.plain.ScriptedRoom;
import io.sluice.room.Leg;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEvent;
import io.sluice.room.TrackInfo;
import io.sluice.transport.SendSection;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import livekit.LivekitModels.TrackType;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.SignalTarget;
import livekit.LivekitRtc.TrickleRequest;
import livekit.LivekitRtc.UpdateSubscription;
import org.junit.jupiter.api.Test;

/** Clients that are offered what they watch; the answers are what {@code @livekit/rtc-node} 1.1.0 wrote. */
final class TwoConnectionsTest extends LiveKitServerTest {
    private static final String QUERY =
            "sdk=node&os=Debian&os_version=12.0.0&device_model=Unknown&protocol=17&client_protocol=2"
                    + "&auto_subscribe=1&adaptive_stream=0&version=1.1.0"
                    + "&capabilities=CAP_PACKET_TRAILER%2CCAP_COMPRESSION_DEFLATE_RAW";
    private static final TrackInfo VIDEO = ScriptedRoom.track("TR_video", Codec.VP8);
    private static final TrackInfo AUDIO = ScriptedRoom.track("TR_audio", Codec.OPUS);

    private SignalClient visit(String query) {
        return new SignalClient(
                http, address("ws", "/rtc", query + "&access_token=" + token("ada")));
    }

    private static SignalRequest.Builder answer(String name, int id) {
        String sdp = text("/io/sluice/livekit/rtc-node-1.1.0-two-connections-" + name + ".sdp");
        return SignalRequest.newBuilder()
                .setAnswer(SessionDescription.newBuilder().setType("answer").setSdp(sdp).setId(id));
    }

    private void open(String ufrag) {
        room.next(RoomCommand.OpenWatching.class).reply().complete(ScriptedRoom.transport(ufrag));
    }

    private static void welcomed(SignalClient client) {
        client.next(MessageCase.JOIN);
        client.next(MessageCase.REFRESH_TOKEN);
    }

    /** Watches the video of the room it came into. */
    private SignalClient watching() {
        SignalClient ada = visit(QUERY);
        room.admit(VIDEO);
        welcomed(ada);
        open("watchfrag");
        ada.next(MessageCase.OFFER);
        ada.send(answer("answer-to-video", 1));
        room.agree();
        return ada;
    }

    @Test
    void offersWhatThereIsToWatch() {
        SignalClient ada = visit(QUERY);
        room.admit(VIDEO);
        assertThat(ada.next(MessageCase.JOIN).getJoin().getSubscriberPrimary()).isFalse();
        ada.next(MessageCase.REFRESH_TOKEN);
        open("watchfrag");
        SessionDescription offer = ada.next(MessageCase.OFFER).getOffer();
        assertThat(offer.getType()).isEqualTo("offer");
        assertThat(offer.getId()).isEqualTo(1);
        assertThat(offer.getMidToTrackIdMap()).containsExactly(Map.entry("0", "TR_video"));
        assertThat(offer.getSdp())
                .contains("a=ice-ufrag:watchfrag", "a=msid:PA_bob|TR_video TR_video");
        ada.send(answer("answer-to-video", 0));
        RoomCommand.Negotiated negotiated = room.agree();
        assertThat(negotiated.leg()).isEqualTo(Leg.WATCHING);
        assertThat(negotiated.receive()).isEmpty();
        assertThat(negotiated.send()).extracting(SendSection::trackId).containsExactly("TR_video");
        assertThat(negotiated.remote().iceUfrag()).isEqualTo("twin");
    }

    @Test
    void offersAgainWhenThereIsMore() {
        SignalClient ada = visit(QUERY);
        ScriptedRoom.Seat seat = room.admit(VIDEO);
        welcomed(ada);
        open("watchfrag");
        ada.next(MessageCase.OFFER);
        seat.hears(new RoomEvent.TrackPublished(AUDIO));
        ada.next(MessageCase.UPDATE);
        ada.send(answer("answer-to-video", 1));
        assertThat(room.agree().send()).hasSize(1);
        SessionDescription offer = ada.next(MessageCase.OFFER).getOffer();
        assertThat(offer.getId()).isEqualTo(2);
        ada.send(answer("answer-to-both", 2));
        RoomCommand.Negotiated negotiated = room.agree();
        assertThat(negotiated.send())
                .extracting(SendSection::trackId)
                .containsExactly("TR_video", "TR_audio");
        assertThat(negotiated.remote().candidates()).hasSize(2);
    }

    @Test
    void opensNothingForWhoWatchesNothing() {
        SignalClient ada = visit(QUERY.replace("auto_subscribe=1", "auto_subscribe=0"));
        room.admit(VIDEO);
        welcomed(ada);
        ada.send(
                SignalRequest.newBuilder()
                        .setSubscription(
                                UpdateSubscription.newBuilder()
                                        .addTrackSids("TR_video")
                                        .setSubscribe(true)));
        open("watchfrag");
        ada.next(MessageCase.OFFER);
    }

    @Test
    void publishesOnTheFirstConnection() {
        SignalClient ada = watching();
        ada.send(addTrack(label("audio"), TrackType.AUDIO));
        ada.send(addTrack(label("video"), TrackType.VIDEO));
        ada.send(SignalRequest.newBuilder().setOffer(offer(SENDING, 1)));
        RoomCommand.Negotiated negotiated = room.agree();
        assertThat(negotiated.leg()).isEqualTo(Leg.FIRST);
        assertThat(negotiated.receive()).hasSize(2);
        assertThat(negotiated.send()).isEmpty();
        ada.next(MessageCase.TRACK_PUBLISHED);
        ada.next(MessageCase.TRACK_PUBLISHED);
        assertThat(ada.next(MessageCase.ANSWER).getAnswer().getMidToTrackIdMap()).isEmpty();
    }

    @Test
    void givesEachConnectionItsCandidates() {
        SignalClient ada = visit(QUERY);
        room.admit(VIDEO);
        welcomed(ada);
        open("watchfrag");
        ada.next(MessageCase.OFFER);
        // Before the answer that they belong to.
        ada.send(trickle(SignalTarget.SUBSCRIBER, "7 1 udp 1 192.0.2.2 9 typ host"));
        ada.send(answer("answer-to-video", 1));
        room.agree();
        RoomCommand.RemoteCandidate candidate = room.next(RoomCommand.RemoteCandidate.class);
        assertThat(candidate.leg()).isEqualTo(Leg.WATCHING);
        assertThat(candidate.candidate()).isEqualTo("7 1 udp 1 192.0.2.2 9 typ host");
        ada.send(trickle(SignalTarget.SUBSCRIBER, "8 1 udp 1 192.0.2.2 9 typ host"));
        assertThat(room.next(RoomCommand.RemoteCandidate.class).leg()).isEqualTo(Leg.WATCHING);
    }

    private static SignalRequest.Builder trickle(SignalTarget target, String value) {
        return SignalRequest.newBuilder()
                .setTrickle(
                        TrickleRequest.newBuilder()
                                .setTarget(target)
                                .setCandidateInit("{\"candidate\":\"candidate:" + value + "\"}"));
    }

    @Test
    void restartsIceForWhoComesBack() {
        SignalClient lost = watching();
        lost.abort();
        SignalClient back = visit(QUERY + "&reconnect=1&sid=PA_ada&reconnect_reason=0");
        heard(0);
        back.next(MessageCase.RECONNECT);
        back.next(MessageCase.UPDATE);
        back.next(MessageCase.ROOM_UPDATE);
        back.next(MessageCase.REFRESH_TOKEN);
        RoomCommand.RestartIce restart = room.next(RoomCommand.RestartIce.class);
        assertThat(restart.leg()).isEqualTo(Leg.WATCHING);
        restart.reply().complete(ScriptedRoom.transport("newfrag"));
        SessionDescription offer = back.next(MessageCase.OFFER).getOffer();
        assertThat(offer.getSdp()).contains("a=ice-ufrag:newfrag");
        // Of the connection before: nobody waits for it any more.
        back.send(answer("answer-to-video", 1));
        back.send(answer("answer-to-video", 2));
        assertThat(room.agree().send()).hasSize(1);
        assertThat(room.waiting()).isZero();
    }

    @Test
    void beginsAnewWithWhoAnswersNonsense() {
        SignalClient ada = visit(QUERY);
        room.admit(VIDEO);
        welcomed(ada);
        open("watchfrag");
        ada.next(MessageCase.OFFER);
        ada.send(
                SignalRequest.newBuilder()
                        .setAnswer(SessionDescription.newBuilder().setSdp("v=0\r\n").setId(1)));
        assertThat(ada.next(MessageCase.LEAVE).getLeave().getAction())
                .isEqualTo(LeaveRequest.Action.RECONNECT);
    }

    @Test
    void doesNotHearAnswersThatNobodyWaitsFor() {
        SignalClient ada = watching();
        for (int id : List.of(0, 1, 2, -1)) {
            ada.send(answer("answer-to-video", id));
        }
        ada.send(SignalRequest.newBuilder().setPing(1));
        ada.next(MessageCase.PONG);
        assertThat(room.waiting()).isZero();
    }

    @Test
    void letsNobodyGoOnInTheOtherMode() {
        watching();
        SignalClient other = connect("ada", reconnect("PA_ada"));
        assertThat(other.next(MessageCase.LEAVE).getLeave().getAction())
                .isEqualTo(LeaveRequest.Action.RECONNECT);
    }

    @Test
    void takesAJoinRequestAtTheOlderAddress() {
        String query =
                "join_request=" + SignalClient.parameter(request().build()).replace("=", "%3D");
        SignalClient ada = visit(query);
        room.admit(VIDEO);
        welcomed(ada);
        ada.send(SignalRequest.newBuilder().setOffer(offer(RECEIVING, 1)));
        assertThat(room.agree().send()).hasSize(1);
    }

    @Test
    void validatesWithoutAJoinRequest() throws IOException, InterruptedException {
        assertThat(validate(QUERY)).isEqualTo(200);
        assertThat(validate("attributes=%21")).isEqualTo(400);
        // {"a":1} is taken for {"a":"1"}, [] is not taken.
        assertThat(validate("attributes=W10")).isEqualTo(400);
        assertThat(validate("attributes=eyJhIjoiYiJ9")).isEqualTo(200);
        assertThat(validate("attributes=eyJhIjpudWxsfQ")).isEqualTo(400);
    }

    private int validate(String query) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(
                                address(
                                        "http",
                                        "/rtc/validate",
                                        query + "&access_token=" + token("ada")))
                        .build();
        return http.send(request, BodyHandlers.discarding()).statusCode();
    }
}
