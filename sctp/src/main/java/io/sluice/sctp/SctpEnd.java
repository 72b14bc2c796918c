package io.sluice.sctp;

/** Why an association ended. */
public enum SctpEnd {
    /** Either side shut it down, and all that was sent has arrived. */
    SHUT_DOWN,
    /** This side aborted it. */
    ABORTED,
    /** The other side aborted it. */
    ABORTED_BY_REMOTE,
    /** The other side does not answer (any more). */
    UNANSWERED,
    /** The other side broke the protocol. */
    VIOLATED,
    /** The other side sent a message larger than was announced. */
    MESSAGE_TOO_LARGE
}
