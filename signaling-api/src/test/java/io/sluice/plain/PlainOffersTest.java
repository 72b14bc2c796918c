package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.codec.Codec;
import io.sluice.plain.PlainCounters.Refusal;
import io.sluice.plain.ScriptedRoom.Seat;
import io.sluice.room.Leg;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEvent;
import io.sluice.room.TrackInfo;
import io.sluice.transport.SendSection;
import org.junit.jupiter.api.Test;

/** Clients that want to be offered what they are sent. */
final class PlainOffersTest extends PlainServerTest {
    private static final TrackInfo VIDEO = ScriptedRoom.track("TR_v", Codec.VP8);

    /** As a client answers that takes everything. */
    private static String answerTo(JsonNode offer) {
        return offer.path("sdp")
                .asText()
                .replace("a=setup:actpass", "a=setup:active")
                .replace("a=sendonly", "a=recvonly");
    }

    private TestClient offered() {
        TestClient ada =
                connect()
                        .send(
                                TestClient.message("join")
                                        .put("token", token("ada"))
                                        .put("subscribe", "offer"));
        room.admit(VIDEO);
        ada.next("joined");
        open();
        return ada;
    }

    private void open() {
        room.next(RoomCommand.OpenWatching.class)
                .reply()
                .complete(ScriptedRoom.transport("watchfrag"));
    }

    private static void answer(TestClient client, String sdp, int id) {
        client.send(TestClient.message("answer").put("sdp", sdp).put("id", id));
    }

    @Test
    void shouldOfferWhatThereIsAndWhatComesLater() {
        TestClient ada =
                new TestClient(http, uri("maths", "?subscribe=offer&access_token=" + token("ada")));
        Seat seat = room.admit(VIDEO);
        ada.next("joined");
        open();
        JsonNode first = ada.next("offer");
        assertThat(first.path("sdp").asText()).contains("a=ice-ufrag:watchfrag");
        assertThat(first.path("tracks").path(0).path("track").asText()).isEqualTo("TR_v");
        assertThat(first.path("tracks").path(0).path("mid").asText()).isEqualTo("0");
        answer(ada, answerTo(first), first.path("id").asInt());
        RoomCommand.Negotiated agreed = room.agree();
        assertThat(agreed.leg()).isEqualTo(Leg.WATCHING);
        assertThat(agreed.send()).extracting(SendSection::trackId).containsExactly("TR_v");

        seat.hears(new RoomEvent.TrackPublished(ScriptedRoom.track("TR_a", Codec.OPUS)));
        ada.next("track-published");
        JsonNode second = ada.next("offer");
        assertThat(second.path("tracks")).hasSize(2);
        // Without a number it is the last.
        ada.send(TestClient.message("answer").put("sdp", answerTo(second)));
        assertThat(room.agree().send()).hasSize(2);
    }

    @Test
    void shouldAnswerWhatTheClientPublishesBeside() {
        TestClient ada = offered();
        ada.next("offer");
        ada.offer(OFFER);
        RoomCommand.Negotiated agreed = room.agree();
        assertThat(agreed.leg()).isEqualTo(Leg.FIRST);
        assertThat(agreed.send()).isEmpty();
        assertThat(ada.next("answer").path("tracks")).isEmpty();
    }

    @Test
    void shouldKnowTheCandidatesOfEachConnection() {
        TestClient ada = offered();
        JsonNode offer = ada.next("offer");
        ada.send(
                TestClient.message("ice-candidate")
                        .put("candidate", "candidate:1 1 udp 1 ::1 9")
                        .put("connection", "offer"));
        answer(ada, answerTo(offer), 1);
        room.agree();
        RoomCommand.RemoteCandidate candidate = room.next(RoomCommand.RemoteCandidate.class);
        assertThat(candidate.leg()).isEqualTo(Leg.WATCHING);
        assertThat(candidate.candidate()).isEqualTo("1 1 udp 1 ::1 9");
    }

    @Test
    void shouldSayWhatIsWrongWithAnAnswerAndTakeTheNext() {
        TestClient ada = offered();
        JsonNode offer = ada.next("offer");
        answer(ada, "v=0", 1);
        JsonNode error = ada.next("error");
        assertThat(error.path("code").asText()).isEqualTo("invalid_offer");
        assertThat(error.path("about").asText()).isEqualTo("answer");
        answer(ada, answerTo(offer), 7);
        assertThat(ada.nextError()).isEqualTo("invalid_offer");
        answer(ada, answerTo(offer), 1);
        assertThat(room.agree().send()).hasSize(1);
        assertThat(protocol.counters().of(Refusal.INVALID_ANSWER)).isEqualTo(1);
    }

    @Test
    void shouldOfferNothingToWhoDidNotAskForIt() {
        TestClient ada = joined("ada");
        room.admit(VIDEO);
        ada.next("joined");
        answer(ada, "v=0", 1);
        assertThat(ada.nextError()).isEqualTo("bad_message");
        assertThat(room.waiting()).isZero();
        assertThat(refusal(uri("maths", "?subscribe=both"))).isEqualTo(400);
    }

    @Test
    void shouldSayWhatTheRoomRefuses() {
        TestClient ada = offered();
        answer(ada, answerTo(ada.next("offer")), 1);
        room.next(RoomCommand.Negotiated.class)
                .reply()
                .completeExceptionally(new IllegalStateException("the room broke"));
        assertThat(ada.next("error").path("about").asText()).isEqualTo("answer");
    }
}
