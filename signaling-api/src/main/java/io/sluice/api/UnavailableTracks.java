package io.sluice.api;

import io.sluice.sdp.UnavailableReason;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Tells a client once of each track that it cannot get, and the room of those that it would get in another codec.
 *
 * <p>Owned by its session's turn.
 */
final class UnavailableTracks {
    private final BiConsumer<String, UnavailableReason> client;
    private final Consumer<Set<String>> room;

    /** Those that the client knows of, by track id. */
    private final Set<String> told = new HashSet<>();

    /** Those that the room knows to be needed in another codec. */
    private Set<String> asked = Set.of();

    /** @param room hears of all tracks that are needed in another codec, when they are others than before */
    UnavailableTracks(BiConsumer<String, UnavailableReason> client, Consumer<Set<String>> room) {
        this.client = client;
        this.room = room;
    }

    /**
     * These are all of them now.
     *
     * @param awaited those that come in another codec once their publishers know; the client is not told of them
     */
    void tell(Map<String, UnavailableReason> now, Set<String> awaited) {
        if (!awaited.equals(asked)) {
            asked = Set.copyOf(awaited);
            room.accept(asked);
        }
        told.retainAll(now.keySet());
        now.forEach((trackId, reason) -> {
            if (told.add(trackId)) {
                client.accept(trackId, reason);
            }
        });
    }

    /** The track has ended. */
    void forget(String trackId) {
        told.remove(trackId);
    }
}
