package io.sluice.plain;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the plain protocol refused, by reason; written by all event loops, read anywhere. */
public final class PlainCounters {

    /** Each limit of the protocol that somebody ran into. */
    public enum Refusal {
        BAD_MESSAGE,
        NOT_UTF8,
        MESSAGE_TOO_LARGE,
        MALFORMED_FRAME,
        RATE_LIMITED,
        TOO_MANY_ERRORS,
        SLOW_READER,
        SILENT,
        JOIN_TIMEOUT,
        SERVER_FULL,
        SESSION_UNKNOWN,
        MISSED_TOO_MUCH,
        RESUME_TIMEOUT,
        REPLY_TIMEOUT,
        TOO_MANY_CHANGES,
        TOO_MANY_WISHES,
        INVALID_OFFER,
        OFFER_IN_PROGRESS,
        HELD_CANDIDATES
    }

    private final Map<Refusal, LongAdder> counts = new EnumMap<>(Refusal.class);

    public PlainCounters() {
        for (Refusal refusal : Refusal.values()) {
            counts.put(refusal, new LongAdder());
        }
    }

    void count(Refusal refusal) {
        adder(refusal).increment();
    }

    /** How often it happened since the start. */
    public long of(Refusal refusal) {
        return adder(refusal).sum();
    }

    private LongAdder adder(Refusal refusal) {
        LongAdder adder = counts.get(refusal);
        if (adder == null) {
            throw new IllegalStateException("all refusals are counted");
        }
        return adder;
    }
}
