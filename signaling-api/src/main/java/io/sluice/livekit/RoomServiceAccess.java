package io.sluice.livekit;

import io.sluice.api.Grants;
import io.sluice.api.RoomNames;
import io.sluice.room.Room;
import io.sluice.room.Rooms;

/** What a caller's token has to grant, and the room it is about. */
final class RoomServiceAccess {
    private RoomServiceAccess() {}

    static void requireCreate(Grants grants) {
        if (!grants.roomCreate()) {
            throw denied("roomCreate");
        }
    }

    static void requireList(Grants grants) {
        if (!grants.roomList()) {
            throw denied("roomList");
        }
    }

    static void requireAdmin(Grants grants, String room) {
        if (!grants.isAdminOf(room)) {
            throw denied("roomAdmin for this room");
        }
    }

    /** Whether participants may be sent there. */
    static void requireDestination(Grants grants, String room) {
        if (!room.equals(grants.destinationRoom())) {
            throw denied("destinationRoom of this name");
        }
    }

    private static TwirpException denied(String grant) {
        return new TwirpException(
                TwirpError.PERMISSION_DENIED, "permissions denied: the token needs " + grant);
    }

    /** A room for those who administer it. */
    static Room administered(Grants grants, Rooms rooms, String name) {
        requireAdmin(grants, name);
        return rooms.find(name).orElseThrow(TwirpException::noRoom);
    }

    static void requireName(String room) {
        RoomNames.problem(room)
                .ifPresent(problem -> {
                    throw new TwirpException(TwirpError.INVALID_ARGUMENT, problem);
                });
    }
}
