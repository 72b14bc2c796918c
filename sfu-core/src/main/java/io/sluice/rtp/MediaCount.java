package io.sluice.rtp;

/** What a loop counts of its media beside what it drops ({@link DropReason}); packets where no unit is named. */
public enum MediaCount {
    /** RTP from publishers that proved its sender and has a right header; retransmissions included. */
    RTP_PACKETS_RECEIVED,
    /** Bytes of those, without tags. */
    RTP_BYTES_RECEIVED,
    /** RTP to viewers, retransmissions included. */
    RTP_PACKETS_SENT,
    /** Bytes of those, headers and tags included. */
    RTP_BYTES_SENT,
    /** Compound RTCP packets that proved their sender. */
    RTCP_PACKETS_RECEIVED,
    /** Bytes of those, without tags. */
    RTCP_BYTES_RECEIVED,
    /** Compound RTCP packets sent. */
    RTCP_PACKETS_SENT,
    /** Bytes of those, tags included. */
    RTCP_BYTES_SENT,
    /** NACK messages from viewers, of up to 17 numbers each (RFC 4585 6.2.1). */
    NACKS_RECEIVED,
    /** Packets that viewers asked for again, each time counted. */
    PACKETS_ASKED_FOR_BY_VIEWERS,
    /** Packets sent again, on an SSRC of their own or not. */
    RETRANSMISSIONS_SENT,
    /** Copies that followed packets sent again, so that one of the two arrives. */
    COPIES_SENT,
    /** Packets kept for sending them again that were let go early, because there were too many. */
    KEPT_PACKETS_EVICTED,
    /** NACK messages to publishers, of as many numbers as were due. */
    NACKS_SENT,
    /** Packets that publishers were asked for again, each time counted. */
    PACKETS_ASKED_OF_PUBLISHERS,
    /** Packets that came as a retransmission (RFC 4588), whether still needed or not. */
    RETRANSMISSIONS_RECEIVED,
    /** Packets that came by retransmission (RFC 4588) only. */
    PACKETS_RECOVERED,
    /** Missing packets that came after all, late or sent again. */
    MISSING_PACKETS_FOUND,
    /** Missing packets that are not asked for any more. */
    MISSING_PACKETS_GIVEN_UP,
    /** Picture loss indications from viewers. */
    PICTURE_LOSSES_RECEIVED,
    /** Full intra requests from viewers (RFC 5104 4.3.1). */
    FULL_INTRA_REQUESTS_RECEIVED,
    /** Picture loss indications to publishers. */
    PICTURE_LOSSES_SENT,
    /** Keyframes of video from publishers. */
    KEYFRAMES_RECEIVED,
    /** Messages of transport-wide feedback to publishers. */
    TRANSPORT_FEEDBACK_SENT,
    /** Messages of viewers on which packets came when: transport-wide feedback, or RFC 8888's. */
    TRANSPORT_FEEDBACK_RECEIVED,
    /** Transport-wide numbers that fell out of the window before they were reported, or came after. */
    TRANSPORT_FEEDBACK_MISSED,
    /** Estimates of bandwidth from viewers (REMB). */
    BANDWIDTH_ESTIMATES_RECEIVED,
    /** Reports of viewers on what came to them that cannot be true. */
    BANDWIDTH_REPORTS_IGNORED,
    /** Limits told to publishers (REMB): what they may send, or what arrives of those that take no other feedback. */
    BANDWIDTH_ESTIMATES_SENT,
    /** Packets of video to viewers that had to wait for their turn. */
    PACKETS_PACED,
    /** Probes of what the path to a viewer carries, of several packets each. */
    PROBES_SENT,
    /** Packets sent to viewers for nothing but a probe, retransmissions or padding. */
    PROBE_PACKETS_SENT,
    /** Bytes of those, headers included. */
    PROBE_BYTES_SENT,
    /** Times that another encoding of a track was granted to a viewer, since its network carries more or less. */
    ALLOCATIONS_CHANGED,
    /** Times that nothing of a track was granted to a viewer. */
    STREAMS_PAUSED,
    /** Streams that began anew at another sequence number without telling (RFC 3550 A.1). */
    STREAM_RESTARTS,
    /** Packets offered to another loop and taken; those refused are {@link DropReason#HANDOFF_FULL}. */
    HANDED_OVER,
    /** Packets of padding to viewers, in the place of what they do not get and would ask for. */
    HOLES_CLOSED,
    /** Subscriptions begun: one viewer of one track each. */
    SUBSCRIPTIONS_BEGUN,
    /** Subscriptions ended; those that live are the difference. */
    SUBSCRIPTIONS_ENDED
}
