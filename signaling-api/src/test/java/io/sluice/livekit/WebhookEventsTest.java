package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.room.Guise;
import io.sluice.room.LeaveReason;
import io.sluice.room.Muting;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.RoomConfig;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomSettings;
import io.sluice.room.TrackInfo;
import io.sluice.transport.TrackSource;
import io.sluice.webhook.WebhookEvent;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What webhooks are told of a room's life. */
final class WebhookEventsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_790_000_000);
    private static final ParticipantInfo ADA = participant(false);
    private static final TrackInfo TRACK =
            new TrackInfo(
                    "TR_a",
                    "PA_ada",
                    "ada",
                    MediaKind.AUDIO,
                    TrackSource.MICROPHONE,
                    new CodecFormat(Codec.OPUS, Map.of()),
                    Muting.NONE);

    private final List<WebhookEvent> told = new ArrayList<>();
    private final WebhookEvents events =
            new WebhookEvents(told::add, InstantSource.fixed(NOW), new Random(8));

    private static ParticipantInfo participant(boolean connected) {
        return new ParticipantInfo(
                "PA_ada",
                "ada",
                "Ada",
                "",
                Map.of(),
                Guise.PERSON,
                Permissions.ALL,
                connected,
                NOW);
    }

    @BeforeEach
    void begin() {
        RoomSettings settings = RoomSettings.defaults(RoomConfig.defaults());
        events.onRoomStarted(new RoomInfo("RM_1", "maths", NOW, settings, List.of(), List.of()));
    }

    private void happens(RoomEvent event) {
        events.onRoomEvent("RM_1", "maths", event);
    }

    private List<String> types() {
        return told.stream().map(WebhookEvent::type).toList();
    }

    private JsonObject last() {
        return new JsonObject(told.getLast().body().get());
    }

    @Test
    void shouldTellOfWhoArrivesBeforeWhatItPublishes() {
        happens(new RoomEvent.ParticipantJoined(ADA));
        happens(new RoomEvent.TrackPublished(TRACK));
        assertThat(types()).containsExactly("room_started");
        happens(new RoomEvent.ParticipantConnected(participant(true)));
        happens(new RoomEvent.TrackUnpublished(TRACK));
        happens(new RoomEvent.TrackPublished(TRACK));
        assertThat(types())
                .containsExactly(
                        "room_started",
                        "participant_joined",
                        "track_published",
                        "track_unpublished",
                        "track_published");
        JsonObject body = last();
        assertThat(body.getString("id")).matches("EV_[0-9A-Za-z]{12}").isEqualTo(id());
        assertThat(body.getString("createdAt")).isEqualTo("1790000000");
        assertThat(body.getJsonObject("room").getString("sid")).isEqualTo("RM_1");
        assertThat(body.getJsonObject("room").getInteger("numParticipants")).isEqualTo(1);
        assertThat(body.getJsonObject("room").getInteger("numPublishers")).isEqualTo(1);
        assertThat(body.getJsonObject("participant").getString("identity")).isEqualTo("ada");
        assertThat(body.getJsonObject("track").getString("sid")).isEqualTo("TR_a");
    }

    private String id() {
        return told.getLast().eventId();
    }

    @Test
    void shouldTellOfWhoNeverArrivedAsAborted() {
        happens(new RoomEvent.ParticipantJoined(ADA));
        happens(new RoomEvent.TrackPublished(TRACK));
        happens(new RoomEvent.TrackUnpublished(TRACK));
        happens(new RoomEvent.ParticipantLeft(ADA, LeaveReason.CONNECTION_LOST));
        assertThat(types()).containsExactly("room_started", "participant_connection_aborted");
    }

    @Test
    void shouldTellAServerThatStopsFromARoomThatIsDeleted() {
        happens(new RoomEvent.ParticipantJoined(ADA));
        happens(new RoomEvent.ParticipantConnected(participant(true)));
        happens(new RoomEvent.RoomClosing(RoomEnd.SERVER_STOPPING));
        happens(new RoomEvent.ParticipantLeft(participant(true), LeaveReason.ROOM_CLOSED));
        assertThat(last().getJsonObject("participant").getString("disconnectReason"))
                .isEqualTo("SERVER_SHUTDOWN");
    }

    @Test
    void shouldSayWhySomebodyLeftAndEndWithTheRoom() {
        happens(new RoomEvent.ParticipantJoined(ADA));
        happens(new RoomEvent.ParticipantConnected(participant(true)));
        happens(new RoomEvent.ParticipantLeft(participant(true), LeaveReason.REMOVED));
        JsonObject left = last().getJsonObject("participant");
        assertThat(left.getString("disconnectReason")).isEqualTo("PARTICIPANT_REMOVED");
        assertThat(left.getString("state")).isEqualTo("DISCONNECTED");
        happens(new RoomEvent.RoomUpdated("hall 2"));
        events.onRoomEnded("RM_1", "maths", RoomEnd.EMPTY);
        assertThat(last().getString("event")).isEqualTo("room_finished");
        assertThat(last().getJsonObject("room").getString("metadata")).isEqualTo("hall 2");
        happens(new RoomEvent.ParticipantJoined(ADA));
        assertThat(types()).endsWith("participant_left", "room_finished");
    }
}
