package io.sluice.api;

import io.sluice.room.CommandSink;
import java.util.Optional;

/** Where signaling finds rooms by their names; used from any thread. */
@FunctionalInterface
public interface RoomDirectory {
    /**
     * Finds a room.
     *
     * @param create whether to make it where there is none
     */
    Optional<CommandSink> find(String name, boolean create);
}
