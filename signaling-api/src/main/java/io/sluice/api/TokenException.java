package io.sluice.api;

/** A token that is refused. The message is for its bearer and never contains any part of the token. */
public final class TokenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String text;

    /** Why, for a status code. */
    public enum Reason {
        MALFORMED,
        WRONG_ALGORITHM,
        UNKNOWN_KEY,
        BAD_SIGNATURE,
        NO_EXPIRY,
        EXPIRED,
        NOT_YET_VALID,
        NO_IDENTITY,
        NO_JOIN_GRANT,
        NOT_GRANTED,
        OTHER_ROOM
    }

    public TokenException(Reason reason, String message) {
        // No cause: the library's messages may quote the token.
        super(message);
        this.reason = reason;
        this.text = message;
    }

    /** The message. */
    public String text() {
        return text;
    }

    public Reason reason() {
        return reason;
    }

    /** Whether the bearer is known but not allowed, as opposed to not known: 403, not 401. */
    public boolean isForbidden() {
        return switch (reason) {
            case NO_JOIN_GRANT, NOT_GRANTED, OTHER_ROOM -> true;
            case MALFORMED,
                    WRONG_ALGORITHM,
                    UNKNOWN_KEY,
                    BAD_SIGNATURE,
                    NO_EXPIRY,
                    EXPIRED,
                    NOT_YET_VALID,
                    NO_IDENTITY ->
                    false;
        };
    }
}
