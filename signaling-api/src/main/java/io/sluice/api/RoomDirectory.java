package io.sluice.api;

import io.sluice.room.CommandSink;
import java.util.Optional;

/** Where signaling finds rooms by their names; used from any thread. */
@FunctionalInterface
public interface RoomDirectory {
    /**
     * Finds a room.
     *
     * @param apiKey of the token of whoever would come in, for whose quota it counts if it is made
     * @param create whether to make it where there is none
     */
    Optional<CommandSink> find(String name, String apiKey, boolean create);
}
