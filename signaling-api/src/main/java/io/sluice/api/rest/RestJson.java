package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.forward.ViewerWish;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomSettings;
import io.sluice.room.Speaker;
import io.sluice.room.TrackInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** Rooms, participants and tracks as the API shows them. */
final class RestJson {
    private RestJson() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectNode room(RoomInfo room) {
        return room(
                room.name(),
                room.roomId(),
                room.createdAt(),
                room.settings(),
                room.participants().size(),
                room.tracks().size());
    }

    static ObjectNode room(
            String name,
            String roomId,
            Instant createdAt,
            RoomSettings settings,
            int participants,
            int tracks) {
        ObjectNode node =
                object().put("name", name)
                        .put("roomId", roomId)
                        .put("createdAt", time(createdAt))
                        .put("maxParticipants", settings.maxParticipants())
                        .put("emptyTimeoutSeconds", settings.emptyTimeout().toSeconds())
                        .put("metadata", settings.metadata());
        ArrayNode codecs = node.putArray("codecs");
        settings.codecs().forEach(codec -> codecs.add(codec.sdpName()));
        return node.put("unmuteAllowed", settings.unmuteAllowed())
                .put("participantCount", participants)
                .put("trackCount", tracks);
    }

    /** A participant with its tracks. */
    static ObjectNode participant(ParticipantInfo participant, List<TrackInfo> tracksOfRoom) {
        ObjectNode node = participant(participant);
        ArrayNode tracks = node.putArray("tracks");
        for (TrackInfo track : tracksOfRoom) {
            if (track.participantId().equals(participant.participantId())) {
                tracks.add(track(track));
            }
        }
        return node;
    }

    static ObjectNode participant(ParticipantInfo participant) {
        return object().put("participantId", participant.participantId())
                .put("identity", participant.identity())
                .put("name", participant.name())
                .put("metadata", participant.metadata())
                .put("joinedAt", time(participant.joinedAt()));
    }

    static ObjectNode track(TrackInfo track) {
        return object().put("trackId", track.trackId())
                .put("participantId", track.participantId())
                .put("identity", track.identity())
                .put("kind", wireName(track.kind()))
                .put("source", wireName(track.source()))
                .put("codec", track.format().codec().sdpName())
                .put("muted", track.muting().muted())
                .put("muting", wireName(track.muting()));
    }

    /** Bounds that are none are left out. */
    static ObjectNode wish(String identity, String trackId, ViewerWish wish) {
        ObjectNode node =
                object().put("identity", identity)
                        .put("trackId", trackId)
                        .put("paused", wish.paused())
                        .put("priority", wish.priority());
        if (wish.maxHeight() != ViewerWish.EVERYTHING.maxHeight()) {
            node.put("maxHeight", wish.maxHeight());
        }
        if (wish.maxFramesPerSecond() != ViewerWish.EVERYTHING.maxFramesPerSecond()) {
            node.put("maxFps", wish.maxFramesPerSecond());
        }
        return node;
    }

    static ObjectNode speaker(Speaker speaker) {
        return object().put("participantId", speaker.participantId())
                .put("identity", speaker.identity())
                .put("audioLevel", speaker.audioLevel());
    }

    /** RFC 3339, in UTC and milliseconds. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    static String wireName(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
