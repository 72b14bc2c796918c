package io.sluice.sctp;

/** Why a packet, a chunk or a message went no further, each a counter. */
public enum SctpDrop {
    /** Too short, or its chunks do not fit into it. */
    MALFORMED,
    /** The CRC32c is wrong, or it is for another port. */
    BAD_CHECKSUM,
    /** The verification tag is not ours. */
    BAD_TAG,
    /** A chunk that the state does not expect. */
    UNEXPECTED,
    /** A cookie that was not made here, or long ago, or for another association. */
    BAD_COOKIE,
    /** A SACK for what was never sent. */
    BAD_SACK,
    /** DATA that came before. */
    DUPLICATE,
    /** DATA so far ahead that its place is not kept. */
    OUT_OF_WINDOW,
    /** DATA beyond the receive window. */
    WINDOW_FULL,
    /** A message older than what its stream has delivered. */
    STALE,
    /** A message on a stream that is no data channel. */
    NO_CHANNEL,
    /** A message of a kind that data channels do not have. */
    UNKNOWN_PROTOCOL,
    /** A channel that cannot be opened: wrong id, or an OPEN that cannot be read. */
    BAD_OPEN,
    /** A channel beyond the limit of channels. */
    TOO_MANY_CHANNELS,
    /** An answer that found too many others waiting to be sent. */
    TOO_MANY_ANSWERS,
    /** A message to be sent reliably, refused because the send buffer is full. */
    SEND_REFUSED,
    /** A message to be sent unreliably, dropped because the send buffer is full. */
    SEND_OVERFLOW,
    /** A message given up, or not begun: its time or its retransmissions ran out. */
    EXPIRED,
    /** A message that waited when its channel or its association ended. */
    CLOSED
}
