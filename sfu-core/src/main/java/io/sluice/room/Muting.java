package io.sluice.room;

/** Whether a track is forwarded, and who decided that it is not. */
public enum Muting {
    NONE(false, false),
    /** Its publisher muted it and alone unmutes it. */
    BY_PARTICIPANT(true, false),
    /** The room muted it; its publisher may unmute it where the room's settings allow that. */
    BY_ROOM(false, true),
    /** Both did: what one takes back leaves what the other wants. */
    BY_BOTH(true, true);

    private final boolean byParticipant;
    private final boolean byRoom;

    Muting(boolean byParticipant, boolean byRoom) {
        this.byParticipant = byParticipant;
        this.byRoom = byRoom;
    }

    public boolean muted() {
        return byParticipant || byRoom;
    }

    public boolean byParticipant() {
        return byParticipant;
    }

    public boolean byRoom() {
        return byRoom;
    }

    static Muting of(boolean byParticipant, boolean byRoom) {
        if (byParticipant) {
            return byRoom ? BY_BOTH : BY_PARTICIPANT;
        }
        return byRoom ? BY_ROOM : NONE;
    }
}
