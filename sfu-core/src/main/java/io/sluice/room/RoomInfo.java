package io.sluice.room;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A room at one moment.
 *
 * @param roomId ours, new for each life of a room: {@code RM_...}
 * @param name the application's, of one room at a time
 */
public record RoomInfo(
        String roomId,
        String name,
        Instant createdAt,
        RoomSettings settings,
        List<ParticipantInfo> participants,
        List<TrackInfo> tracks) {
    public RoomInfo {
        participants = List.copyOf(participants);
        tracks = List.copyOf(tracks);
    }

    /** What its participants may know of it. */
    RoomInfo withoutHidden() {
        List<ParticipantInfo> seen =
                participants.stream().filter(one -> !one.guise().hidden()).toList();
        if (seen.size() == participants.size()) {
            return this;
        }
        Set<String> ids =
                seen.stream().map(ParticipantInfo::participantId).collect(Collectors.toSet());
        return new RoomInfo(
                roomId,
                name,
                createdAt,
                settings,
                seen,
                tracks.stream().filter(track -> ids.contains(track.participantId())).toList());
    }
}
