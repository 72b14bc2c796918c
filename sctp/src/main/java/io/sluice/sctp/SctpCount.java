package io.sluice.sctp;

/** What is counted beside drops. */
public enum SctpCount {
    ESTABLISHED,
    RESTARTED,
    /** Associations that ended after they were established. */
    ENDED,
    PACKETS_IN,
    PACKETS_OUT,
    /** Messages of data channels delivered, without those that open channels. */
    MESSAGES_IN,
    /** Messages of data channels whose last piece was sent for the first time. */
    MESSAGES_OUT,
    MESSAGE_BYTES_IN,
    MESSAGE_BYTES_OUT,
    /** DATA chunks sent again. */
    RETRANSMISSIONS,
    /** Times when nothing at all was acknowledged for too long. */
    TIMEOUTS
}
