package io.sluice.room;

import io.sluice.transport.LocalTransport;
import java.util.List;

/**
 * The answer to {@link RoomCommand.Join}: who one is, how to connect, and what one came into.
 *
 * @param room as it was just before: the newcomer is not among its participants
 */
public record Joined(ParticipantInfo self, LocalTransport transport, RoomInfo room) {

    /** Those who are there already. */
    public List<ParticipantInfo> participants() {
        return room.participants();
    }

    public List<TrackInfo> tracks() {
        return room.tracks();
    }
}
