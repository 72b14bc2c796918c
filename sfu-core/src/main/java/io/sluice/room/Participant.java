package io.sluice.room;

import io.sluice.loop.Loop;
import io.sluice.transport.Transport;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Somebody in a room.
 *
 * <p>Owned by the room's home loop; its transport belongs to the loop it was placed on.
 */
final class Participant {
    private final ParticipantInfo info;
    private final Permissions permissions;
    private final RoomListener listener;
    private final Loop loop;
    private final Transport transport;

    /** By track id, in the order of publishing. */
    private final Map<String, PublishedTrack> published = new LinkedHashMap<>();

    /** By SSRC, which is new for each subscription. */
    private final Map<Integer, Watched> subscribed = new HashMap<>();

    Participant(
            ParticipantInfo info,
            Permissions permissions,
            RoomListener listener,
            Loop loop,
            Transport transport) {
        this.info = info;
        this.permissions = permissions;
        this.listener = listener;
        this.loop = loop;
        this.transport = transport;
    }

    ParticipantInfo info() {
        return info;
    }

    Permissions permissions() {
        return permissions;
    }

    RoomListener listener() {
        return listener;
    }

    Loop loop() {
        return loop;
    }

    Transport transport() {
        return transport;
    }

    Map<String, PublishedTrack> published() {
        return published;
    }

    Map<Integer, Watched> subscribed() {
        return subscribed;
    }
}
