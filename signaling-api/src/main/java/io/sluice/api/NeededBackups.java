package io.sluice.api;

import io.sluice.room.CommandSink;
import io.sluice.room.RoomCommand;
import java.util.Set;

/**
 * Tells a room which tracks one viewer would get in another codec, when they are others than before.
 *
 * <p>Owned by its session's turn.
 */
public final class NeededBackups {
    private final CommandSink room;
    private final String participantId;

    /** What the room knows, by track id. */
    private Set<String> known = Set.of();

    public NeededBackups(CommandSink room, String participantId) {
        this.room = room;
        this.participantId = participantId;
    }

    /** These are all of them now, by track id. */
    public void tell(Set<String> needed) {
        if (!needed.equals(known)) {
            known = Set.copyOf(needed);
            room.submit(new RoomCommand.NeedBackups(participantId, known));
        }
    }
}
