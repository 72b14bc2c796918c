package io.sluice.room;

import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.loop.Loop;
import io.sluice.transport.TransportConfig;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * All rooms of this node, by name. A room is made by its first use and ends with its last participant.
 *
 * <p>Usable from any thread.
 */
public final class Rooms {
    /** Loops within a tenth of each other's load are equally busy: the one with fewer transports is taken. */
    private static final int BUSY_STEPS = 10;

    private final RoomConfig config;
    private final TransportConfig transportConfig;
    private final List<Loop> loops;
    private final DtlsIdentity identity;
    private final DtlsHandshakes handshakes;
    private final SecureRandom random;
    private final ConcurrentMap<String, Room> rooms = new ConcurrentHashMap<>();

    public Rooms(
            RoomConfig config,
            TransportConfig transportConfig,
            List<Loop> loops,
            DtlsIdentity identity,
            DtlsHandshakes handshakes,
            SecureRandom random) {
        this.config = config;
        this.transportConfig = transportConfig;
        this.loops = List.copyOf(loops);
        this.identity = identity;
        this.handshakes = handshakes;
        this.random = random;
    }

    /** The room of a name, made if there is none. */
    public Room room(String name) {
        return rooms.computeIfAbsent(name, this::open);
    }

    /** The room of a name, if there is one. */
    public Optional<Room> find(String name) {
        return Optional.ofNullable(rooms.get(name));
    }

    /** All rooms of this moment. */
    public Collection<Room> all() {
        return List.copyOf(rooms.values());
    }

    /** Ends every room; each participant hears {@link LeaveReason#ROOM_CLOSED}. */
    public void close() {
        all().forEach(room -> room.submit(new RoomCommand.Close()));
    }

    private Room open(String name) {
        return new Room(name, leastBusy(), this);
    }

    /** Forgets a room that has ended; a new one of its name may begin at once. */
    void ended(Room room) {
        rooms.remove(room.name(), room);
    }

    Loop leastBusy() {
        return loops.stream()
                .min(
                        Comparator.comparingInt(
                                        (Loop loop) -> (int) (loop.busyShare() * BUSY_STEPS))
                                .thenComparingInt(this::population)
                                .thenComparingInt(Loop::index))
                .orElseThrow();
    }

    /** Rooms count beside transports: those of a burst of new rooms have no transport yet. */
    private int population(Loop loop) {
        int homes = 0;
        for (Room room : rooms.values()) {
            if (room.home() == loop) {
                homes++;
            }
        }
        return homes + loop.residents();
    }

    RoomConfig config() {
        return config;
    }

    TransportConfig transportConfig() {
        return transportConfig;
    }

    DtlsIdentity identity() {
        return identity;
    }

    DtlsHandshakes handshakes() {
        return handshakes;
    }

    SecureRandom random() {
        return random;
    }
}
