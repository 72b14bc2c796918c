package io.sluice.plain;

import io.sluice.api.ReasonCounters;

/** Counts what the plain protocol refused, by reason; written by all event loops, read anywhere. */
public final class PlainCounters extends ReasonCounters<PlainCounters.Refusal> {

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
        INVALID_ANSWER,
        ANSWER_TIMEOUT,
        OFFER_IN_PROGRESS,
        HELD_CANDIDATES
    }

    public PlainCounters() {
        super(Refusal.class);
    }
}
