package io.sluice.ice;

/** Where a session is on its way to a path. */
public enum IceState {
    /** Nothing is known of the remote side. */
    NEW,
    /** The remote side's credentials are known, no path is in use. */
    CHECKING,
    /** A path is in use. */
    CONNECTED,
    /** There is no path any more, or there never was one in time. */
    FAILED
}
