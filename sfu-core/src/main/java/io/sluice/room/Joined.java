package io.sluice.room;

import io.sluice.transport.LocalTransport;
import java.util.List;

/** The answer to {@link RoomCommand.Join}: who one is, how to connect, and who is there already. */
public record Joined(
        ParticipantInfo self,
        LocalTransport transport,
        List<ParticipantInfo> participants,
        List<TrackInfo> tracks) {
    public Joined {
        participants = List.copyOf(participants);
        tracks = List.copyOf(tracks);
    }
}
