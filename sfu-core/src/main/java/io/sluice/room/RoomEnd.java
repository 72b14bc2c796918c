package io.sluice.room;

/** Why a room is no more. */
public enum RoomEnd {
    /** Nobody was in it for as long as its settings allow. */
    EMPTY,
    /** Somebody deleted it. */
    DELETED,
    SERVER_STOPPING
}
