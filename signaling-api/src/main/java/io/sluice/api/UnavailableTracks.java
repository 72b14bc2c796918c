package io.sluice.api;

import io.sluice.sdp.UnavailableReason;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Tells a client once of each track that it cannot get.
 *
 * <p>Owned by its session's turn.
 */
final class UnavailableTracks {
    private final BiConsumer<String, UnavailableReason> client;

    /** Those that the client knows of, by track id. */
    private final Set<String> told = new HashSet<>();

    UnavailableTracks(BiConsumer<String, UnavailableReason> client) {
        this.client = client;
    }

    /** These are all of them now. */
    void tell(Map<String, UnavailableReason> now) {
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
