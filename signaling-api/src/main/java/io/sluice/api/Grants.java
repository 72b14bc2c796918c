package io.sluice.api;

import io.sluice.api.TokenException.Reason;
import io.sluice.room.Guise;
import io.sluice.room.Permissions;
import java.util.Map;
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
 * @param permissions what the bearer may do as a participant
 * @param attributes the application's own, each of which can be changed by itself
 * @param destinationRoom the only room that participants of {@code room} may be sent to
 * @param guise as what the bearer joins
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
        Permissions permissions,
        Map<String, String> attributes,
        @Nullable String destinationRoom,
        Guise guise) {
    /** A person without attributes and destination. */
    public Grants(
            String identity,
            @Nullable String name,
            @Nullable String metadata,
            boolean roomJoin,
            boolean roomCreate,
            boolean roomList,
            boolean roomAdmin,
            @Nullable String room,
            Permissions permissions) {
        this(
                identity,
                name,
                metadata,
                roomJoin,
                roomCreate,
                roomList,
                roomAdmin,
                room,
                permissions,
                Map.of(),
                null,
                Guise.PERSON);
    }

    public Grants {
        attributes = Map.copyOf(attributes);
    }

    /** Everything that an ordinary participant of one room needs. */
    public static Grants join(String room, String identity, @Nullable String name) {
        return new Grants(identity, name, null, true, false, false, false, room, Permissions.ALL);
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
                Permissions.ALL);
    }

    /** The same as a participant of another room; whoever administers the one does not the other. */
    public Grants withRoom(String changed) {
        if (changed.equals(room)) {
            return this;
        }
        return new Grants(
                identity,
                name,
                metadata,
                roomJoin,
                false,
                false,
                false,
                changed,
                permissions,
                attributes,
                null,
                guise);
    }

    /** The same for somebody who may do this now. */
    public Grants withPermissions(Permissions now) {
        return new Grants(
                identity,
                name,
                metadata,
                roomJoin,
                roomCreate,
                roomList,
                roomAdmin,
                room,
                now,
                attributes,
                destinationRoom,
                guise);
    }

    /** The same for somebody of whom this is said now. */
    public Grants withWords(
            String changedName, String changedMetadata, Map<String, String> changedAttributes) {
        return new Grants(
                identity,
                changedName.isEmpty() ? null : changedName,
                changedMetadata.isEmpty() ? null : changedMetadata,
                roomJoin,
                roomCreate,
                roomList,
                roomAdmin,
                room,
                permissions,
                changedAttributes,
                destinationRoom,
                guise);
    }

    /** For an application that sends participants of one room to another. */
    public static Grants moving(String identity, String room, String destinationRoom) {
        return new Grants(
                identity,
                null,
                null,
                false,
                false,
                false,
                true,
                room,
                Permissions.ALL,
                Map.of(),
                destinationRoom,
                Guise.PERSON);
    }

    /** Whether it opens more than a room to be in: an application has it, or somebody whom one trusts. */
    public boolean isAdministration() {
        return roomCreate || roomList || roomAdmin;
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
