package io.sluice.ice;

/** Why a datagram was dropped in this module; each has a counter in {@link UdpCounters}. */
public enum DatagramDrop {
    /** Longer than a slot of the slab. */
    TRUNCATED,
    /** No slot of the slab was free to take the datagram's place in the receive ring. */
    SLAB_EXHAUSTED,
    /** Zero bytes, or a first byte that RFC 7983 gives to no protocol of ours. */
    UNKNOWN_KIND,
    /** A first byte of STUN, but not a well-formed STUN message of the method Binding. */
    STUN_MALFORMED,
    /** FINGERPRINT is there and wrong (RFC 8489 14.7). */
    STUN_BAD_FINGERPRINT,
    /** A request for a ufrag that no session has, or without any where plain requests are not answered. */
    STUN_UNKNOWN_UFRAG,
    /** A request with our ufrag of one ICE restart and the remote side's of another. */
    STUN_MIXED_UFRAGS,
    /** MESSAGE-INTEGRITY is missing. */
    STUN_NO_INTEGRITY,
    /** MESSAGE-INTEGRITY does not fit the password. */
    STUN_BAD_INTEGRITY,
    /** A session asks more often than it may, or there are more plain requests than are answered. */
    STUN_RATE_LIMITED,
    /** A response to no request of ours, or from another address than the request went to. */
    STUN_UNKNOWN_TRANSACTION,
    /** A well-formed and authenticated message that the ICE agent refused. */
    STUN_REFUSED,
    /** An indication: it keeps a NAT open and needs no answer. */
    STUN_INDICATION,
    /** DTLS or media from an address that no session knows. */
    UNKNOWN_ADDRESS,
    /** DTLS from an address not yet validated, beyond what a session or a loop may hold. */
    DTLS_HELD_LIMIT,
    /** Media from an address not yet validated. */
    MEDIA_NOT_VALIDATED,
    /** Whoever should take it failed on it; a session whose listener fails is closed. */
    LISTENER_FAILED,
    /** Not sent: the socket's send buffer is full, and so is the queue of what waits for it. */
    SEND_BUFFER_FULL,
    /** Not sent: no route to the address. */
    SEND_UNREACHABLE,
    /** Not sent: forbidden by the system. */
    SEND_FORBIDDEN,
    /** Not sent: too large for the way out. */
    SEND_TOO_LARGE,
    /** Not sent: any other error. */
    SEND_FAILED;

    /** Whether the datagram was on its way out. */
    public boolean outgoing() {
        return compareTo(SEND_BUFFER_FULL) >= 0;
    }
}
