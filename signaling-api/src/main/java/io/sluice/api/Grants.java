package io.sluice.api;

import io.sluice.api.TokenException.Reason;
import io.sluice.transport.TrackSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a verified token says: who its bearer is and what it may do. The claims have LiveKit's names and
 * meaning, so that one kind of token serves all protocols.
 *
 * @param identity the application's name for the participant, unique in a room; may be empty in a token
 *     that joins no room
 * @param name to be shown; null where the token leaves it to the client
 * @param metadata the application's own, passed on untouched
 * @param roomJoin whether the bearer may enter {@code room}
 * @param roomCreate whether the bearer may create and delete rooms
 * @param roomList whether the bearer may list rooms and watch what happens in all of them
 * @param roomAdmin whether the bearer may see, change, mute and remove who is in {@code room}
 * @param room the only room that {@code roomJoin} and {@code roomAdmin} are good for
 * @param publishSources what may be published; empty means everything
 */
public record Grants(
        String identity,
        @Nullable String name,
        @Nullable String metadata,
        boolean roomJoin,
        boolean roomCreate,
        boolean roomList,
        boolean roomAdmin,
        @Nullable String room,
        boolean canPublish,
        boolean canSubscribe,
        boolean canPublishData,
        Set<TrackSource> publishSources) {
    public Grants {
        publishSources = Set.copyOf(publishSources);
    }

    /** Everything that an ordinary participant of one room needs. */
    public static Grants join(String room, String identity, @Nullable String name) {
        return new Grants(
                identity, name, null, true, false, false, false, room, true, true, true, Set.of());
    }

    /** Administration and nothing else: the bearer cannot be a participant. */
    public static Grants administration(
            String identity, boolean create, boolean list, @Nullable String adminOfRoom) {
        return new Grants(
                identity,
                null,
                null,
                false,
                create,
                list,
                adminOfRoom != null,
                adminOfRoom,
                true,
                true,
                true,
                Set.of());
    }

    /** Whether the bearer administers this room. */
    public boolean isAdminOf(String wantedRoom) {
        return roomAdmin && wantedRoom.equals(room);
    }

    /** Refuses a token that does not open this room. */
    public void requireJoin(String wantedRoom) throws TokenException {
        if (!roomJoin) {
            throw new TokenException(
                    Reason.NO_JOIN_GRANT,
                    "The token does not allow to join a room: video.roomJoin is not true.");
        }
        if (!wantedRoom.equals(room)) {
            throw new TokenException(
                    Reason.OTHER_ROOM,
                    "The token is not for this room: video.room must be the room's name.");
        }
    }
}
