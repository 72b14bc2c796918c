package io.sluice.room;

import io.sluice.loop.Loop;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A participant of one room on its way to another.
 *
 * @param info with an id of its own for that room
 * @param loop of its transport
 * @param listener hears what the room says to it, on that room's home loop
 * @param reply fails with a {@link RoomException} if the room does not take it
 */
record GuestArrival(
        ParticipantInfo info,
        ViewerRule viewerRule,
        Loop loop,
        List<GuestTrack> tracks,
        RoomListener listener,
        CompletableFuture<Void> reply) {
    GuestArrival {
        tracks = List.copyOf(tracks);
    }
}
