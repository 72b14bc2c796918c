package io.sluice.history;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** The numbers of the history; all zero where none is kept. Used from any thread. */
public final class HistoryCounters {

    /** Why an event is not kept. */
    public enum Drop {
        /** Too many came at once. */
        TOO_FAST,
        /** The journal has as many as it takes: the database is away for long. */
        JOURNAL_FULL,
        /** The journal could not be written. */
        STORAGE,
        /** It could not be read any more, as when the server died while it was written. */
        BROKEN,
        /** The database does not take it. */
        REFUSED
    }

    private final LongAdder written = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final AtomicLongArray dropped = new AtomicLongArray(Drop.values().length);
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicLong connected = new AtomicLong();

    void countWritten(int events) {
        written.add(events);
    }

    void countFailure() {
        failures.increment();
    }

    void countDropped(Drop why, int events) {
        dropped.addAndGet(why.ordinal(), events);
    }

    void queued(long bytes) {
        queuedBytes.set(bytes);
    }

    void connected(boolean now) {
        connected.set(now ? 1 : 0);
    }

    /** Events that stand in the database. */
    public long written() {
        return written.sum();
    }

    /** How often the database could not be reached or failed. */
    public long failures() {
        return failures.sum();
    }

    public long dropped(Drop why) {
        return dropped.get(why.ordinal());
    }

    /** Of events that wait for the database. */
    public long queuedBytes() {
        return queuedBytes.get();
    }

    /** 1 if the database is there. */
    public long connected() {
        return connected.get();
    }
}
