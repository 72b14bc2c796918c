package io.sluice.dtls;

/** Why a handshake ended without keys. */
public enum DtlsFailure {
    /** The other side fell silent, or was never there. */
    TIMEOUT,
    /** The session description named no fingerprint of a hash function we accept. */
    NO_FINGERPRINT,
    /** Its certificate is not the one of the session description (RFC 8122 5). */
    FINGERPRINT_MISMATCH,
    /** It has no certificate, so nothing ties it to the session description. */
    NO_CERTIFICATE,
    /** No use_srtp extension, or none of our profiles in it (RFC 5764 4.1). */
    NO_SRTP_PROFILE,
    /** Without it the exported keys would not be bound to this handshake (RFC 7627). */
    NO_EXTENDED_MASTER_SECRET,
    /** Newer ones took its place: the node runs as many as it may, and this was the oldest. */
    TOO_MANY_HANDSHAKES,
    /** The other side sent a fatal alert: our certificate or our choice did not please it. */
    REFUSED_BY_REMOTE,
    /** Everything else: no common cipher suite, malformed messages, wrong signatures. */
    PROTOCOL
}
