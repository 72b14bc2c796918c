package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.ApiLimits.EventLimits;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomInfo;
import io.sluice.room.Rooms;
import io.sluice.room.RoomsListener;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What happens in all rooms, numbered, as server-sent events; keeps the last of it for readers who come back.
 *
 * <p>Owned by one event loop of the web server, the first that starts it. The rooms' loops hand events over
 * and never wait.
 */
public final class EventFeed implements RoomsListener {
    /** How long a browser waits before it comes back. */
    private static final int RETRY_MILLIS = 2_000;

    private final Rooms rooms;
    private final EventLimits limits;
    private final Clock clock;

    /** Numbers of another life of the server mean nothing in this one. */
    private final String life;

    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    /** Those that have not been told yet. */
    private final AtomicLong lost = new AtomicLong();

    private final LongAdder lostEver = new LongAdder();
    private final LongAdder slowReaders = new LongAdder();
    private final LongAdder refusedStreams = new LongAdder();
    private volatile @Nullable Context context;

    private final Set<EventStream> streams = new LinkedHashSet<>();
    private final Deque<Kept> kept = new ArrayDeque<>();
    private int keptBytes;
    private long lastId;

    /** @param room null for what concerns all */
    private record Kept(long id, @Nullable String room, String text) {}

    EventFeed(Rooms rooms, EventLimits limits, RandomGenerator random, Clock clock) {
        this.rooms = rooms;
        this.limits = limits;
        this.clock = clock;
        life = HexFormat.of().toHexDigits(random.nextInt());
    }

    /** Begins to listen, the first time; on an event loop of the web server. */
    void start() {
        if (!started.compareAndSet(false, true)) {
            return;
        }
        Context own = Objects.requireNonNull(Vertx.currentContext(), "not on an event loop");
        own.owner().setPeriodic(limits.heartbeat().toMillis(), _ -> beat());
        context = own;
        // For as long as the rooms themselves: there is nothing to give back.
        AutoCloseable _ = rooms.listen(this);
    }

    EventLimits limits() {
        return limits;
    }

    // ---- numbers; any thread

    /** Streams that are open now. */
    public int streams() {
        return open.get();
    }

    /** Streams refused because there were too many. */
    public long refusedStreams() {
        return refusedStreams.sum();
    }

    /** Streams cut off because their reader was too slow. */
    public long slowReaders() {
        return slowReaders.sum();
    }

    /** Events that got lost between rooms and streams because there were too many at once. */
    public long lostEvents() {
        return lostEver.sum();
    }

    void countSlowReader() {
        slowReaders.increment();
    }

    // ---- from the rooms' loops

    @Override
    public void onRoomStarted(RoomInfo room) {
        offer(room.name(), "room-started", () -> RestJson.room(room));
    }

    @Override
    public void onRoomEvent(String roomId, String name, RoomEvent event) {
        String type = EventJson.type(event);
        if (type != null) {
            offer(name, type, () -> EventJson.body(roomId, name, event));
        }
    }

    @Override
    public void onRoomEnded(String roomId, String name, RoomEnd reason) {
        offer(
                name,
                "room-ended",
                () -> EventJson.ofRoom(roomId, name).put("reason", RestJson.wireName(reason)));
    }

    private void offer(String room, String type, Supplier<ObjectNode> body) {
        Context own = context;
        if (own == null) {
            return;
        }
        if (pending.incrementAndGet() > limits.maxPending()) {
            pending.decrementAndGet();
            lost.incrementAndGet();
            lostEver.increment();
            return;
        }
        Instant at = clock.instant();
        try {
            own.runOnContext(_ -> {
                pending.decrementAndGet();
                append(room, type, body.get().put("at", RestJson.time(at)));
            });
        } catch (RejectedExecutionException stopped) {
            // The web server has stopped before the rooms: nobody reads.
            pending.decrementAndGet();
        }
    }

    // ---- on the feed's event loop

