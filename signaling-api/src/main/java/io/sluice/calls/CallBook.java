package io.sluice.calls;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All calls that have a code: in memory, where every request looks, and written behind to the database, so that a
 * restart forgets none. What is public to the package is used from any thread; one virtual thread owns the database.
 */
final class CallBook implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CallBook.class);

    /** Where all places are taken, a call unused for so long makes way for a new one. */
    private static final Duration LEAST_KEPT = Duration.ofDays(1);

    private static final Duration FORGET_INTERVAL = Duration.ofMinutes(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** Ends the thread; no call's code. */
    private static final String END = "";

    private final CallsConfig config;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final CallCounters counters;
    private final Map<String, CallRecord> calls = new ConcurrentHashMap<>();
    private final String signingSecret;
    private final @Nullable CallDatabase database;

    /** Codes of calls to write, each once: no more than there are calls. */
    private final BlockingQueue<String> unwritten = new LinkedBlockingQueue<>();

    private final Set<String> queued = ConcurrentHashMap.newKeySet();
    private final Thread thread;

    private CallBook(
            CallsConfig config,
            InstantSource clock,
            RandomGenerator random,
            CallCounters counters,
            String signingSecret,
            @Nullable CallDatabase database) {
        this.config = config;
        this.clock = clock;
        this.random = random;
        this.counters = counters;
        this.signingSecret = signingSecret;
        this.database = database;
        thread = Thread.ofVirtual().name("sluice-calls").unstarted(this::run);
    }

    /** Opens the book; without its database, if that cannot be opened, since calls matter more than their codes. */
    static CallBook open(
            CallsConfig config,
            InstantSource clock,
            RandomGenerator random,
            CallCounters counters) {
        Path directory = config.directory();
        CallBook book = null;
        if (directory != null) {
            try {
                book = openKept(config, directory, clock, random, counters);
            } catch (IOException unusable) {
                LOG.warn(
                        "Calls and their codes are forgotten at the next restart: {}. Choose"
                                + " another directory with --data-directory; each server needs its"
                                + " own.",
                        unusable.getMessage());
            }
        }
        if (book == null) {
            book = new CallBook(config, clock, random, counters, newSigningSecret(random), null);
        }
        book.thread.start();
        return book;
    }

    private static CallBook openKept(
            CallsConfig config,
            Path directory,
            InstantSource clock,
            RandomGenerator random,
            CallCounters counters)
            throws IOException {
        CallDatabase database = CallDatabase.open(directory);
        try {
            String secret = database.signingSecret().orElse("");
            if (secret.isEmpty()) {
                secret = newSigningSecret(random);
                database.saveSigningSecret(secret);
            }
            CallBook book = new CallBook(config, clock, random, counters, secret, database);
            database.load().forEach(call -> book.calls.put(call.code(), call));
            return book;
        } catch (SQLException unreadable) {
            close(database);
            throw new IOException(
                    "the database in " + directory + ": " + unreadable.getMessage(), unreadable);
        }
    }

    /** RFC 7518 3.2 wants 32 bytes. */
    private static String newSigningSecret(RandomGenerator random) {
        return Secrets.next(random) + Secrets.next(random);
    }

    // ---- from any thread

    String signingSecret() {
        return signingSecret;
    }

    int size() {
        return calls.size();
    }

    Optional<CallRecord> find(String code) {
        return Optional.ofNullable(calls.get(code));
    }

    /** Takes a new call in, under a code of its own; empty if there are too many. */
    Optional<CallRecord> make(Function<String, CallRecord> call) {
        if (calls.size() >= config.maxCalls() && !makeRoom()) {
            return Optional.empty();
        }
        while (true) {
            CallRecord made = call.apply(CallCodes.next(random));
            if (calls.putIfAbsent(made.code(), made) == null) {
                write(made.code());
                counters.countMade();
                return Optional.of(made);
            }
        }
    }

    /** Changes a call, if it is there; the change may run more than once. */
    Optional<CallRecord> change(String code, UnaryOperator<CallRecord> change) {
        CallRecord changed = calls.computeIfPresent(code, (_, before) -> change.apply(before));
        if (changed != null) {
            write(code);
        }
        return Optional.ofNullable(changed);
    }

    /** Forgets a call, and its code. */
    void remove(String code) {
        if (calls.remove(code) != null) {
            write(code);
        }
    }

    private boolean makeRoom() {
        Optional<CallRecord> oldest =
                calls.values().stream().min(Comparator.comparingLong(CallRecord::usedMillis));
        if (oldest.isEmpty()
                || oldest.get().usedMillis() > clock.millis() - LEAST_KEPT.toMillis()) {
            return false;
        }
        remove(oldest.get().code());
        return true;
    }

    private void write(String code) {
        if (database != null && queued.add(code)) {
            unwritten.add(code);
        }
    }

    /** Writes what is to be written, and ends. */
    @Override
    public void close() {
        unwritten.add(END);
        try {
            if (!thread.join(CLOSE_TIMEOUT)) {
                LOG.warn("The calls' database does not close");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- on the thread

    private void run() {
        try {
            String code = null;
            while (!END.equals(code)) {
                code = unwritten.poll(FORGET_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                if (code == null) {
                    forgetUnused();
                } else if (!code.equals(END)) {
                    save(code);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            if (database != null) {
                close(database);
            }
        }
    }

    private void forgetUnused() {
        long beforeMillis = clock.millis() - config.keepUnused().toMillis();
        for (CallRecord call : calls.values()) {
            if (call.usedMillis() < beforeMillis) {
                remove(call.code());
            }
        }
    }

    private void save(String code) {
        // Before it is looked at: what changes from now on is written once more.
        queued.remove(code);
        CallDatabase open = database;
        if (open == null) {
            return;
        }
        CallRecord call = calls.get(code);
        try {
            if (call == null) {
                open.delete(code);
            } else {
                open.save(call);
            }
        } catch (SQLException refused) {
            counters.countUnsaved();
            LOG.error("A change of a call is not written down", refused);
        }
    }

    private static void close(CallDatabase database) {
        try {
            database.close();
        } catch (SQLException unclean) {
            LOG.warn("The calls' database did not close cleanly: {}", unclean.getMessage());
        }
    }
}
