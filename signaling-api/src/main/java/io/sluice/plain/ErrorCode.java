package io.sluice.plain;

import java.util.Locale;

/** What went wrong, for a client's program; the text beside it is for its programmer. */
enum ErrorCode {
    BAD_MESSAGE,
    MESSAGE_TOO_LARGE,
    RATE_LIMITED,
    TOO_MANY_ERRORS,
    SLOW_READER,
    JOIN_TIMEOUT,
    JOIN_FIRST,
    ALREADY_JOINED,
    INVALID_TOKEN,
    NOT_PERMITTED,
    ROOM_NOT_FOUND,
    ROOM_FULL,
    SERVER_FULL,
    SESSION_UNKNOWN,
    OFFER_IN_PROGRESS,
    INVALID_OFFER,
    INTERNAL;

    /** As it stands in a message. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
