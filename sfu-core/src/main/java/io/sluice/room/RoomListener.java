package io.sluice.room;

/** Hears what happens in a room, in order, on the room's home loop; must not block or throw. */
@FunctionalInterface
public interface RoomListener {
    void onEvent(RoomEvent event);
}
