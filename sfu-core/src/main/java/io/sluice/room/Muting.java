package io.sluice.room;

/** Whether a track is forwarded, and who decided that it is not. */
public enum Muting {
    NONE,
    /** Its publisher muted it and alone unmutes it. */
    BY_PARTICIPANT,
    /** The room muted it; its publisher may unmute it where the room's settings allow that. */
    BY_ROOM;

    public boolean muted() {
        return this != NONE;
    }
}
