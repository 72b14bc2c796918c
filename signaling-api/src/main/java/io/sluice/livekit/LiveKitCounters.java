package io.sluice.livekit;

import io.sluice.api.GuardedSocket.Fault;
import io.sluice.api.ReasonCounters;

/** Counts what the LiveKit protocol refused, by reason; written by all event loops, read anywhere. */
public final class LiveKitCounters extends ReasonCounters<LiveKitCounters.Refusal> {

    /** Each limit of the protocol that somebody ran into. */
    public enum Refusal {
        BAD_JOIN_REQUEST,
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
        STATE_MISMATCH,
        RESUME_TIMEOUT,
        REPLY_TIMEOUT,
        TOO_MANY_CHANGES,
        TOO_MANY_WISHES,
        TOO_MANY_TRACKS,
        NOT_PERMITTED,
        INVALID_OFFER,
        INVALID_ANSWER,
        ANSWER_TIMEOUT,
        HELD_CANDIDATES,
        HELD_REQUESTS;

        static Refusal of(Fault fault) {
            return switch (fault) {
                case FIRST_MESSAGE_LATE -> JOIN_TIMEOUT;
                case SILENT -> SILENT;
                case SLOW_READER -> SLOW_READER;
                case RATE_LIMITED -> RATE_LIMITED;
                case TOO_LARGE -> MESSAGE_TOO_LARGE;
                case MALFORMED_FRAME -> MALFORMED_FRAME;
                case NOT_UTF8 -> NOT_UTF8;
            };
        }
    }

    public LiveKitCounters() {
        super(Refusal.class);
    }
}
