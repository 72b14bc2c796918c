package io.sluice.livekit;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The data tracks of all rooms: what participants with LiveKit's protocol publish over data channels for those who
 * subscribe to it. Safe for all threads.
 */
final class DataTracks {
    private final RandomGenerator random;

    /** By room id; guarded by itself. */
    private final Map<String, DataTrackRoom> rooms = new HashMap<>();

    /** By the publisher's participant id, by its handle; each map is replaced when something changes. */
    private final Map<String, Map<Integer, DataTrackRoute>> routes = new ConcurrentHashMap<>();

    DataTracks(RandomGenerator random) {
        this.random = random;
    }

    /** Lets a participant see a room's data tracks, and publish some. */
    DataTrackRoom enter(String roomId, DataTrackRoom.Member member) {
        synchronized (rooms) {
            DataTrackRoom room =
                    rooms.computeIfAbsent(roomId, _ -> new DataTrackRoom(roomId, random, routes));
            room.enter(member);
            return room;
        }
    }

    void leave(DataTrackRoom room, DataTrackRoom.Member member) {
        synchronized (rooms) {
            room.leave(member);
            if (room.isEmpty()) {
                rooms.remove(room.roomId(), room);
            }
        }
    }

    /** Where packets under a publisher's handle go; null: it publishes nothing under it. */
    @Nullable DataTrackRoute route(String publisherId, int handle) {
        return routes.getOrDefault(publisherId, Map.of()).get(handle);
    }
}
