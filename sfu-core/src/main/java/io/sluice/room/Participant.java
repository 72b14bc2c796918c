package io.sluice.room;

import io.sluice.forward.ViewerWish;
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
    private final Permissions permissions;
    private final RoomListener listener;
    private final Loop loop;
    private final Transport transport;

    private ParticipantInfo info;
    private ConnectionQuality quality = ConnectionQuality.EXCELLENT;

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

    void info(ParticipantInfo changed) {
        info = changed;
    }

    ConnectionQuality quality() {
        return quality;
    }

    void quality(ConnectionQuality changed) {
        quality = changed;
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

    /** What is wished of its subscriptions, by SSRC, where it is not everything. */
    Map<Integer, ViewerWish> wishes() {
        Map<Integer, ViewerWish> wishes = new HashMap<>();
        subscribed.forEach((ssrc, watched) -> {
            if (!watched.wish().equals(ViewerWish.EVERYTHING)) {
                wishes.put(ssrc, watched.wish());
            }
        });
        return wishes;
    }

    Map<Integer, Watched> subscribed() {
        return subscribed;
    }
}
