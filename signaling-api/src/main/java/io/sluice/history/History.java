package io.sluice.history;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.history.HistoryCounters.Drop;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomsListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what happens in calls. An event goes to a journal on the disk at once, from where it is there after a crash,
 * and from the journal into the database as soon as that is there: a call never waits for it. One thread owns the
 * writing of the journal, another one the database. What is public here is used from any thread.
 */
public final class History implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(History.class);

    /** Events on their way to the journal, some hundred bytes each; more than that is lost. */
    private static final int MAX_UNWRITTEN = 20_000;

    private static final int MAX_BATCH = 1_000;

    /** How well the end of a call is known whose server dies. */
    private static final Duration ALIVE_INTERVAL = Duration.ofSeconds(1);

    private static final Duration FORGET_INTERVAL = Duration.ofHours(1);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** Calls that nobody took have no room; only tokens for all rooms see them. */
    static final String DIAL_ROOM = "sluice-dial";

    private static final String DIAL_PREFIX = "DL_";
    private static final String MISSED_DETAIL = "{\"reason\":\"missed\",\"seconds\":0}";

    /** Of names that tell servers, and lives of a server, apart. */
    private static final int ID_BYTES = 8;

    private final EventJournal journal;
    private final HistoryWriter writer;
    private final PhotoStore photos;
    private final InstantSource clock;
    private final HistoryCounters counters;
    private final BlockingQueue<Task> inbox = new LinkedBlockingQueue<>();
    private final AtomicInteger unwritten = new AtomicInteger();

    /** Of events: unique with the name of this life in front. */
    private final AtomicLong nextEvent = new AtomicLong();

    private final String lifeId;
    private final Thread thread;

    /** Of the journal's thread. */
    private long nextForgetMillis;

    /** Of the journal's thread. */
    private long nextAliveMillis;

    private sealed interface Task {
        record Happened(CallEvent event) implements Task {}

        record Close() implements Task {}
    }

    private History(
            HistoryConfig config,
            EventJournal journal,
            PhotoStore photos,
            InstantSource clock,
            HistoryCounters counters,
            RandomGenerator random)
            throws IOException {
        this.journal = journal;
        this.photos = photos;
        this.clock = clock;
        this.counters = counters;
        lifeId = newId(random);
        String serverId = serverId(config.directory(), random);
        writer = new HistoryWriter(config, serverId, journal, clock, counters);
        thread = Thread.ofPlatform().daemon().name("sluice-history-journal").unstarted(this::run);
    }

    /**
     * Opens the journal; the database is opened later, and may be away.
     *
     * @throws IOException if the directory cannot be used; the message says why
     */
    public static History open(
            HistoryConfig config,
            InstantSource clock,
            HistoryCounters counters,
            RandomGenerator random)
            throws IOException {
        Path directory = config.directory().resolve("history-journal");
        EventJournal journal = EventJournal.open(directory, config.maxQueuedBytes());
        try {
            PhotoStore photos =
                    PhotoStore.open(
                            config.directory().resolve("photos"),
                            config.photos(),
                            config.keepFor(),
                            random);
            History history = new History(config, journal, photos, clock, counters, random);
            history.begin();
            return history;
        } catch (IOException unusable) {
            journal.close();
            throw unusable;
        }
    }

    private static String newId(RandomGenerator random) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** By which calls of this server's earlier lives are known in a database that servers share. */
    private static String serverId(Path directory, RandomGenerator random) throws IOException {
        Path file = directory.resolve("server-id");
        if (Files.exists(file)) {
            String known = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (known.matches("[0-9a-f]{16}")) {
                return known;
            }
        }
        String made = newId(random);
        Files.writeString(file, made + "\n", StandardCharsets.US_ASCII);
        return made;
    }

    /** Says first of all that a new life begins, which ends what was open in the last one. */
    private void begin() throws IOException {
        String detail = "{\"aliveMillis\":" + journal.lastAliveMillis() + "}";
        List<byte[]> first =
                List.of(event(EventKind.SERVER_STARTED, "", "", "", "", "", detail).line());
        if (journal.append(first) == 0) {
            counters.countDropped(Drop.JOURNAL_FULL, 1);
        }
        thread.start();
        writer.start();
        writer.look();
    }

    // ---- from any thread

    /** Hears of all rooms what is to be kept. */
    public RoomsListener listener() {
        return new RoomHistory(this);
    }

    public HistoryCounters counters() {
        return counters;
    }

    public PhotoStore photos() {
        return photos;
    }

    long nowMillis() {
        return clock.millis();
    }

    /** Something that happens now. */
    CallEvent event(
            EventKind kind,
            String callId,
            String room,
            String participantId,
            String identity,
            String name,
            String detail) {
        return new CallEvent(
                lifeId + "-" + nextEvent.incrementAndGet(),
                kind,
                callId,
                room,
                clock.millis(),
                participantId,
                identity,
                name,
                detail);
    }

    /** Keeps an event; never blocks. */
    void tell(CallEvent event) {
        if (unwritten.incrementAndGet() > MAX_UNWRITTEN) {
            unwritten.decrementAndGet();
            counters.countDropped(Drop.TOO_FAST, 1);
            return;
        }
        inbox.add(new Task.Happened(event));
    }

    /**
     * A still was taken and is kept.
     *
     * @param who took it
     * @param of identity of whom it shows; empty if that is not known
     */
    public void tellSnapshot(
            String roomId,
            String room,
            ParticipantInfo who,
            PhotoStore.Photo photo,
            ImageType.Head head,
            String of) {
        ObjectNode detail =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("photoId", photo.photoId())
                        .put("mediaType", head.type().mediaType())
                        .put("sizeBytes", photo.sizeBytes())
                        .put("width", head.width())
                        .put("height", head.height());
        if (!of.isEmpty()) {
            detail.put("of", of);
        }
        tell(
                event(
                        EventKind.SNAPSHOT,
                        roomId,
                        room,
                        who.participantId(),
                        who.identity(),
                        who.name(),
                        detail.toString()));
    }

    /**
     * Somebody was called by number, and nobody took the call: it stands there as a call that began and ended at once.
     *
     * @param from number of who called; what is kept of it is deleted by this
     * @param to number of who was called, who can have it deleted as well
     * @param why in a word
     */
    public void tellMissed(String from, String fromName, String to, String why) {
        String callId = DIAL_PREFIX + lifeId + "-" + nextEvent.incrementAndGet();
        ObjectNode missed = JsonNodeFactory.instance.objectNode().put("to", to).put("reason", why);
        tell(event(EventKind.STARTED, callId, DIAL_ROOM, "", "", "", "{}"));
        tell(event(EventKind.MISSED, callId, DIAL_ROOM, "", from, fromName, missed.toString()));
        tell(event(EventKind.ENDED, callId, DIAL_ROOM, "", "", "", MISSED_DETAIL));
    }

    /** A page of events, the oldest first; fails with {@link HistoryUnavailableException} where that is so. */
    public CompletableFuture<List<KeptEvent>> events(EventQuery query) {
        return writer.ask(there -> new HistorySearch(there.connection()).events(query));
    }

    /** A page of calls, the newest first; fails as {@link #events} does. */
    public CompletableFuture<List<KeptCall>> calls(CallQuery query) {
        return writer.ask(there -> new HistorySearch(there.connection()).calls(query));
    }

    /**
     * Deletes all that is kept of a person, and stills that the person took or is on; fails as {@link #events} does.
     *
     * @return how many entries that were
     */
    public CompletableFuture<Integer> erase(String identity) {
        return writer.ask(there -> there.erase(identity))
                .thenApply(erased -> {
                    erased.photoIds().forEach(photos::delete);
                    return erased.events();
                });
    }

    /** Deletes a still of this room and what is said of it; false if there is none; fails as {@link #events} does. */
    public CompletableFuture<Boolean> deletePhoto(String room, String photoId) {
        boolean there = photos.delete(room, photoId);
        return writer.ask(database -> database.forgetPhoto(room, photoId) > 0)
                .thenApply(known -> known || there);
    }

    /** Writes down what happened before; what the database does not take in time waits for the next start. */
    @Override
    public void close() {
        inbox.add(new Task.Close());
        try {
            if (!thread.join(CLOSE_TIMEOUT)) {
                LOG.warn("The history's journal does not close");
            }
            writer.close(CLOSE_TIMEOUT);
            photos.close();
            journal.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException unclean) {
            LOG.warn("The history's journal did not close cleanly: {}", unclean.getMessage());
        }
    }

    // ---- on the thread of the journal

    private void run() {
        List<Task> tasks = new ArrayList<>();
        boolean over = false;
        try {
            while (!over) {
                tasks.clear();
                Task first = inbox.poll(ALIVE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    tasks.add(first);
                    inbox.drainTo(tasks, MAX_BATCH - 1);
                }
                over = tasks.stream().anyMatch(task -> task instanceof Task.Close);
                keep(tasks);
                forgetPhotos();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void forgetPhotos() {
        long nowMillis = clock.millis();
        if (nowMillis >= nextForgetMillis) {
            nextForgetMillis = nowMillis + FORGET_INTERVAL.toMillis();
            photos.forget(nowMillis);
        }
    }

    /** Twice in its interval at most, however much happens. */
    private void tellAlive() throws IOException {
        long nowMillis = clock.millis();
        boolean wasSetBack = nowMillis < nextAliveMillis - ALIVE_INTERVAL.toMillis();
        if (nowMillis >= nextAliveMillis || wasSetBack) {
            nextAliveMillis = nowMillis + ALIVE_INTERVAL.toMillis() / 2;
            journal.isAlive(nowMillis);
        }
    }

    private void keep(List<Task> tasks) {
        List<byte[]> lines = new ArrayList<>();
        for (Task task : tasks) {
            if (task instanceof Task.Happened(CallEvent event)) {
                lines.add(event.line());
            }
        }
        unwritten.addAndGet(-lines.size());
        try {
            tellAlive();
            if (lines.isEmpty()) {
                return;
            }
            int kept = journal.append(lines);
            if (kept < lines.size()) {
                counters.countDropped(Drop.JOURNAL_FULL, lines.size() - kept);
            }
        } catch (IOException refused) {
            LOG.error("{} events of the history cannot be kept", lines.size(), refused);
            counters.countDropped(Drop.STORAGE, lines.size());
        }
        counters.queued(journal.queuedBytes());
        writer.look();
    }
}
