package io.sluice.livekit;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.sluice.room.LeaveReason;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomsListener;
import io.sluice.room.TrackInfo;
import io.sluice.webhook.WebhookEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import livekit.LivekitModels;
import livekit.LivekitWebhook;
import org.jspecify.annotations.Nullable;

/**
 * Says what happens in rooms as LiveKit's webhooks say it. Used from all loops: each room's part is owned by its home
 * loop.
 */
public final class WebhookEvents implements RoomsListener {
    private static final String ID_ALPHABET =
            "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final int ID_LENGTH = 12;

    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().omittingInsignificantWhitespace();

    private final Consumer<WebhookEvent> receivers;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** By room id. */
    private final ConcurrentMap<String, Known> rooms = new ConcurrentHashMap<>();

    /** What was told of a room. */
    private static final class Known {
        private LivekitModels.Room room;

        /** From when the room says why it ends. */
        private @Nullable RoomEnd end;

        /** By participant id. */
        private final Map<String, ParticipantInfo> participants = new HashMap<>();

        /** Tracks by participant id. */
        private final Map<String, Integer> tracks = new HashMap<>();

        /** Published by those who have not arrived yet, who are told of first; by participant id. */
        private final Map<String, Map<String, TrackInfo>> early = new HashMap<>();

        private Known(LivekitModels.Room room) {
            this.room = room;
        }

        private LivekitModels.Room now() {
            return room.toBuilder()
                    .setNumParticipants(participants.size())
                    .setNumPublishers(tracks.size())
                    .build();
        }
    }

    /**
     * @param random for ids; used from all loops
     */
    public WebhookEvents(
            Consumer<WebhookEvent> receivers, InstantSource clock, RandomGenerator random) {
        this.receivers = receivers;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public void onRoomStarted(RoomInfo room) {
        Known known = new Known(LiveKitModels.room(room));
        rooms.put(room.roomId(), known);
        tell(room.name(), event("room_started", known));
    }

    @Override
    public void onRoomEnded(String roomId, String name, RoomEnd reason) {
        Known known = rooms.remove(roomId);
        if (known != null) {
            tell(name, event("room_finished", known));
        }
    }

    @Override
    public void onRoomEvent(String roomId, String name, RoomEvent event) {
        Known known = rooms.get(roomId);
        if (known == null) {
            return;
        }
        switch (event) {
            case RoomEvent.ParticipantJoined(ParticipantInfo who) -> remember(known, who);
            case RoomEvent.ParticipantUpdated(ParticipantInfo who) -> remember(known, who);
            case RoomEvent.ParticipantConnected(ParticipantInfo who) -> {
                remember(known, who);
                tell(
                        name,
                        event("participant_joined", known)
                                .setParticipant(LiveKitModels.participant(who, List.of())));
                known.early
                        .getOrDefault(who.participantId(), Map.of())
                        .values()
                        .forEach(track -> onTrack("track_published", name, known, track));
                known.early.remove(who.participantId());
            }
            case RoomEvent.ParticipantLeft(ParticipantInfo who, LeaveReason reason) ->
                    onLeft(name, known, who, reason);
            case RoomEvent.TrackPublished(TrackInfo track) -> onPublished(name, known, track);
            case RoomEvent.TrackUnpublished(TrackInfo track) -> onUnpublished(name, known, track);
            case RoomEvent.RoomUpdated(String metadata) ->
                    known.room = known.room.toBuilder().setMetadata(metadata).build();
            case RoomEvent.RoomClosing(RoomEnd reason) -> known.end = reason;
            case RoomEvent.TrackMuted _,
                    RoomEvent.TrackUnmuted _,
                    RoomEvent.ConnectionQualityChanged _,
                    RoomEvent.ActiveSpeakers _,
                    RoomEvent.DominantSpeakerChanged _,
                    RoomEvent.EncodingsWanted _,
                    RoomEvent.BackupWanted _,
                    RoomEvent.BackupsChanged _,
                    RoomEvent.SubscriptionAsked _,
                    RoomEvent.WatchingPermitted _,
                    RoomEvent.TrackWatched _,
                    RoomEvent.StreamPaused _,
                    RoomEvent.StreamResumed _,
                    RoomEvent.DataSlow _,
                    RoomEvent.DataCutOff _,
                    RoomEvent.DataRefused _,
                    RoomEvent.LocalCandidate _,
                    RoomEvent.TransportConnected _,
                    RoomEvent.Left _ -> {}
        }
    }

    private static void remember(Known known, ParticipantInfo who) {
        known.participants.put(who.participantId(), who);
    }

    /** Who never arrived was never told of as joined. */
    private void onLeft(String name, Known known, ParticipantInfo who, LeaveReason reason) {
        known.participants.remove(who.participantId());
        known.early.remove(who.participantId());
        String type = who.connected() ? "participant_left" : "participant_connection_aborted";
        tell(
                name,
                event(type, known)
                        .setParticipant(
                                LiveKitModels.participant(who, List.of())
                                        .setState(LivekitModels.ParticipantInfo.State.DISCONNECTED)
                                        .setDisconnectReason(
                                                LiveKitModels.reason(reason, known.end))));
    }

    private void onPublished(String name, Known known, TrackInfo track) {
        known.tracks.merge(track.participantId(), 1, Integer::sum);
        ParticipantInfo publisher = known.participants.get(track.participantId());
        if (publisher != null && !publisher.connected()) {
            known.early
                    .computeIfAbsent(track.participantId(), _ -> new LinkedHashMap<>())
                    .put(track.trackId(), track);
        } else {
            onTrack("track_published", name, known, track);
        }
    }

    private void onUnpublished(String name, Known known, TrackInfo track) {
        known.tracks.computeIfPresent(
                track.participantId(), (_, count) -> count == 1 ? null : count - 1);
        Map<String, TrackInfo> early = known.early.get(track.participantId());
        if (early == null || early.remove(track.trackId()) == null) {
            onTrack("track_unpublished", name, known, track);
        }
    }

    private void onTrack(String type, String name, Known known, TrackInfo track) {
        LivekitWebhook.WebhookEvent.Builder event =
                event(type, known).setTrack(LiveKitModels.track(track));
        ParticipantInfo publisher = known.participants.get(track.participantId());
        if (publisher != null) {
            event.setParticipant(LiveKitModels.participant(publisher, List.of()));
        }
        tell(name, event);
    }

    private LivekitWebhook.WebhookEvent.Builder event(String type, Known known) {
        return LivekitWebhook.WebhookEvent.newBuilder().setEvent(type).setRoom(known.now());
    }

    private void tell(String room, LivekitWebhook.WebhookEvent.Builder event) {
        Instant now = clock.instant();
        LivekitWebhook.WebhookEvent whole =
                event.setId(id()).setCreatedAt(now.getEpochSecond()).build();
        receivers.accept(
                new WebhookEvent(
                        whole.getId(),
                        whole.getEvent(),
                        room,
                        now.toEpochMilli(),
                        () -> json(whole)));
    }

    private static String json(LivekitWebhook.WebhookEvent event) {
        try {
            return PRINTER.print(event);
        } catch (InvalidProtocolBufferException unknownType) {
            throw new IllegalStateException(unknownType);
        }
    }

    private String id() {
        StringBuilder id = new StringBuilder("EV_");
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ID_ALPHABET.charAt(random.nextInt(ID_ALPHABET.length())));
        }
        return id.toString();
    }
}
