package io.sluice.ice;

/** Why a session has no path. */
public enum IceFailure {
    /** No path was selected in time after the remote credentials were known. */
    NEVER_CONNECTED,
    /** The selected path was silent for too long (RFC 7675 5.1): nothing may be sent on it any more. */
    CONSENT_LOST,
    /** The listener threw; the session is closed. */
    LISTENER_FAILED
}
