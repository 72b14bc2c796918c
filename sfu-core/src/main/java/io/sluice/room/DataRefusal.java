package io.sluice.room;

/** Why what a participant sends on a data channel goes nowhere. */
public enum DataRefusal {
    /** Its token does not allow it. */
    NOT_PERMITTED,
    /** The signaling protocol's words around it cannot be read. */
    MALFORMED
}
