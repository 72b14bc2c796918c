package io.sluice.room;

/** Who asks for something that may be asked in one's own name or in the room's. */
public enum Origin {
    PARTICIPANT,
    /** The application, by the rooms API. */
    ROOM
}
