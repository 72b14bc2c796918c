package io.sluice.plain;

import io.sluice.api.Problem;
import io.sluice.room.RoomException;
import java.util.Locale;

/** What went wrong, for a client's program; the text beside it is for its programmer. */
enum ErrorCode {
    BAD_MESSAGE,
    MESSAGE_TOO_LARGE,
    RATE_LIMITED,
    TOO_MANY_ERRORS,
    JOIN_TIMEOUT,
    JOIN_FIRST,
    ALREADY_JOINED,
    INVALID_TOKEN,
    NOT_PERMITTED,
    ROOM_NOT_FOUND,
    ROOM_FULL,
    SERVER_FULL,
    KEY_LIMIT,
    SESSION_UNKNOWN,
    NO_SUCH_TRACK,
    NOT_SUBSCRIBED,
    OFFER_IN_PROGRESS,
    INVALID_OFFER,
    TIMEOUT,
    INTERNAL;

    static ErrorCode of(RoomException.Reason reason) {
        return switch (reason) {
            case NOT_PERMITTED -> NOT_PERMITTED;
            case INVALID_DESCRIPTION -> INVALID_OFFER;
            case INVALID_SETTINGS -> INVALID_TOKEN;
            case NO_SUCH_PARTICIPANT, ROOM_CLOSED -> SESSION_UNKNOWN;
            case NO_SUCH_TRACK -> NO_SUCH_TRACK;
            case NOT_SUBSCRIBED -> NOT_SUBSCRIBED;
            case ROOM_FULL -> ROOM_FULL;
            case TOO_MANY_ROOMS -> SERVER_FULL;
            case KEY_LIMIT -> KEY_LIMIT;
            case TOO_MANY_LISTENERS -> INTERNAL;
        };
    }

    /** Why somebody may not come in now. */
    static ErrorCode of(Problem atDoor) {
        return atDoor.name().equals(Problem.KEY_LIMIT) ? KEY_LIMIT : SERVER_FULL;
    }

    /** As it stands in a message. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
