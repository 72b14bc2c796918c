package io.sluice.sdp;

/** Why a published track cannot be forwarded to a participant. */
public enum UnavailableReason {
    /** No section of the track's kind can decode its codec. */
    CODEC,
    /** All {@link NegotiatorConfig#maxSections} are taken. */
    LIMIT
}
