package io.sluice.sctp;

/** The states of RFC 9260 4. */
enum AssociationState {
    CLOSED,
    COOKIE_WAIT,
    COOKIE_ECHOED,
    ESTABLISHED,
    SHUTDOWN_PENDING,
    SHUTDOWN_SENT,
    SHUTDOWN_RECEIVED,
    SHUTDOWN_ACK_SENT,
    ENDED;

    boolean takesData() {
        return this == ESTABLISHED || this == SHUTDOWN_PENDING || this == SHUTDOWN_SENT;
    }

    boolean sendsData() {
        return this == ESTABLISHED || this == SHUTDOWN_PENDING || this == SHUTDOWN_RECEIVED;
    }

    boolean isConnected() {
        return takesData() || sendsData() || this == SHUTDOWN_ACK_SENT;
    }

    /** Whether new messages and channels are too late. */
    boolean endsOrEnded() {
        return ordinal() > ESTABLISHED.ordinal();
    }
}
