package io.sluice.livekit;

/** How a call fails, in Twirp's words, each with its HTTP status. */
enum TwirpError {
    MALFORMED(400),
    INVALID_ARGUMENT(400),
    UNAUTHENTICATED(401),
    PERMISSION_DENIED(403),
    NOT_FOUND(404),
    BAD_ROUTE(404),
    DEADLINE_EXCEEDED(408),
    ALREADY_EXISTS(409),
    FAILED_PRECONDITION(412),
    RESOURCE_EXHAUSTED(429),
    INTERNAL(500),
    UNIMPLEMENTED(501),
    UNAVAILABLE(503);

    private final int status;

    TwirpError(int status) {
        this.status = status;
    }

    int status() {
        return status;
    }
}
