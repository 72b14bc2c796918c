package io.sluice.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.room.ConnectionQuality;
import io.sluice.room.LeaveReason;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomMessage;
import io.sluice.room.RoomsListener;
import io.sluice.room.TrackInfo;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Says what happens in rooms as the history keeps it. Used from all loops: each room's part is owned by its home
 * loop.
 */
final class RoomHistory implements RoomsListener {
    private static final long MILLIS_PER_SECOND = 1_000;

    /** Of chat messages with their JSON; larger ones are something else. */
    private static final int MAX_CHAT_BYTES = 16_000;

    /** Of one person that are kept of one stay: nobody says more, and a flood shall not fill the disk. */
    private static final int MAX_CHAT_LINES = 5_000;

    /** The page sends no more in one message. */
    private static final int MAX_TEXT_CHARS = 4_000;

    private static final int MAX_MESSAGE_ID_CHARS = 64;

    /** Of one room that is kept while it lasts, whoever comes and goes. */
    private static final long MAX_ROOM_CHARS = 4_000_000;

    /** Of one room whose ids are remembered: pages repeat what they said in the minute before a cut of the network. */
    private static final int MAX_REMEMBERED = 500;

    private final History history;

    /** By room id. */
    private final ConcurrentMap<String, Known> rooms = new ConcurrentHashMap<>();

    /** What is remembered of a room while it lasts. */
    private static final class Known {
        private final long startedMillis;
        private boolean keepsChat;
        private long keptChars;

        /** The newest messages, each its sender's identity and its own id. */
        private final LinkedHashSet<String> said = new LinkedHashSet<>();

        /** By participant id; gone when the participant is. */
        private final Map<String, Presence> people = new HashMap<>();

        private Known(long startedMillis, boolean keepsChat) {
            this.startedMillis = startedMillis;
            this.keepsChat = keepsChat;
        }

        /** Whether somebody says this for the first time. */
        private boolean isNew(String identity, String messageId) {
            if (messageId.isEmpty()) {
                return true;
            }
            boolean isNew = said.add(identity + " " + messageId);
            if (said.size() > MAX_REMEMBERED) {
                said.removeFirst();
            }
            return isNew;
        }
    }

    /** Somebody who is there. */
    private static final class Presence {
        private final QualityTimes quality;
        private final long joinedMillis;
        private String name;
        private int chatLines;

        private Presence(long nowMillis, String name) {
            quality = new QualityTimes(nowMillis);
            joinedMillis = nowMillis;
            this.name = name;
        }
    }

