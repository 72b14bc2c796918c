package io.sluice.plain;

import io.sluice.room.LeaveReason;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.ForwardedTrack;
import io.sluice.sdp.UnavailableReason;
import java.util.List;

/** What the server says. */
sealed interface ServerMessage {

    record Joined(
            ParticipantInfo self,
            String room,
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

    record Answered(String sdp, List<ForwardedTrack> tracks) implements ServerMessage {
        public Answered {
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

    /** Asks for an offer with that many more receiving sections; with none: for the same once more. */
    record Renegotiate(int audio, int video) implements ServerMessage {}

    record Unavailable(String trackId, UnavailableReason reason) implements ServerMessage {}

    record Connected() implements ServerMessage {}

    record Left(LeaveReason reason) implements ServerMessage {}

    record Failed(ErrorCode code, String text) implements ServerMessage {}

    record Pong() implements ServerMessage {}
}
