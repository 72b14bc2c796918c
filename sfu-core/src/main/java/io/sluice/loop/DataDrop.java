package io.sluice.loop;

/** Why a room's message did not reach a data channel, each a counter. */
public enum DataDrop {
    /** The sender's token does not allow it. */
    NOT_PERMITTED,
    /** The signaling protocol's own words around the message cannot be read. */
    MALFORMED,
    /** It came before: its sender could not know. */
    REPEATED,
    /** A receiver's channel for it is closed, or was cut off, or cannot be opened. */
    NO_CHANNEL,
    /** Larger than the receiver takes. */
    TOO_LARGE,
    /** Sent unreliably, and too much waits for the receiver. */
    UNRELIABLE_FULL,
    /** Sent reliably, and too much waits for the receiver: its channel was cut off. */
    TOO_SLOW,
    /** Sent unreliably, by one whose messages go to too many in a second; counts once for all of them. */
    TOO_MANY
}
