package io.sluice.room;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What happens in a room, as one participant should hear it. */
public sealed interface RoomEvent {

    /** What is the affair of one participant, and told to it alone. */
    sealed interface Personal extends RoomEvent {}

    record ParticipantJoined(ParticipantInfo participant) implements RoomEvent {}

    record ParticipantLeft(ParticipantInfo participant, LeaveReason reason) implements RoomEvent {}

    /** ICE and DTLS of somebody else are up for the first time: it has arrived. */
    record ParticipantConnected(ParticipantInfo participant) implements RoomEvent {}

    /** A track of somebody else can now be subscribed to. */
    record TrackPublished(TrackInfo track) implements RoomEvent {}

    record TrackUnpublished(TrackInfo track) implements RoomEvent {}

    /** Nothing of the track is forwarded from now on, or somebody else's word counts; its publisher hears it too. */
    record TrackMuted(TrackInfo track) implements RoomEvent {}

    record TrackUnmuted(TrackInfo track) implements RoomEvent {}

    record RoomUpdated(String metadata) implements RoomEvent {}

    /** What is said of somebody, or what it may do, has changed; the participant hears it too. */
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
     * To a video track's publisher: which of its encodings anybody needs; the others may be paused.
     *
     * @param active all its encodings, by rid, or by index where they have none
     */
    record EncodingsWanted(String trackId, Map<String, Boolean> active) implements Personal {
        public EncodingsWanted {
            active = Collections.unmodifiableMap(new LinkedHashMap<>(active));
        }
    }

    /**
     * To a video track's publisher: whether anybody needs it in another codec than its first.
     *
     * @param active all encodings in that codec, as of {@link EncodingsWanted}; empty before it is published in it
     */
    record BackupWanted(String trackId, boolean wanted, Map<String, Boolean> active)
            implements Personal {
        public BackupWanted {
            active = Collections.unmodifiableMap(new LinkedHashMap<>(active));
        }
    }

    /** To those who may watch a track: it comes in other codecs beside its first than before. */
    record BackupsChanged(TrackInfo track) implements Personal {}

    /** To a viewer: the application wants it to be sent these tracks, or not to be. */
    record SubscriptionAsked(List<String> trackIds, boolean subscribed) implements Personal {
        public SubscriptionAsked {
            trackIds = List.copyOf(trackIds);
        }
    }

    /** To a viewer: somebody lets it watch one of its tracks, or not any more. */
    record WatchingPermitted(String publisherId, String trackId, boolean permitted)
            implements Personal {}

    /** To a track's publisher: somebody watches it, the first one ever. */
    record TrackWatched(String trackId) implements Personal {}

    /** To a viewer: of a track that it watches nothing is sent, since the network carries too little. */
    record StreamPaused(String trackId) implements Personal {}

    /** To a viewer: a track that was paused comes again. */
    record StreamResumed(String trackId) implements Personal {}

    /** To a receiver: it takes what is sent to it reliably too slowly, and will be cut off. */
    record DataSlow(String label) implements Personal {}

    /** Too much waited for a receiver: its channel of this label is closed, and messages are lost. */
    record DataCutOff(String participantId, String identity, String label) implements RoomEvent {}

    /** To a sender: what it sends on a channel goes nowhere. */
    record DataRefused(String label, DataRefusal reason) implements Personal {}

    /** The room ends; {@link Left} follows. */
    record RoomClosing(RoomEnd reason) implements RoomEvent {}

    /** One more local address (RFC 8838), as the value of {@code a=candidate}. */
    record LocalCandidate(String candidate) implements Personal {}

    /** ICE and DTLS of this participant are up: media flows. */
    record TransportConnected() implements Personal {}

    /** This participant is out of the room; nothing follows. */
    record Left(LeaveReason reason) implements Personal {}
}
