package io.sluice.calls;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** The numbers of calls by code; all zero where they are off. Used from any thread. */
public final class CallCounters {

    /** What came of somebody's wish to join a call. */
    public enum Outcome {
        JOINED,
        /** Waits until the host says something. */
        LOBBY,
        /** There is no call of this code. */
        WRONG_CODE,
        /** The address guessed too many codes. */
        TOO_MANY_CODES,
        WRONG_PASSWORD,
        /** Too many wrong passwords came before. */
        TOO_MANY_PASSWORDS,
        /** The password was not looked at: no answer was given in time, or too many waited. */
        BUSY,
        WRONG_HOST_KEY,
        BLOCKED,
        LOCKED,
        FULL
    }

    private final LongAdder made = new LongAdder();
    private final LongAdder unsaved = new LongAdder();
    private final LongAdder passwordsNotSet = new LongAdder();
    private final AtomicLongArray joins = new AtomicLongArray(Outcome.values().length);

    void countMade() {
        made.increment();
    }

    void countUnsaved() {
        unsaved.increment();
    }

    void countPasswordNotSet() {
        passwordsNotSet.increment();
    }

    void count(Outcome outcome) {
        joins.incrementAndGet(outcome.ordinal());
    }

    /** Calls made. */
    public long made() {
        return made.sum();
    }

    /** Changes of calls that the database refused. */
    public long unsaved() {
        return unsaved.sum();
    }

    /** Passwords that hosts could not set: too many at once, or no time for them. */
    public long passwordsNotSet() {
        return passwordsNotSet.sum();
    }

    public long joins(Outcome outcome) {
        return joins.get(outcome.ordinal());
    }
}
