package io.sluice.whip;

import io.sluice.api.ReasonCounters;

/** Counts what WHIP and WHEP refused, by reason; written by all event loops, read anywhere. */
public final class WhipCounters extends ReasonCounters<WhipCounters.Refusal> {

    /** What a refusal was about. */
    public enum Refusal {
        /** No description, no fragment or no room's name: 400. */
        MALFORMED,
        /** 401. */
        UNAUTHORIZED,
        /** 403. */
        FORBIDDEN,
        /** 404: no session, no room. */
        NOT_FOUND,
        /** 405. */
        METHOD,
        /** 408 and 504: a client or a room was too slow. */
        TIMEOUT,
        /** 409: two things at once. */
        CONFLICT,
        /** 412 and 428: about another state of the session. */
        PRECONDITION,
        /** 413. */
        TOO_LARGE,
        /** 406 and 415. */
        MEDIA_TYPE,
        /** 422: sections or codecs that are not answered. */
        UNSUPPORTED,
        /** 429. */
        RATE_LIMITED,
        /** 503: server or room are full. */
        FULL,
        /** 500. */
        INTERNAL;

        static Refusal ofStatus(int status) {
            return switch (status) {
                case 400 -> MALFORMED;
                case 401 -> UNAUTHORIZED;
                case 403 -> FORBIDDEN;
                case 404 -> NOT_FOUND;
                case 405 -> METHOD;
                case 408, 504 -> TIMEOUT;
                case 409 -> CONFLICT;
                case 412, 428 -> PRECONDITION;
                case 413 -> TOO_LARGE;
                case 406, 415 -> MEDIA_TYPE;
                case 422 -> UNSUPPORTED;
                case 429 -> RATE_LIMITED;
                case 503 -> FULL;
                default -> INTERNAL;
            };
        }
    }

    WhipCounters() {
        super(Refusal.class);
    }
}
