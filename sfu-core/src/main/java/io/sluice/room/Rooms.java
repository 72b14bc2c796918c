package io.sluice.room;

import io.sluice.dtls.DtlsFailure;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.loop.Loop;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.TransportConfig;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * All rooms of this node, by name. A room is made by its first use, or ahead with its own settings.
 *
 * <p>Usable from any thread.
 */
public final class Rooms {
    /** Loops within a tenth of each other's load are equally busy: the one with fewer transports is taken. */
    private static final int BUSY_STEPS = 10;

    /** Each hears every event on its room's loop: more is better done by one that passes on. */
    private static final int MAX_LISTENERS = 64;

    private final TransportConfig transportConfig;
    private final List<Loop> loops;
    private final DtlsIdentity identity;
    private final DtlsHandshakes handshakes;
    private final SecureRandom random;
    private final InstantSource clock;
    private final ConcurrentMap<String, Room> rooms = new ConcurrentHashMap<>();

    /** Rooms by home loop: a busy loop asks for it with each join, and must not walk all rooms. */
    private final ConcurrentMap<Loop, Integer> homes = new ConcurrentHashMap<>();

    private final KeyQuotas quotas = new KeyQuotas();
    private final List<RoomsListener> listeners = new CopyOnWriteArrayList<>();

    /** Held while a room is made or a listener added: their numbers are limited. */
    private final Lock growing = new ReentrantLock();

    private volatile RoomConfig config;
    private boolean closed;
    private boolean draining;

    /**
     * A room, and whether the call made it.
     *
     * @param isNew false if the room was there: then it keeps its own settings
     */
    public record Created(Room room, boolean isNew) {}

    public Rooms(
            RoomConfig config,
            TransportConfig transportConfig,
            List<Loop> loops,
            DtlsIdentity identity,
            DtlsHandshakes handshakes,
            SecureRandom random,
            InstantSource clock) {
        this.config = config;
        this.transportConfig = transportConfig;
        this.loops = List.copyOf(loops);
        this.identity = identity;
        this.handshakes = handshakes;
        this.random = random;
        this.clock = clock;
    }

    /** The room of a name, made if there is none, which is no key's then. */
    public Room room(String name) {
        return room(name, "");
    }

    /**
     * The room of a name, made if there is none.
     *
     * @param apiKey of the token by which it is made
     * @throws RoomException if there are too many rooms, of this key or at all, or the server stops
     */
    public Room room(String name, String apiKey) {
        Room room = rooms.get(name);
        return room != null ? room : create(name, RoomSettings.defaults(config), apiKey).room();
    }

    /** Makes a room that is no key's. */
    public Created create(String name, RoomSettings settings) {
        return create(name, settings, "");
    }

    /**
     * Makes a room with settings of its own. It lives for {@link RoomSettings#emptyTimeout} without
     * anybody.
     *
     * @param apiKey of the token by which it is made
     * @throws RoomException if the settings are out of bounds, there are too many rooms, of this key or at all, or
     *     the server stops
     */
    public Created create(String name, RoomSettings settings, String apiKey) {
        settings.check(config);
        growing.lock();
        try {
            Room present = rooms.get(name);
            if (present != null) {
                return new Created(present, false);
            }
            if (closed) {
                throw new RoomException(Reason.ROOM_CLOSED, "the server stops");
            }
            if (draining) {
                throw new RoomException(
                        Reason.TOO_MANY_ROOMS,
                        "this server is about to stop, and begins no rooms. Try again: another one"
                                + " may answer.");
            }
            if (rooms.size() >= config.maxRooms()) {
                throw new RoomException(
                        Reason.TOO_MANY_ROOMS,
                        "this server has its " + config.maxRooms() + " rooms. Try again later.");
            }
            quotas.requireRoom(apiKey, config.perKey());
            Room room = new Room(name, settings, leastBusy(), this);
            quotas.begun(room, apiKey);
            room.start();
            rooms.put(name, room);
            homes.merge(room.home(), 1, Integer::sum);
            return new Created(room, true);
        } finally {
            growing.unlock();
        }
    }

    /** The room of a name, if there is one. */
    public Optional<Room> find(String name) {
        return Optional.ofNullable(rooms.get(name));
    }

    /** All rooms of this moment. */
    public Collection<Room> all() {
        return List.copyOf(rooms.values());
    }

    /**
     * Tells of all that happens in rooms from now on.
     *
     * @return ends it; events that are on their way may still come
     * @throws RoomException if there are too many listeners
     */
    public AutoCloseable listen(RoomsListener listener) {
        growing.lock();
        try {
            if (listeners.size() >= MAX_LISTENERS) {
                throw new RoomException(
                        Reason.TOO_MANY_LISTENERS,
                        MAX_LISTENERS + " listen to this server's rooms already");
            }
            listeners.add(listener);
        } finally {
            growing.unlock();
        }
        return () -> listeners.remove(listener);
    }

    /** Lets no room begin from now on; those that are there go on, and may be joined. */
    public void drain() {
        growing.lock();
        try {
            draining = true;
        } finally {
            growing.unlock();
        }
    }

    /** Takes other limits from now on; rooms that are there keep what they were made with. */
    public void reconfigure(RoomConfig changed) {
        config = changed;
    }

    /** Ends every room, and lets none begin; each participant hears {@link LeaveReason#ROOM_CLOSED}. */
    public void close() {
        growing.lock();
        try {
            closed = true;
        } finally {
            growing.unlock();
        }
        for (Room room : all()) {
            room.submit(new RoomCommand.Close(RoomEnd.SERVER_STOPPING, new CompletableFuture<>()));
        }
    }

    /** On the room's home loop. */
    void tellStarted(Room room, RoomInfo info) {
        tell(room.home(), listener -> listener.onRoomStarted(info));
    }

    /** On the room's home loop. */
    void tell(Room room, RoomEvent event) {
        tell(room.home(), listener -> listener.onRoomEvent(room.roomId(), room.name(), event));
    }

    /** On the room's home loop. */
    void tellSaid(Room room, RoomMessage message) {
        tell(room.home(), listener -> listener.onMessage(room.roomId(), room.name(), message));
    }

    /** On the room's home loop. */
    void tellHandshakeFailed(Room room, ParticipantInfo participant, DtlsFailure reason) {
        tell(
                room.home(),
                listener ->
                        listener.onHandshakeFailed(
                                room.roomId(), room.name(), participant, reason));
    }

    /** Forgets a room that has ended; a new one of its name may begin at once. On its home loop. */
    void ended(Room room, RoomEnd reason) {
        quotas.ended(room);
        if (rooms.remove(room.name(), room)) {
            homes.merge(room.home(), -1, Integer::sum);
        }
        tell(room.home(), listener -> listener.onRoomEnded(room.roomId(), room.name(), reason));
    }

    /** Who only listens must not break the room. */
    private void tell(Loop home, Consumer<RoomsListener> word) {
        for (RoomsListener listener : listeners) {
            try {
                word.accept(listener);
            } catch (RuntimeException | Error defect) {
                home.countDefect(defect);
            }
        }
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
        return homes.getOrDefault(loop, 0) + loop.residents();
    }

    RoomConfig config() {
        return config;
    }

    KeyQuotas quotas() {
        return quotas;
    }

    /** Rooms that were not made, since their key had as many as it may. */
    public long refusedRoomsOfKeys() {
        return quotas.refusedRooms();
    }

    /** Participants who did not come in, since their key had as many as it may. */
    public long refusedParticipantsOfKeys() {
        return quotas.refusedParticipants();
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

    InstantSource clock() {
        return clock;
    }
}