    RoomHistory(History history) {
        this.history = history;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static long seconds(long sinceMillis, long nowMillis) {
        return Math.max(0, nowMillis - sinceMillis) / MILLIS_PER_SECOND;
    }

    @Override
    public void onRoomStarted(RoomInfo room) {
        String metadata = room.settings().metadata();
        rooms.put(room.roomId(), new Known(history.nowMillis(), keepsChat(metadata)));
        String title = CallEvent.details(metadata).path("title").asText();
        tell(
                EventKind.STARTED,
                room.roomId(),
                room.name(),
                title.isEmpty() ? object() : object().put("title", title));
    }

    /** The room's setting, which stands in its metadata, so that everybody in it is told. */
    private static boolean keepsChat(String metadata) {
        return CallEvent.details(metadata).path("keepChat").asBoolean();
    }

    @Override
    public void onRoomEnded(String roomId, String name, RoomEnd reason) {
        Known known = rooms.remove(roomId);
        if (known != null) {
            tell(
                    EventKind.ENDED,
                    roomId,
                    name,
                    object().put("reason", word(reason))
                            .put("seconds", seconds(known.startedMillis, history.nowMillis())));
        }
    }

    @Override
    public void onRoomEvent(String roomId, String name, RoomEvent event) {
        Known known = rooms.get(roomId);
        if (known == null) {
            return;
        }
        switch (event) {
            case RoomEvent.ParticipantConnected(ParticipantInfo who) -> {
                known.people.put(
                        who.participantId(), new Presence(history.nowMillis(), who.name()));
                tell(EventKind.JOINED, roomId, name, who, object());
            }
            case RoomEvent.ParticipantUpdated(ParticipantInfo who) -> {
                Presence there = known.people.get(who.participantId());
                if (there != null) {
                    there.name = who.name();
                }
            }
            case RoomEvent.ParticipantLeft(ParticipantInfo who, LeaveReason reason) ->
                    onLeft(roomId, name, known, who, reason);
            case RoomEvent.TrackPublished(TrackInfo track) ->
                    onTrack(EventKind.PUBLISHED, roomId, name, known, track);
            case RoomEvent.TrackUnpublished(TrackInfo track) ->
                    onTrack(EventKind.UNPUBLISHED, roomId, name, known, track);
            case RoomEvent.ConnectionQualityChanged(
                            String participantId,
                            String _,
                            ConnectionQuality quality) -> {
                Presence there = known.people.get(participantId);
                if (there != null) {
                    there.quality.change(quality, history.nowMillis());
                }
            }
            case RoomEvent.RoomUpdated(String metadata) -> known.keepsChat = keepsChat(metadata);
            case RoomEvent.ParticipantJoined _,
                    RoomEvent.TrackMuted _,
                    RoomEvent.TrackUnmuted _,
                    RoomEvent.ActiveSpeakers _,
                    RoomEvent.DominantSpeakerChanged _,
                    RoomEvent.DataCutOff _,
                    RoomEvent.RoomClosing _,
                    RoomEvent.Personal _ -> {}
        }
    }

    @Override
    public void onMessage(String roomId, String name, RoomMessage message) {
        Known known = rooms.get(roomId);
        ParticipantInfo sender = message.sender();
        if (known == null || !known.keepsChat || sender == null || !message.to().isEmpty()) {
            return;
        }
        Presence there = known.people.get(sender.participantId());
        byte[] content = message.content().bytes();
        if (there == null || content.length > MAX_CHAT_BYTES || there.chatLines >= MAX_CHAT_LINES) {
            return;
        }
        JsonNode said = CallEvent.details(new String(content, StandardCharsets.UTF_8));
        String text = said.path("text").asText();
        boolean isChat = said.path("type").asText().equals("chat") && !text.isBlank();
        String id = said.path("id").asText();
        boolean isBounded =
                text.length() <= MAX_TEXT_CHARS
                        && id.length() <= MAX_MESSAGE_ID_CHARS
                        && known.keptChars + text.length() <= MAX_ROOM_CHARS;
        if (isChat && isBounded && known.isNew(sender.identity(), id)) {
            there.chatLines++;
            known.keptChars += text.length();
            tell(EventKind.CHAT, roomId, name, sender, object().put("text", text));
        }
    }

    private void onLeft(
            String roomId, String name, Known known, ParticipantInfo who, LeaveReason reason) {
        Presence there = known.people.remove(who.participantId());
        ObjectNode left = object().put("reason", word(reason));
        if (there == null) {
            tell(EventKind.NOT_CONNECTED, roomId, name, who, left);
            return;
        }
        long nowMillis = history.nowMillis();
        ObjectNode quality = object();
        there.quality
                .seconds(nowMillis)
                .forEach((level, inSeconds) -> quality.put(word(level), inSeconds));
        tell(EventKind.QUALITY, roomId, name, who, object().set("seconds", quality));
        left.put("seconds", seconds(there.joinedMillis, nowMillis));
        tell(EventKind.LEFT, roomId, name, who, left);
    }

    private void onTrack(EventKind kind, String roomId, String name, Known known, TrackInfo track) {
        Presence there = known.people.get(track.participantId());
        ObjectNode detail =
                object().put("trackId", track.trackId())
                        .put("kind", word(track.kind()))
                        .put("source", word(track.source()))
                        .put("codec", track.format().codec().sdpName());
        history.tell(
                history.event(
                        kind,
                        roomId,
                        name,
                        track.participantId(),
                        track.identity(),
                        there == null ? "" : there.name,
                        detail.toString()));
    }

    private void tell(
            EventKind kind, String roomId, String name, ParticipantInfo who, ObjectNode detail) {
        history.tell(
                history.event(
                        kind,
                        roomId,
                        name,
                        who.participantId(),
                        who.identity(),
                        who.name(),
                        detail.toString()));
    }

    private void tell(EventKind kind, String roomId, String name, ObjectNode detail) {
        history.tell(history.event(kind, roomId, name, "", "", "", detail.toString()));
    }
}
