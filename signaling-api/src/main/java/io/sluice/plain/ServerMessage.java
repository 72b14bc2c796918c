package io.sluice.plain;

import io.sluice.room.ConnectionQuality;
import io.sluice.room.LeaveReason;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomSettings;
import io.sluice.room.Speaker;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.ForwardedTrack;
import io.sluice.sdp.UnavailableReason;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the server says. */
sealed interface ServerMessage {

    record Joined(
            ParticipantInfo self,
            String room,
            String roomMetadata,
            RoomSettings settings,
            String session,
            boolean resumed,
            List<ParticipantInfo> participants,
            List<TrackInfo> tracks)
            implements ServerMessage {
        public Joined {
            participants = List.copyOf(participants);
            tracks = List.copyOf(tracks);
        }
    }

    /**
     * @param published the client's own tracks, by the mids of their sections
     */
    record Answered(String sdp, List<ForwardedTrack> tracks, Map<String, String> published)
            implements ServerMessage {
        public Answered {
            tracks = List.copyOf(tracks);
            published = Map.copyOf(published);
        }
    }

    /**
     * Offers what the client is sent.
     *
     * @param number grows with each offer
     */
    record Offered(String sdp, int number, List<ForwardedTrack> tracks) implements ServerMessage {
        public Offered {
            tracks = List.copyOf(tracks);
        }
    }

    /** One more address of the server, as the value of {@code a=candidate}. */
    record Candidate(String value) implements ServerMessage {}

    record ParticipantJoined(ParticipantInfo participant) implements ServerMessage {}

    record ParticipantLeft(ParticipantInfo participant, LeaveReason reason)
            implements ServerMessage {}

    record TrackPublished(TrackInfo track) implements ServerMessage {}

    record TrackUnpublished(TrackInfo track) implements ServerMessage {}

    /** The client's own word to mute or unmute, carried out. */
    record Muted(TrackInfo track) implements ServerMessage {}

    record TrackMuted(TrackInfo track) implements ServerMessage {}

    record TrackUnmuted(TrackInfo track) implements ServerMessage {}

    record ParticipantUpdated(ParticipantInfo participant) implements ServerMessage {}

    record RoomUpdated(String metadata) implements ServerMessage {}

    record Quality(String participantId, String identity, ConnectionQuality quality)
            implements ServerMessage {}

    record Speakers(List<Speaker> speakers) implements ServerMessage {
        public Speakers {
            speakers = List.copyOf(speakers);
        }
    }

    record DominantSpeaker(String participantId, String identity) implements ServerMessage {}

    /** To its publisher: which encodings of a track anybody needs, by rid or index. */
    record Encodings(String trackId, Map<String, Boolean> active) implements ServerMessage {
        public Encodings {
            active = Collections.unmodifiableMap(new LinkedHashMap<>(active));
        }
    }

    /** To a viewer: the network carries nothing of a track for now. */
    record StreamPaused(String trackId) implements ServerMessage {}

    record StreamResumed(String trackId) implements ServerMessage {}

    /** To a viewer: a publisher does not let it watch a track. */
    record TrackForbidden(String publisherId, String trackId) implements ServerMessage {}

    record TrackPermitted(String publisherId, String trackId) implements ServerMessage {}

    /** A data channel that the client has told of is known now. */
    record ChannelKnown(int id) implements ServerMessage {}

    /** This client takes the messages of a label too slowly. */
    record DataSlow(String label) implements ServerMessage {}

    /** Somebody took the messages of a label too slowly, and gets no more. */
    record DataClosed(String participantId, String identity, String label)
            implements ServerMessage {}

    record RoomClosing(RoomEnd reason) implements ServerMessage {}

    /** Asks for an offer with that many more receiving sections; with none: for the same once more. */
    record Renegotiate(int audio, int video) implements ServerMessage {}

    record Unavailable(String trackId, UnavailableReason reason) implements ServerMessage {}

    record Connected() implements ServerMessage {}

    record Left(LeaveReason reason) implements ServerMessage {}

    /**
     * @param about the type of the client's message that failed; empty if it was none, or not understood
     */
    record Failed(ErrorCode code, String text, String about) implements ServerMessage {
        Failed(ErrorCode code, String text) {
            this(code, text, "");
        }
    }

    record Pong() implements ServerMessage {}
}
