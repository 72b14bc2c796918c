package io.sluice.rtp;

/** Why a packet went no further, each a counter: «the video froze» must be answerable from numbers. */
public enum DropReason {
    /** Its RTP header is wrong. */
    MALFORMED_RTP,
    /** A compound RTCP packet that could not be read to its end. */
    MALFORMED_RTCP,
    /** It came before the DTLS handshake gave keys. */
    BEFORE_KEYS,
    /** SRTP: the tag is wrong. */
    UNAUTHENTICATED,
    /** SRTP: seen before. */
    REPLAYED,
    /** SRTP: older than the replay window. */
    TOO_OLD,
    /** SRTP: more SSRCs than a transport may use. */
    TOO_MANY_SSRCS,
    /** SRTP: the cipher failed. */
    CIPHER_FAILED,
    /** No section of the session description accounts for it. */
    NOT_NEGOTIATED,
    /** It names an encoding (RFC 8852) that no section of the session description accounts for. */
    UNKNOWN_ENCODING,
    /** Its payload number is not one that the section answered for sending. */
    WRONG_PAYLOAD_TYPE,
    /** A retransmission too short to carry its original sequence number, or of nothing known. */
    BAD_RETRANSMISSION,
    /** The same sequence number again, by retransmission or by the network. */
    DUPLICATE,
    /** Its sequence number is too far from all others of its stream. */
    OUT_OF_RANGE,
    /** Its payload is not what its codec's payload format allows. */
    MALFORMED_PAYLOAD,
    /** The payload is empty: padding that only probes. */
    PADDING_ONLY,
    /** Its publisher sends more than the application allows it, or more audio than audio can be. */
    OVER_MAX_BITRATE,
    /** The track is muted. */
    MUTED,
    /** Only the loudest of the room are forwarded, and it is not among them. */
    NOT_AMONG_LOUDEST,
    /** The viewer waits for a keyframe. */
    AWAITING_KEYFRAME,
    /** It is of a layer that the viewer does not get. */
    UNWANTED_LAYER,
    /** Older than where the viewer's stream began or began anew. */
    BEFORE_SWITCH,
    /** The viewer is not connected yet. */
    VIEWER_NOT_CONNECTED,
    /** The way to the viewer's loop is full. */
    HANDOFF_FULL,
    /** The loop has no free packet memory. */
    SLAB_FULL,
    /** The port could not take it. */
    EGRESS_FULL,
    /** It waited too long for its turn to leave to the viewer, or too many did: the next keyframe goes on. */
    PACER_FULL,
    /** A viewer asks again for what is not kept any more. */
    RESEND_UNAVAILABLE,
    /** A viewer asks again for what was sent again a moment ago. */
    RESEND_TOO_SOON,
    /** A viewer asks again for what has made way for a smaller picture a moment ago. */
    RESEND_LEFT_BEHIND,
    /** A viewer asks for more packets again than one turn allows. */
    RESEND_LIMIT,
    /** A copy of what was sent again, for which there was no room in time, or that can be read no more. */
    COPY_LEFT_OUT,
    /** Header extensions that are too long to be passed on. */
    HEADER_TOO_LONG
}
