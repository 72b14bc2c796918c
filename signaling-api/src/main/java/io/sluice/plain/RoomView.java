package io.sluice.plain;

import io.sluice.room.DataRefusal;
import io.sluice.room.LeaveReason;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomInfo;
import io.sluice.room.TrackInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A room as one participant knows it: what it came into, and each change since. A client that resumes is shown it
 * again.
 *
 * <p>Owned by its session's context.
 */
final class RoomView {
    private final RoomInfo room;
    private final Map<String, ParticipantInfo> participants = new LinkedHashMap<>();
    private final Map<String, TrackInfo> tracks = new LinkedHashMap<>();
    private ParticipantInfo self;
    private String metadata;

    RoomView(ParticipantInfo self, RoomInfo room) {
        this.self = self;
        this.room = room;
        metadata = room.settings().metadata();
        room.participants().forEach(one -> participants.put(one.participantId(), one));
        room.tracks().forEach(track -> tracks.put(track.trackId(), track));
    }

    ParticipantInfo self() {
        return self;
    }

    ServerMessage.Joined joined(String roomName, String session, boolean resumed) {
        return new ServerMessage.Joined(
                self,
                roomName,
                metadata,
                room.settings(),
                session,
                resumed,
                List.copyOf(participants.values()),
                List.copyOf(tracks.values()));
    }

    /** A track of somebody else; null if there is none. */
    @Nullable TrackInfo track(String trackId) {
        return tracks.get(trackId);
    }

    /** A track of somebody else comes in other codecs. */
    void changed(TrackInfo track) {
        tracks.replace(track.trackId(), track);
    }

    /** Takes note of what happened, and returns how the client is told of it. */
    ServerMessage note(RoomEvent event) {
        return switch (event) {
            case RoomEvent.ParticipantJoined(ParticipantInfo who) -> {
                participants.put(who.participantId(), who);
                yield new ServerMessage.ParticipantJoined(who);
            }
            case RoomEvent.ParticipantLeft(ParticipantInfo who, LeaveReason reason) -> {
                participants.remove(who.participantId());
                yield new ServerMessage.ParticipantLeft(who, reason);
            }
            case RoomEvent.ParticipantUpdated(ParticipantInfo who) -> {
                if (who.participantId().equals(self.participantId())) {
                    self = who;
                } else {
                    participants.replace(who.participantId(), who);
                }
                yield new ServerMessage.ParticipantUpdated(who);
            }
            case RoomEvent.TrackPublished(TrackInfo track) -> {
                tracks.put(track.trackId(), track);
                yield new ServerMessage.TrackPublished(track);
            }
            case RoomEvent.TrackUnpublished(TrackInfo track) -> {
                tracks.remove(track.trackId());
                yield new ServerMessage.TrackUnpublished(track);
            }
            // One's own tracks are heard of too, but are not among those of the others.
            case RoomEvent.TrackMuted(TrackInfo track) -> {
                tracks.replace(track.trackId(), track);
                yield new ServerMessage.TrackMuted(track);
            }
            case RoomEvent.TrackUnmuted(TrackInfo track) -> {
                tracks.replace(track.trackId(), track);
                yield new ServerMessage.TrackUnmuted(track);
            }
            case RoomEvent.RoomUpdated(String changed) -> {
                metadata = changed;
                yield new ServerMessage.RoomUpdated(changed);
            }
            case RoomEvent.ConnectionQualityChanged(var participantId, var identity, var quality) ->
                    new ServerMessage.Quality(participantId, identity, quality);
            case RoomEvent.ActiveSpeakers(var speakers) -> new ServerMessage.Speakers(speakers);
            case RoomEvent.DominantSpeakerChanged(String participantId, String identity) ->
                    new ServerMessage.DominantSpeaker(participantId, identity);
            case RoomEvent.EncodingsWanted(String trackId, var active) ->
                    new ServerMessage.Encodings(trackId, active);
            case RoomEvent.StreamPaused(String trackId) -> new ServerMessage.StreamPaused(trackId);
            case RoomEvent.StreamResumed(String trackId) ->
                    new ServerMessage.StreamResumed(trackId);
            case RoomEvent.WatchingPermitted(var publisherId, var trackId, boolean permitted) ->
                    permitted
                            ? new ServerMessage.TrackPermitted(publisherId, trackId)
                            : new ServerMessage.TrackForbidden(publisherId, trackId);
            case RoomEvent.DataSlow(String label) -> new ServerMessage.DataSlow(label);
            case RoomEvent.DataCutOff(String participantId, String identity, String label) ->
                    new ServerMessage.DataClosed(participantId, identity, label);
            case RoomEvent.DataRefused(String label, DataRefusal reason) -> refused(label, reason);
            case RoomEvent.RoomClosing(var reason) -> new ServerMessage.RoomClosing(reason);
            case RoomEvent.ParticipantConnected _,
                    RoomEvent.SubscriptionAsked _,
                    RoomEvent.BackupWanted _,
                    RoomEvent.BackupsChanged _,
                    RoomEvent.TrackWatched _ ->
                    throw new IllegalArgumentException("nobody is told of it");
            case RoomEvent.LocalCandidate(String value) -> new ServerMessage.Candidate(value);
            case RoomEvent.TransportConnected() -> new ServerMessage.Connected();
            case RoomEvent.Left(LeaveReason reason) -> new ServerMessage.Left(reason);
        };
    }

    private static ServerMessage refused(String label, DataRefusal reason) {
        return switch (reason) {
            case NOT_PERMITTED ->
                    new ServerMessage.Failed(
                            ErrorCode.NOT_PERMITTED,
                            "The token does not allow to send data.",
                            "data");
            case MALFORMED ->
                    new ServerMessage.Failed(
                            ErrorCode.BAD_MESSAGE,
                            "A message on the data channel \""
                                    + label
                                    + "\" does not begin with a line of JSON.",
                            "data");
        };
    }
}
