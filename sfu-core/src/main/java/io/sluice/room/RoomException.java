package io.sluice.room;

/** A command that a room refuses; the message is for whoever sent it. */
public final class RoomException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why, for a status code. */
    public enum Reason {
        NO_SUCH_PARTICIPANT,
        NO_SUCH_TRACK,
        /** The track is there, but is not forwarded to this participant. */
        NOT_SUBSCRIBED,
        ROOM_FULL,
        ROOM_CLOSED,
        NOT_PERMITTED,
        INVALID_DESCRIPTION,
        /** A setting or a text is out of its limits. */
        INVALID_SETTINGS,
        TOO_MANY_ROOMS,
        /** The API key whose token it is has as many rooms or participants as it may. */
        KEY_LIMIT,
        TOO_MANY_LISTENERS
    }

    public RoomException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
