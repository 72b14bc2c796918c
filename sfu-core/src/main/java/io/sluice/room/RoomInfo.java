package io.sluice.room;

import java.time.Instant;
import java.util.List;

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
}
