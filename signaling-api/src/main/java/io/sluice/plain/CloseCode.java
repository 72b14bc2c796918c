package io.sluice.plain;

import io.sluice.room.LeaveReason;

/**
 * Why the server closes a WebSocket. The codes below 4000 are RFC 6455's, the others are this protocol's
 * own; from 4100 on a client should not simply connect again.
 */
enum CloseCode {
    LEFT(1000, "left"),
    ROOM_CLOSED(1001, "room closed"),
    MALFORMED_FRAME(1002, "a frame broke RFC 6455"),
    TEXT_ONLY(1003, "only text messages are understood"),
    NOT_UTF8(1007, "text must be UTF-8"),
    MESSAGE_TOO_LARGE(1009, "a message was larger than this server takes"),
    INTERNAL(1011, "a defect of the server"),
    TRANSPORT_CLOSED(4000, "transport closed"),
    CONNECTION_LOST(4001, "connection lost"),
    HANDSHAKE_FAILED(4002, "DTLS handshake failed"),
    SIGNALING_LOST(4003, "too long without signaling, or too many messages missed"),
    SLOW_READER(4004, "messages are not read fast enough"),
    SILENT(4005, "no sign of life"),
    SESSION_UNKNOWN(4006, "no such session"),
    FULL(4007, "full"),
    JOIN_TIMEOUT(4008, "no join message in time"),
    REPLACED(4100, "the same identity joined again"),
    RESUMED_ELSEWHERE(4101, "the session goes on on another connection"),
    UNAUTHORIZED(4102, "no valid token"),
    ROOM_NOT_FOUND(4103, "no such room"),
    TOO_MANY_ERRORS(4104, "too many messages that were not understood"),
    RATE_LIMITED(4105, "too many messages"),
    REMOVED(4106, "removed from the room");

    private final short code;
    private final String text;

    CloseCode(int code, String text) {
        this.code = (short) code;
        this.text = text;
    }

    short code() {
        return code;
    }

    /** At most 123 bytes (RFC 6455 5.5). */
    String text() {
        return text;
    }

    static CloseCode of(LeaveReason reason) {
        return switch (reason) {
            case LEFT -> LEFT;
            case TRANSPORT_CLOSED -> TRANSPORT_CLOSED;
            case CONNECTION_LOST -> CONNECTION_LOST;
            case HANDSHAKE_FAILED -> HANDSHAKE_FAILED;
            case INTERNAL -> INTERNAL;
            case SIGNALING_LOST -> SIGNALING_LOST;
            case REPLACED -> REPLACED;
            case REMOVED -> REMOVED;
            case ROOM_CLOSED -> ROOM_CLOSED;
        };
    }
}
