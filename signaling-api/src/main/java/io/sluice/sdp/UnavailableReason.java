package io.sluice.sdp;

/** Why a published track cannot be forwarded to a participant. */
public enum UnavailableReason {
    /** No section of the track's kind can decode its codec. */
    CODEC,
    /** {@link NegotiatorConfig#maxTracks} are wanted already. */
    LIMIT
}
