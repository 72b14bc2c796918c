package io.sluice.history;

import io.sluice.history.HistoryCounters.Drop;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events from the journal into the database, in order, and asks the database for others. Where that is away
 * it is tried again; the journal waits, and so does nobody else.
 *
 * <p>Its thread owns the database; what is for any thread says so.
 */
final class HistoryWriter {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryWriter.class);

    /** Events written in one transaction. */
    private static final int MAX_BATCH = 500;

    /** So long events are gathered in the journal: a commit for each was 60 % of this thread's time in a rush of joins. */
    private static final Duration GATHERING = Duration.ofMillis(250);

    /** Requests that wait for the database; a page asks one at a time. */
    private static final int MAX_REQUESTS = 64;

    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
    private static final Duration FORGET_INTERVAL = Duration.ofHours(1);

    private final HistoryConfig config;
    private final String serverId;
    private final EventJournal journal;
    private final InstantSource clock;
    private final HistoryCounters counters;
    private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final Thread thread;

    /** Whether there is a {@link Task.Look} that was not taken up. */
    private final AtomicBoolean looking = new AtomicBoolean();

    /** Of the thread. */
    private @Nullable HistoryDatabase database;

    private long retryMillis;
    private long nextRetryMillis;
    private long nextForgetMillis;
    private boolean closing;

    private sealed interface Task {
        /** There is something in the journal. */
        record Look() implements Task {}

        record Ask(Question question, CompletableFuture<?> reply) implements Task {}

        record Close() implements Task {}
    }

    /** Asks the database, and completes its reply. */
    @FunctionalInterface
    interface Question {
        void ask(HistoryDatabase database) throws SQLException;
    }

    /** What is found there. */
    @FunctionalInterface
    interface Found<T> {
        T in(HistoryDatabase database) throws SQLException;
    }

    HistoryWriter(
            HistoryConfig config,
            String serverId,
            EventJournal journal,
            InstantSource clock,
            HistoryCounters counters) {
        this.config = config;
        this.serverId = serverId;
        this.journal = journal;
        this.clock = clock;
        this.counters = counters;
        retryMillis = config.firstRetry().toMillis();
        // A platform thread: files are waited for.
        thread = Thread.ofPlatform().daemon().name("sluice-history").unstarted(this::run);
    }

    // ---- from any thread

    void start() {
        thread.start();
    }

    /** There is something in the journal. */
    void look() {
        if (!looking.getAndSet(true)) {
            tasks.add(new Task.Look());
        }
    }

    /** Asks the database when all that has happened so far stands there; fails if it is away. */
    <T> CompletableFuture<T> ask(Found<T> wanted) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        if (tasks.size() >= MAX_REQUESTS || !thread.isAlive()) {
            reply.completeExceptionally(new HistoryUnavailableException());
            return reply;
        }
        tasks.add(new Task.Ask(there -> reply.complete(wanted.in(there)), reply));
        return reply;
    }

    /** Writes what is in the journal, if that can be done soon, and ends. */
    void close(Duration atMost) throws InterruptedException {
        tasks.add(new Task.Close());
        if (!thread.join(atMost)) {
            LOG.warn("The history's database does not close; what is not written yet will be");
        }
    }

    // ---- on the thread

    private void run() {
        try {
            while (!closing) {
                turn();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
            for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
                refuse(task);
            }
        }
    }

    private static void refuse(Task task) {
        if (task instanceof Task.Ask(_, var reply)) {
            reply.completeExceptionally(new HistoryUnavailableException());
        }
    }

    private void turn() throws InterruptedException {
        List<Task> batch = new ArrayList<>();
        long nowMillis = clock.millis();
        long untilMillis = database == null ? nextRetryMillis : nextForgetMillis;
        Task first = tasks.poll(Math.max(0, untilMillis - nowMillis), TimeUnit.MILLISECONDS);
        if (first instanceof Task.Look) {
            // Only who asks, or ends, can come now, and does not wait.
            batch.add(first);
            first = tasks.poll(GATHERING.toMillis(), TimeUnit.MILLISECONDS);
        }
        if (first != null) {
            batch.add(first);
            tasks.drainTo(batch);
        }
        looking.set(false);
        closing = batch.stream().anyMatch(task -> task instanceof Task.Close);
        Optional<HistoryDatabase> there = connected();
        if (there.isPresent() && !writeAll(there.get())) {
            there = Optional.empty();
        }
        for (Task task : batch) {
            if (there.isEmpty()) {
                refuse(task);
            } else if (task instanceof Task.Ask(var question, var reply)) {
                answer(there.get(), question, reply);
            }
        }
        if (there.isPresent() && clock.millis() >= nextForgetMillis) {
            forget(there.get());
        }
        counters.queued(journal.queuedBytes());
    }

    private Optional<HistoryDatabase> connected() {
        if (database == null && clock.millis() >= nextRetryMillis) {
            try {
                database = HistoryDatabase.open(config, serverId);
                retryMillis = config.firstRetry().toMillis();
                counters.connected(true);
                LOG.info("The history's database is there");
            } catch (SQLException | IOException | RuntimeException away) {
                onFailure("cannot be opened", away);
            }
        }
        return Optional.ofNullable(database);
    }

    private void onFailure(String what, Exception why) {
        counters.countFailure();
        LOG.warn(
                "The history's database {}: {}. Events wait on the disk; tried again in {} ms",
                what,
                why.getMessage(),
                retryMillis);
        disconnect();
        nextRetryMillis = clock.millis() + retryMillis;
        retryMillis = Math.min(2 * retryMillis, LONGEST_RETRY.toMillis());
    }

    private void disconnect() {
        HistoryDatabase open = database;
        database = null;
        counters.connected(false);
        if (open != null) {
            try {
                open.close();
            } catch (SQLException gone) {
                LOG.debug("The history's database did not close cleanly", gone);
            }
        }
    }

    /** Returns whether the database is there still. */
    private boolean writeAll(HistoryDatabase there) {
        try {
            EventJournal.Batch read = journal.read(MAX_BATCH);
            while (!read.isEmpty()) {
                write(there, events(read.lines()));
                journal.discard(read);
                read = journal.read(MAX_BATCH);
            }
            return true;
        } catch (SQLException failed) {
            onFailure("does not take events", failed);
        } catch (IOException unreadable) {
            onFailure("has to wait, since the journal cannot be read", unreadable);
        }
        return false;
    }

    private List<CallEvent> events(List<byte[]> lines) {
        List<CallEvent> events = new ArrayList<>();
        for (byte[] line : lines) {
            Optional<CallEvent> event = CallEvent.ofLine(line);
            event.ifPresent(events::add);
            if (event.isEmpty()) {
                counters.countDropped(Drop.BROKEN, 1);
            }
        }
        return events;
    }

    private void write(HistoryDatabase there, List<CallEvent> events) throws SQLException {
        if (events.isEmpty()) {
            return;
        }
        try {
            there.add(events);
            counters.countWritten(events.size());
        } catch (SQLException refused) {
            if (!there.isThere()) {
                throw refused;
            }
            // One of them may be what it does not take: the others shall not wait for ever.
            writeOneByOne(there, events, refused);
        }
    }

    private void writeOneByOne(HistoryDatabase there, List<CallEvent> events, SQLException first)
            throws SQLException {
        int refused = 0;
        for (CallEvent event : events) {
            try {
                there.add(List.of(event));
            } catch (SQLException bad) {
                refused++;
                if (refused == events.size() || !there.isThere()) {
                    throw bad;
                }
            }
        }
        counters.countWritten(events.size() - refused);
        counters.countDropped(Drop.REFUSED, refused);
        LOG.error("The history's database refuses {} events, which are lost", refused, first);
    }

    private void answer(HistoryDatabase there, Question question, CompletableFuture<?> reply) {
        try {
            question.ask(there);
            // A question keeps a transaction open.
            there.connection().rollback();
        } catch (SQLException failed) {
            reply.completeExceptionally(failed);
            if (!there.isThere()) {
                onFailure("is gone", failed);
            }
        }
    }

    private void forget(HistoryDatabase there) {
        long nowMillis = clock.millis();
        nextForgetMillis = nowMillis + FORGET_INTERVAL.toMillis();
        try {
            int forgotten = there.forget(nowMillis - config.keepFor().toMillis());
            if (forgotten > 0) {
                LOG.info("{} events of the history are forgotten: their time is over", forgotten);
            }
        } catch (SQLException failed) {
            onFailure("does not forget", failed);
        }
    }
}