    private void append(String room, String type, ObjectNode body) {
        tellLost();
        lastId++;
        keep(new Kept(lastId, room, event(type, lastId, body)));
    }

    private void tellLost() {
        long count = lost.getAndSet(0);
        if (count > 0) {
            lastId += count;
            keep(new Kept(lastId, null, gap(count, lastId)));
        }
    }

    private void keep(Kept event) {
        kept.addLast(event);
        keptBytes += event.text().length();
        while (kept.size() > limits.maxKeptEvents() || keptBytes > limits.maxKeptBytes()) {
            keptBytes -= kept.removeFirst().text().length();
        }
        for (EventStream stream : streams) {
            if (event.room() == null || stream.wants(event.room())) {
                stream.send(event.text());
            }
        }
    }

    /** A reader may come back with the number of the last heartbeat: no false gap in a quiet room. */
    private void beat() {
        tellLost();
        String beat = ":\nid: " + wireId(lastId) + "\n\n";
        Instant now = clock.instant();
        for (EventStream stream : streams) {
            stream.send(beat);
            if (stream.hasExpired(now)) {
                stream.end();
            }
        }
    }

    private void resume(EventStream stream, String lastEventId) {
        long seen = number(lastEventId);
        long oldest = kept.isEmpty() ? lastId + 1 : kept.getFirst().id();
        if (seen < 0 || seen > lastId) {
            stream.send(gap(null, lastId));
            return;
        }
        if (seen + 1 < oldest) {
            stream.send(gap(oldest - 1 - seen, oldest - 1));
        }
        for (Kept event : kept) {
            if (event.id() > seen && (event.room() == null || stream.wants(event.room()))) {
                stream.send(event.text());
            }
        }
    }

    /** The number in an id of this life, or -1. */
    private long number(String id) {
        String prefix = life + "-";
        // 18 digits fit into a long.
        boolean ours = id.startsWith(prefix) && id.matches("[0-9a-f]{8}-[0-9]{1,18}");
        return ours ? Long.parseLong(id.substring(prefix.length())) : -1;
    }

    private String wireId(long id) {
        return life + "-" + id;
    }

    /**
     * @param missed null if nobody knows how many
     * @param id of the last one that is missing
     */
    private String gap(@Nullable Long missed, long id) {
        ObjectNode body =
                RestJson.object()
                        .put(
                                "detail",
                                "Events are missing here: GET /api/v1/rooms for what is true now.");
        if (missed != null) {
            body.put("missed", missed);
        }
        return event("gap", id, body);
    }

    private String event(String type, long id, ObjectNode body) {
        // JSON has no line ends of its own.
        return "event: " + type + "\nid: " + wireId(id) + "\ndata: " + body + "\n\n";
    }

    // ---- from the streams' event loops

    /** Counts a stream in, if there is room for it. */
    boolean enter() {
        if (open.incrementAndGet() <= limits.maxStreams()) {
            return true;
        }
        open.decrementAndGet();
        refusedStreams.increment();
        return false;
    }

    /** Begins to send to a stream that was counted in, from the event after this one on. */
    void open(EventStream stream, @Nullable String lastEventId) {
        onOwnLoop(() -> {
            tellLost();
            streams.add(stream);
            stream.send("retry: " + RETRY_MILLIS + "\n");
            if (lastEventId == null || lastEventId.isEmpty()) {
                // A number to come back with, even before anything has happened.
                stream.send("id: " + wireId(lastId) + "\n\n");
            } else {
                stream.send("\n");
                resume(stream, lastEventId);
            }
        });
    }

    void close(EventStream stream) {
        open.decrementAndGet();
        onOwnLoop(() -> streams.remove(stream));
    }

    /** Runs on the feed's event loop. From any thread. */
    void onOwnLoop(Runnable task) {
        Context own = context;
        if (own == null) {
            throw new IllegalStateException("the feed has not been started");
        }
        own.runOnContext(_ -> task.run());
    }
}
