package io.sluice.livekit;

import io.sluice.room.RoomMessage;
import java.util.List;

/**
 * Where the packets of a data track go.
 *
 * @param handle under which all its subscribers know it: one for each track of a room, so that a packet is written once
 * @param to identities; {@link RoomMessage#NOBODY} where nobody has subscribed
 */
record DataTrackRoute(int handle, List<String> to) {
    DataTrackRoute {
        to = to.isEmpty() ? RoomMessage.NOBODY : List.copyOf(to);
    }
}
