package io.sluice.webhook;

/**
 * What came of one request.
 *
 * @param error in words; empty if the event has arrived
 */
record Attempt(Result result, String error) {
    static final Attempt ARRIVED = new Attempt(Result.ARRIVED, "");

    private static final int MULTIPLE_CHOICES = 300;

    enum Result {
        ARRIVED,
        /** The receiver is not there, or too busy: that says nothing of the event. */
        AWAY,
        /** The receiver failed, or does not let the server in: the event may be the reason or not. */
        FAILED,
        /** The receiver does not take this event. */
        REFUSED
    }

    /** Judges by the status of the answer (RFC 9110, 15). */
    static Attempt answered(int status) {
        if (status >= 200 && status < MULTIPLE_CHOICES) {
            return ARRIVED;
        }
        Result result =
                switch (status) {
                    // Request Timeout, Too Early, Too Many Requests, Service Unavailable.
                    case 408, 425, 429, 503 -> Result.AWAY;
                    // Wrong key or wrong address: of the server's configuration, not of the event.
                    case 401, 403, 404, 407 -> Result.FAILED;
                    default -> status >= 400 && status < 500 ? Result.REFUSED : Result.FAILED;
                };
        return new Attempt(result, "answered " + status);
    }

    static Attempt away(String error) {
        return new Attempt(Result.AWAY, error);
    }

    static Attempt failed(String error) {
        return new Attempt(Result.FAILED, error);
    }
}
