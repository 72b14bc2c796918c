package io.sluice.room;

/** Why a participant is gone. */
public enum LeaveReason {
    /** It said so. */
    LEFT,
    /** It closed its DTLS association. */
    TRANSPORT_CLOSED,
    /** Consent to send was not renewed (RFC 7675), or ICE never connected. */
    CONNECTION_LOST,
    /** DTLS failed or its certificate was not the one in its description. */
    HANDSHAKE_FAILED,
    /** The server failed it: one of our own invariants was broken. */
    INTERNAL,
    /** Its signaling was lost and did not come back in time. */
    SIGNALING_LOST,
    /** The same identity joined again. */
    REPLACED,
    /** The application removed it. */
    REMOVED,
    /** The room ended or the server stops. */
    ROOM_CLOSED
}
