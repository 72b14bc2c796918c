package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.room.RoomEvent;
import org.jspecify.annotations.Nullable;

/** The events of rooms as the stream shows them: their type and their data. */
final class EventJson {
    private EventJson() {}

    /** The type of an event, or null if it is for one participant alone. */
    static @Nullable String type(RoomEvent event) {
        // No default: a new event must fail to compile here.
        return switch (event) {
            case RoomEvent.ParticipantJoined _ -> "participant-joined";
            case RoomEvent.ParticipantConnected _ -> "participant-connected";
            case RoomEvent.ParticipantLeft _ -> "participant-left";
            case RoomEvent.ParticipantUpdated _ -> "participant-updated";
            case RoomEvent.TrackPublished _ -> "track-published";
            case RoomEvent.TrackUnpublished _ -> "track-unpublished";
            case RoomEvent.TrackMuted _ -> "track-muted";
            case RoomEvent.TrackUnmuted _ -> "track-unmuted";
            case RoomEvent.RoomUpdated _ -> "room-updated";
            case RoomEvent.ConnectionQualityChanged _ -> "connection-quality";
            case RoomEvent.ActiveSpeakers _ -> "active-speakers";
            case RoomEvent.DominantSpeakerChanged _ -> "dominant-speaker";
            case RoomEvent.RoomClosing _ -> "room-closing";
            case RoomEvent.DataCutOff _, RoomEvent.Personal _ -> null;
        };
    }

    static ObjectNode ofRoom(String roomId, String name) {
        return RestJson.object().put("room", name).put("roomId", roomId);
    }

    static ObjectNode body(String roomId, String name, RoomEvent event) {
        ObjectNode body = ofRoom(roomId, name);
        switch (event) {
            case RoomEvent.ParticipantJoined(var participant) ->
                    body.set("participant", RestJson.participant(participant));
            case RoomEvent.ParticipantConnected(var participant) ->
                    body.set("participant", RestJson.participant(participant));
            case RoomEvent.ParticipantLeft(var participant, var reason) ->
                    body.put("reason", RestJson.wireName(reason))
                            .set("participant", RestJson.participant(participant));
            case RoomEvent.ParticipantUpdated(var participant) ->
                    body.set("participant", RestJson.participant(participant));
            case RoomEvent.TrackPublished(var track) -> body.set("track", RestJson.track(track));
            case RoomEvent.TrackUnpublished(var track) -> body.set("track", RestJson.track(track));
            case RoomEvent.TrackMuted(var track) -> body.set("track", RestJson.track(track));
            case RoomEvent.TrackUnmuted(var track) -> body.set("track", RestJson.track(track));
            case RoomEvent.RoomUpdated(String metadata) -> body.put("metadata", metadata);
            case RoomEvent.ConnectionQualityChanged(
                            String participantId,
                            String identity,
                            var quality) ->
                    body.put("participantId", participantId)
                            .put("identity", identity)
                            .put("quality", RestJson.wireName(quality));
            case RoomEvent.ActiveSpeakers(var speakers) -> {
                ArrayNode list = body.putArray("speakers");
                speakers.forEach(speaker -> list.add(RestJson.speaker(speaker)));
            }
            case RoomEvent.DominantSpeakerChanged(String participantId, String identity) ->
                    body.put("participantId", participantId).put("identity", identity);
            case RoomEvent.RoomClosing(var reason) -> body.put("reason", RestJson.wireName(reason));
            case RoomEvent.DataCutOff _, RoomEvent.Personal _ ->
                    throw new IllegalArgumentException("not an event for everybody");
        }
        return body;
    }
}
