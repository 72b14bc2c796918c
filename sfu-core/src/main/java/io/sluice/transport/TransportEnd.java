package io.sluice.transport;

/** Why a transport ended by itself. */
public enum TransportEnd {
    /** The client closed its DTLS association. */
    CLOSED_BY_CLIENT,
    /** ICE never connected, or consent was lost. */
    CONNECTION_LOST,
    /** DTLS failed. */
    HANDSHAKE_FAILED,
    /** One of our own invariants was broken. */
    DEFECT
}
