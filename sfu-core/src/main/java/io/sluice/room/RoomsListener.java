package io.sluice.room;

import io.sluice.dtls.DtlsFailure;

/**
 * Hears what happens in all rooms of a node. Each room is told of in order, by its home loop: different
 * rooms may be told of at the same time. Must not block.
 */
public interface RoomsListener {

    void onRoomStarted(RoomInfo room);

    /**
     * Something that everybody in the room hears; never {@link RoomEvent.LocalCandidate}, {@link
     * RoomEvent.TransportConnected} or {@link RoomEvent.Left}.
     */
    void onRoomEvent(String roomId, String name, RoomEvent event);

    /** Why somebody is about to leave with {@link LeaveReason#HANDSHAKE_FAILED}. */
    default void onHandshakeFailed(
            String roomId, String name, ParticipantInfo participant, DtlsFailure reason) {}

    /** A participant says something on a data channel; there may be thousands in a second. */
    default void onMessage(String roomId, String name, RoomMessage message) {}

    void onRoomEnded(String roomId, String name, RoomEnd reason);
}
