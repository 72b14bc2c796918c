package io.sluice.rtp;

/** What a message of a compound RTCP packet is: which of {@link RtcpMessage}. */
public enum RtcpKind {
    SENDER_REPORT,
    RECEIVER_REPORT,
    SOURCE_DESCRIPTION,
    BYE,
    NACK,
    PICTURE_LOSS,
    FULL_INTRA_REQUEST,
    REMB,
    TRANSPORT_WIDE,
    PACKET_REPORTS
}
