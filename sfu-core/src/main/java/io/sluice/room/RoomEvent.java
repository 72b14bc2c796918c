package io.sluice.room;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What happens in a room, as one participant should hear it. */
public sealed interface RoomEvent {

    record ParticipantJoined(ParticipantInfo participant) implements RoomEvent {}

    record ParticipantLeft(ParticipantInfo participant, LeaveReason reason) implements RoomEvent {}

    /** A track of somebody else can now be subscribed to. */
    record TrackPublished(TrackInfo track) implements RoomEvent {}

    record TrackUnpublished(TrackInfo track) implements RoomEvent {}

    /** Nothing of the track is forwarded from now on, or somebody else's word counts; its publisher hears it too. */
    record TrackMuted(TrackInfo track) implements RoomEvent {}

    record TrackUnmuted(TrackInfo track) implements RoomEvent {}

    record RoomUpdated(String metadata) implements RoomEvent {}

    /** A name or metadata has changed; the participant hears it too. */
    record ParticipantUpdated(ParticipantInfo participant) implements RoomEvent {}

    record ConnectionQualityChanged(
            String participantId, String identity, ConnectionQuality quality)
            implements RoomEvent {}

    /** Those who speak now, the loudest first; none when it is quiet. */
    record ActiveSpeakers(List<Speaker> speakers) implements RoomEvent {
        public ActiveSpeakers {
            speakers = List.copyOf(speakers);
        }
    }

    /** Somebody else leads the conversation, until this is said of another; a pause changes nothing. */
    record DominantSpeakerChanged(String participantId, String identity) implements RoomEvent {}

    /**
     * To a video track's publisher alone: which of its encodings anybody needs; the others may be paused.
     *
     * @param active all its encodings, by rid, or by index where they have none
     */
    record EncodingsWanted(String trackId, Map<String, Boolean> active) implements RoomEvent {
        public EncodingsWanted {
            active = Collections.unmodifiableMap(new LinkedHashMap<>(active));
        }
    }

    /** The room ends; {@link Left} follows. */
    record RoomClosing(RoomEnd reason) implements RoomEvent {}

    /** One more local address (RFC 8838), as the value of {@code a=candidate}. */
    record LocalCandidate(String candidate) implements RoomEvent {}

    /** ICE and DTLS of this participant are up: media flows. */
    record TransportConnected() implements RoomEvent {}

    /** This participant is out of the room; nothing follows. */
    record Left(LeaveReason reason) implements RoomEvent {}
}
