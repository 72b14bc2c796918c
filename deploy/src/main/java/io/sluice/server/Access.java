package io.sluice.server;

import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiKeys;
import io.sluice.api.RoomDirectory;
import io.sluice.calls.Calls;
import io.sluice.room.RoomSettings;
import io.sluice.room.Rooms;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What lets clients into rooms, with what calls by code have to say about it, if they are on. */
final class Access {
    private Access() {}

    static AccessTokens tokens(ApiConfig api, @Nullable Calls calls) {
        ApiKeys keys = api.access().keys();
        return calls == null
                ? new AccessTokens(keys, Clock.systemUTC())
                : new AccessTokens(
                        calls.keys(keys), Clock.systemUTC(), calls.review(api.access().devMode()));
    }

    /** Rooms by their names, made where there are none, until the server stops. */
    static RoomDirectory rooms(Rooms rooms, @Nullable Calls calls, AtomicBoolean closing) {
        return (name, apiKey, create) -> {
            if (closing.get()) {
                return Optional.empty();
            }
            Optional<RoomSettings> ofCall = calls == null ? Optional.empty() : calls.settings(name);
            if (ofCall.isPresent()) {
                // Whoever has a token for a call may always begin it.
                return Optional.of(rooms.create(name, ofCall.get(), apiKey).room());
            }
            return create
                    ? Optional.of(rooms.room(name, apiKey))
                    : rooms.find(name).map(room -> room);
        };
    }
}
