package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.Rate;
import io.sluice.codec.Codec;
import io.sluice.forward.ViewerWish;
import io.sluice.plain.PlainCounters.Refusal;
import io.sluice.plain.ScriptedRoom.Seat;
import io.sluice.room.ConnectionQuality;
import io.sluice.room.Joined;
import io.sluice.room.LeaveReason;
import io.sluice.room.Muting;
import io.sluice.room.Origin;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomException;
import io.sluice.room.Speaker;
import io.sluice.room.TrackInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens in a room as its participants hear it, and what they mute; the test plays the room. */
final class PlainEventsTest extends PlainServerTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    /** Longer than any of these tests takes. */
    private static final Duration LONG = Duration.ofMinutes(5);

    /** At once: so many that a slow machine does not take the seconds in which all of them would be allowed. */
    private static final int MANY = 20;

    private static TrackInfo track(String id, Muting muting) {
        return ScriptedRoom.track(id, Codec.VP8).with(muting);
    }

    private TestClient publishing(String identity) {
        TestClient client = joined(identity);
        room.admit();
        client.next("joined");
        client.offer(OFFER);
        return client;
    }

    /** The client's own track in a section, as the answer names it. */
    private static String published(JsonNode answer, String mid) {
        for (JsonNode one : answer.path("published")) {
            if (one.path("mid").asText().equals(mid)) {
                return one.path("track").asText();
            }
        }
        throw new AssertionError(answer);
    }

    private static ObjectNode mute(String field, String value) {
        return TestClient.message("mute").put(field, value).put("muted", true);
    }

    @Test
    void shouldMuteAnOwnTrackByItsIdOrItsSection() {
        TestClient ada = publishing("ada");
        room.agree();
        String trackId = published(ada.next("answer"), "1");

        for (String[] which : new String[][] {{"mid", "1"}, {"track", trackId}}) {
            ada.send(mute(which[0], which[1]));
            RoomCommand.Mute mute = room.next(RoomCommand.Mute.class);
            assertThat(mute.trackId()).isEqualTo(trackId);
            assertThat(mute.muted()).isTrue();
            assertThat(mute.origin()).isEqualTo(Origin.PARTICIPANT);
            assertThat(mute.participantId()).isEqualTo("PA_ada");
            mute.reply().complete(track(trackId, Muting.BY_PARTICIPANT));
            JsonNode muted = ada.next("muted");
            assertThat(muted.path("track").asText()).isEqualTo(trackId);
            assertThat(muted.path("muted").asBoolean()).isTrue();
            assertThat(muted.has("mutedBy")).isFalse();
        }
    }

    @Test
    void shouldSayThatNothingIsPublishedInASection() {
        TestClient ada = publishing("ada");
        room.agree();
        ada.next("answer");

        JsonNode error = ada.send(mute("mid", "77")).next("error");

        assertThat(error.path("code").asText()).isEqualTo("no_such_track");
        assertThat(error.path("about").asText()).isEqualTo("mute");
        assertThat(room.waiting()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"NOT_PERMITTED, not_permitted", "NO_SUCH_TRACK, no_such_track"})
    void shouldSayWhyTheRoomDoesNotMuteOrUnmute(RoomException.Reason reason, String code) {
        TestClient ada = publishing("ada");
        room.agree();
        ada.next("answer");
        ada.send(mute("track", "TR_x"));
        room.next(RoomCommand.Mute.class)
                .reply()
                .completeExceptionally(new RoomException(reason, "It may not be."));

        JsonNode error = ada.next("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("message").asText()).isEqualTo("It may not be.");
        assertThat(error.path("about").asText()).isEqualTo("mute");
    }

    @Test
    void shouldNotLetAClientTellTheOthersTooMuch() {
        restart(config(), PlainConfig.defaults().withPatience(LONG, new Rate(1, 3)));
        TestClient ada = publishing("ada");
        room.agree();
        ada.next("answer");
        room.answerAtOnce();
        for (int i = 0; i < MANY; i++) {
            ada.send(mute("mid", "1"));
        }
        awaitRefused(ada, "mute");
        for (int i = 0; i < MANY; i++) {
            ada.offer(OFFER);
        }
        awaitRefused(ada, "offer");

        assertThat(protocol.counters().of(Refusal.TOO_MANY_CHANGES)).isGreaterThanOrEqualTo(2);
    }

    /** One a second is allowed, and more may be refused before and after: of many at once some are. */
    private static void awaitRefused(TestClient client, String about) {
        JsonNode message;
        do {
            message = client.next();
        } while (!message.path("code").asText().equals("rate_limited")
                || !message.path("about").asText().equals(about));
    }

    private static ObjectNode wish(String trackId) {
        return TestClient.message("wish").put("track", trackId).put("maxHeight", 360);
    }

    @Test
    void shouldTakeAWishToTheRoomAndAnswerOnlyWhatIsRefused() {
        TestClient ada = publishing("ada");
        room.agree();
        ada.next("answer");
        ada.send(wish("TR_v"));
        RoomCommand.Wish taken = room.next(RoomCommand.Wish.class);
        assertThat(taken.viewer()).isEqualTo("PA_ada");
        assertThat(taken.trackId()).isEqualTo("TR_v");
        assertThat(taken.origin()).isEqualTo(Origin.PARTICIPANT);
        ViewerWish said = taken.change().apply(new ViewerWish(true, 1, 1, 1));
        assertThat(said).isEqualTo(new ViewerWish(false, 360, Integer.MAX_VALUE, 0));
        taken.reply().complete(said);

        ada.send(wish("TR_w"));
        room.next(RoomCommand.Wish.class)
                .reply()
                .completeExceptionally(
                        new RoomException(RoomException.Reason.NOT_SUBSCRIBED, "Not yet."));
        JsonNode error = ada.next("error");
        assertThat(error.path("code").asText()).isEqualTo("not_subscribed");
        assertThat(error.path("message").asText()).isEqualTo("Not yet.");
        assertThat(error.path("about").asText()).isEqualTo("wish");
    }

    @Test
    void shouldRefuseTooManyWishesButNotTheClient() {
        restart(config(), PlainConfig.defaults().withPatience(LONG, new Rate(1, 3)));
        TestClient ada = publishing("ada");
        room.agree();
        ada.next("answer");
        for (int i = 0; i < MANY; i++) {
            ada.send(wish("TR_v"));
        }
        ada.send(mute("mid", "1"));

        JsonNode error = ada.next("error");
        assertThat(error.path("code").asText()).isEqualTo("rate_limited");
        assertThat(error.path("about").asText()).isEqualTo("wish");
        int passed = 0;
        while (room.next(RoomCommand.class) instanceof RoomCommand.Wish) {
            passed++;
        }
        assertThat(passed).isBetween(3, MANY - 1);
        assertThat(protocol.counters().of(Refusal.TOO_MANY_WISHES)).isEqualTo(MANY - passed);
    }

    @Test
    void shouldTellWhatHappensInTheRoom() {
        TestClient ada = joined("ada");
        Seat seat = room.admit();
        JsonNode joined = ada.next("joined");
        assertThat(joined.path("settings").path("unmuteAllowed").asBoolean()).isTrue();
        assertThat(joined.path("settings").path("codecs").path(0).asText()).isEqualTo("vp8");

        seat.hears(new RoomEvent.TrackMuted(track("TR_v", Muting.BY_ROOM)));
        seat.hears(new RoomEvent.TrackUnmuted(track("TR_v", Muting.NONE)));
        seat.hears(new RoomEvent.RoomUpdated("Algebra"));
        seat.hears(
                new RoomEvent.ParticipantUpdated(
                        new ParticipantInfo("PA_bob", "bob", "Robert", "{}", Instant.EPOCH)));
        seat.hears(new RoomEvent.ConnectionQualityChanged("PA_bob", "bob", ConnectionQuality.LOST));
        seat.hears(new RoomEvent.ActiveSpeakers(List.of(new Speaker("PA_bob", "bob", 12))));
        seat.hears(new RoomEvent.DominantSpeakerChanged("PA_bob", "bob"));
        seat.hears(new RoomEvent.EncodingsWanted("TR_own", Map.of("q", true)));
        seat.hears(new RoomEvent.StreamPaused("TR_v"));
        seat.hears(new RoomEvent.StreamResumed("TR_v"));
        seat.hears(new RoomEvent.WatchingPermitted("PA_bob", "TR_v", false));
        seat.hears(new RoomEvent.WatchingPermitted("PA_bob", "TR_v", true));
        seat.hears(new RoomEvent.RoomClosing(RoomEnd.DELETED));
        seat.hears(new RoomEvent.Left(LeaveReason.ROOM_CLOSED));

        assertThat(ada.next("track-muted").path("mutedBy").asText()).isEqualTo("room");
        assertThat(ada.next("track-unmuted").path("muted").asBoolean()).isFalse();
        assertThat(ada.next("room-updated").path("metadata").asText()).isEqualTo("Algebra");
        assertThat(ada.next("participant-updated").path("name").asText()).isEqualTo("Robert");
        assertThat(ada.next("connection-quality").path("quality").asText()).isEqualTo("lost");
        assertThat(ada.next("active-speakers").path("speakers").path(0).path("level").asInt())
                .isEqualTo(12);
        assertThat(ada.next("dominant-speaker").path("participant").asText()).isEqualTo("PA_bob");
        assertThat(ada.next("encodings").path("active").path("q").asBoolean()).isTrue();
        assertThat(ada.next("stream-paused").path("track").asText()).isEqualTo("TR_v");
        assertThat(ada.next("stream-resumed").path("track").asText()).isEqualTo("TR_v");
        JsonNode forbidden = ada.next("track-forbidden");
        assertThat(forbidden.path("participant").asText()).isEqualTo("PA_bob");
        assertThat(forbidden.path("track").asText()).isEqualTo("TR_v");
        assertThat(ada.next("track-permitted").path("track").asText()).isEqualTo("TR_v");
        assertThat(ada.next("room-closing").path("reason").asText()).isEqualTo("deleted");
        assertThat(ada.next("left").path("reason").asText()).isEqualTo("room_closed");
        assertThat(ada.closeCode()).isEqualTo(CloseCode.ROOM_CLOSED.code());
    }

    @Test
    void shouldShowAResumedClientTheRoomOfNowAndWhatItMissed() {
        TestClient ada = joined("ada");
        Seat seat = room.admit(track("TR_v", Muting.NONE));
        String session = ada.next("joined").path("session").asText();
        ada.abort();
        await().until(() -> gate.sockets() == 0);
        seat.hears(new RoomEvent.TrackMuted(track("TR_v", Muting.BY_PARTICIPANT)));
        seat.hears(new RoomEvent.TrackMuted(track("TR_own", Muting.BY_ROOM)));
        seat.hears(new RoomEvent.RoomUpdated("Algebra"));
        seat.hears(
                new RoomEvent.ParticipantUpdated(
                        new ParticipantInfo("PA_bob", "bob", "Robert", "{}", Instant.EPOCH)));

        TestClient again =
                connect().send(TestClient.message("join").put("session", session).put("seq", 0));

        JsonNode joined = again.next("joined");
        assertThat(joined.path("roomMetadata").asText()).isEqualTo("Algebra");
        assertThat(joined.path("participants").path(0).path("name").asText()).isEqualTo("Robert");
        assertThat(joined.path("tracks")).hasSize(1);
        assertThat(joined.path("tracks").path(0).path("muted").asBoolean()).isTrue();
        assertThat(again.next("track-muted").path("track").asText()).isEqualTo("TR_v");
        assertThat(again.next("track-muted").path("track").asText()).isEqualTo("TR_own");
        again.next("room-updated");
        again.next("participant-updated");
    }

    @Test
    void shouldNotWaitForEverForARoomThatDoesNotAnswer() {
        restart(config(), PlainConfig.defaults().withPatience(SHORT, new Rate(5, 50)));
        room.answerAtOnce();
        TestClient ada = joined("ada");
        ada.next("joined");
        room.answerLater();
        ada.offer(OFFER);
        JsonNode error = ada.next("error");
        assertThat(error.path("code").asText()).isEqualTo("timeout");
        assertThat(error.path("about").asText()).isEqualTo("offer");
        room.answerAtOnce();
        ada.offer(OFFER);
        ada.next("answer");
        ada.send(mute("mid", "1"));
        assertThat(ada.nextError()).isEqualTo("timeout");
        assertThat(protocol.counters().of(Refusal.REPLY_TIMEOUT)).isEqualTo(2);
    }

    @Test
    void shouldNotWaitForEverForAJoinAndTakeBackALateOne() {
        restart(config(), PlainConfig.defaults().withPatience(SHORT, new Rate(5, 50)));
        TestClient ada = joined("ada");
        RoomCommand.Join join = room.next(RoomCommand.Join.class);
        assertThat(ada.nextError()).isEqualTo("timeout");
        assertThat(ada.closeCode()).isEqualTo(CloseCode.INTERNAL.code());

        join.reply()
                .complete(
                        new Joined(
                                ScriptedRoom.BOB,
                                ScriptedRoom.LOCAL,
                                ScriptedRoom.room(List.of(), List.of())));

        assertThat(room.next(RoomCommand.Leave.class).participantId()).isEqualTo("PA_bob");
        assertThat(protocol.sessions()).isZero();
    }
}
