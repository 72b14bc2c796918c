package io.sluice.ice;

/** Why a remote candidate was not used; each has a counter in {@link IceServer}. */
public enum CandidateDrop {
    /** Not a candidate attribute (RFC 8839 5.1). */
    MALFORMED,
    /**
     * TCP (we are connected to, and connect to nobody), a name (mDNS ".local"), another component, or an address we
     * never send to.
     */
    IGNORED,
    /** More than a participant may have. */
    LIMIT
}
