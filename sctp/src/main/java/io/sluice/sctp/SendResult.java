package io.sluice.sctp;

/** What became of a message that was to be sent. */
public enum SendResult {
    /** It will be sent. */
    QUEUED,
    /** The send buffer is full; this reliable message was not taken. */
    FULL,
    /** The send buffer is full; this unreliable message is lost. */
    DROPPED,
    /** It is larger than the other side takes (SDP's max-message-size). */
    TOO_LARGE,
    /** The channel or the association has ended, or is ending. */
    CLOSED
}
