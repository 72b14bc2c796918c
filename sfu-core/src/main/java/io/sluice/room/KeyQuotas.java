package io.sluice.room;

import io.sluice.room.RoomException.Reason;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How many rooms and participants the tokens of each API key have on this node. An empty key is nobody's, and is not
 * limited. Used from any thread.
 */
final class KeyQuotas {
    private final Lock lock = new ReentrantLock();

    /** Under the lock; those of keys that have none are forgotten. */
    private final Map<String, Use> uses = new HashMap<>();

    /** Under the lock. Whose a room is, as long as it lives. */
    private final Map<Room, String> owners = new HashMap<>();

    private final LongAdder refusedRooms = new LongAdder();
    private final LongAdder refusedParticipants = new LongAdder();

    private record Use(int rooms, int participants) {
        static final Use NONE = new Use(0, 0);
    }

    /** Somebody's place in its key's quota; owned by its room's home loop. */
    final class Seat {
        private final String apiKey;
        private boolean left;

        private Seat(String apiKey) {
            this.apiKey = apiKey;
        }

        /** Gives the place back; later calls do nothing. */
        void leave() {
            if (!left) {
                left = true;
                change(apiKey, 0, -1);
            }
        }
    }

    /**
     * Refuses one more room of a key that has as many as it may.
     *
     * @throws RoomException if it has
     */
    void requireRoom(String apiKey, RoomConfig.PerKey limits) {
        if (isReached(limits.maxRooms(), use(apiKey).rooms(), apiKey)) {
            refusedRooms.increment();
            throw new RoomException(
                    Reason.KEY_LIMIT,
                    "the API key of this token has its "
                            + limits.maxRooms()
                            + " rooms on this server. Try again when one has ended.");
        }
    }

    /** Counts a room that has begun. */
    void begun(Room room, String apiKey) {
        lock.lock();
        try {
            owners.put(room, apiKey);
            change(apiKey, 1, 0);
        } finally {
            lock.unlock();
        }
    }

    void ended(Room room) {
        lock.lock();
        try {
            String apiKey = owners.remove(room);
            if (apiKey != null) {
                change(apiKey, -1, 0);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a place.
     *
     * @param replaced whose place of the same identity it takes, who is about to leave; null if there is none
     * @throws RoomException if the key has as many participants as it may
     */
    Seat enter(String apiKey, RoomConfig.PerKey limits, @Nullable Seat replaced) {
        lock.lock();
        try {
            boolean replaces = replaced != null && replaced.apiKey.equals(apiKey);
            if (!replaces && isFull(apiKey, limits)) {
                refusedParticipants.increment();
                throw new RoomException(Reason.KEY_LIMIT, full(limits));
            }
            change(apiKey, 0, 1);
            return new Seat(apiKey);
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull(String apiKey, RoomConfig.PerKey limits) {
        return isReached(limits.maxParticipants(), use(apiKey).participants(), apiKey);
    }

    private static String full(RoomConfig.PerKey limits) {
        return "the API key of this token has its "
                + limits.maxParticipants()
                + " participants on this server. Try again when somebody has left.";
    }

    private static boolean isReached(int limit, int used, String apiKey) {
        return limit > 0 && used >= limit && !apiKey.isEmpty();
    }

    private Use use(String apiKey) {
        lock.lock();
        try {
            return uses.getOrDefault(apiKey, Use.NONE);
        } finally {
            lock.unlock();
        }
    }

    private void change(String apiKey, int rooms, int participants) {
        lock.lock();
        try {
            Use before = uses.getOrDefault(apiKey, Use.NONE);
            Use now = new Use(before.rooms() + rooms, before.participants() + participants);
            if (now.equals(Use.NONE)) {
                uses.remove(apiKey);
            } else {
                uses.put(apiKey, now);
            }
        } finally {
            lock.unlock();
        }
    }

    long refusedRooms() {
        return refusedRooms.sum();
    }

    long refusedParticipants() {
        return refusedParticipants.sum();
    }
}
