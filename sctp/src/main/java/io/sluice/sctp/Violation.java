package io.sluice.sctp;

/** What ends an association at once, and the cause in its ABORT (RFC 9260 3.3.10). */
enum Violation {
    /** A DATA chunk without data. */
    NO_USER_DATA(9, SctpEnd.VIOLATED),
    /** Pieces that cannot become messages, or messages that can never be delivered. */
    BROKEN_SEQUENCE(13, SctpEnd.VIOLATED),
    MESSAGE_TOO_LARGE(13, SctpEnd.MESSAGE_TOO_LARGE);

    final int cause;
    final SctpEnd end;

    Violation(int cause, SctpEnd end) {
        this.cause = cause;
        this.end = end;
    }
}
