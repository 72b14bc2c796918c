package io.sluice.room;

/** A command that a room refuses; the message is for whoever sent it. */
public final class RoomException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why, for a status code. */
    public enum Reason {
        NO_SUCH_PARTICIPANT,
        ROOM_FULL,
        ROOM_CLOSED,
        NOT_PERMITTED,
        INVALID_DESCRIPTION
    }

    public RoomException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
