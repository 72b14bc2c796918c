package io.sluice.whip;

import io.sluice.api.Problem;
import io.sluice.room.LeaveReason;
import io.sluice.room.RoomException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client is told that is refused. */
final class WhipProblems {
    private static final Logger LOG = LoggerFactory.getLogger(WhipProblems.class);

    static final Problem NO_SESSION =
            new Problem(
                    404,
                    "session-not-found",
                    "Not found",
                    "There is no such session, or it has ended: begin a new one with POST.");

    static final Problem NO_ROOM =
            new Problem(
                    404,
                    "room-not-found",
                    "Not found",
                    "There is no such room, and this server does not make rooms by joining them.");

    static final Problem FULL =
            new Problem(
                    503,
                    "server-full",
                    "Try later",
                    "This server has no room for more participants.");

    static final Problem TOO_MANY =
            new Problem(
                    429,
                    "too-many-requests",
                    "Too many requests",
                    "Too many requests come from this address. Wait a second, and ask less often.");

    static final Problem MAY_NOT_PUBLISH =
            forbidden("The token does not allow to publish: video.canPublish is false.");

    static final Problem MAY_NOT_SUBSCRIBE =
            forbidden("The token does not allow to watch: video.canSubscribe is false.");

    static final Problem MAY_NOT_PUBLISH_SOURCE =
            forbidden(
                    "The token does not allow to publish all of this: video.canPublishSources must"
                            + " name microphone for audio and camera for video.");

    static final Problem OTHERS_SESSION =
            forbidden("The token is not of the participant whose session this is.");

    static final Problem REVOKED =
            forbidden("The application has taken back what the token allowed.");

    static final Problem ENCODED =
            new Problem(
                    415,
                    "unsupported-content-encoding",
                    "Unsupported content encoding",
                    "Send the body as it is, without Content-Encoding.");

    static final Problem NOT_ACCEPTABLE =
            new Problem(
                    406,
                    "not-acceptable",
                    "Not acceptable",
                    "The answer would be of the type application/sdp, which Accept leaves out.");

    static final Problem CONDITION_MISSING =
            new Problem(
                    428,
                    "precondition-required",
                    "Say which state",
                    "Send If-Match with the session's last ETag, or with * to begin ICE anew.");

    static final Problem CONDITION_FAILED =
            new Problem(
                    412,
                    "precondition-failed",
                    "Another state",
                    "ICE has begun anew since: If-Match does not name the session's last ETag.");

    static final Problem RESTARTING =
            new Problem(
                    409,
                    "restart-in-progress",
                    "Not now",
                    "ICE is beginning anew already: wait for that answer.");

    private WhipProblems() {}

    private static Problem forbidden(String detail) {
        return new Problem(403, "token-not-granted", "Not allowed", detail);
    }

    static Problem malformed(String what, @Nullable String why) {
        return Problem.badRequest("malformed-body", what + " cannot be read: " + why + ".");
    }

    static Problem unsupported(String detail) {
        return new Problem(422, "unsupported-offer", "Not supported", detail);
    }

    static Problem mediaType(String wanted) {
        return new Problem(
                415,
                "unsupported-media-type",
                "Unsupported media type",
                "The body must be of the type " + wanted + ", and say so in Content-Type.");
    }

    /** Who is made to go while it comes in. */
    static Problem gone(LeaveReason reason) {
        return new Problem(
                409,
                "session-ended",
                "Conflict",
                switch (reason) {
                    case REPLACED -> "The same identity has joined again meanwhile.";
                    case REMOVED -> "The participant was removed from the room meanwhile.";
                    case LEFT,
                            TRANSPORT_CLOSED,
                            CONNECTION_LOST,
                            HANDSHAKE_FAILED,
                            INTERNAL,
                            SIGNALING_LOST,
                            ROOM_CLOSED ->
                            "The session has ended before it began.";
                });
    }

    /** Why a room did not do what it was asked. */
    static Problem of(@Nullable Throwable failure) {
        return switch (cause(failure)) {
            case RoomException refused -> of(refused);
            case TimeoutException _ ->
                    new Problem(
                            504,
                            "room-timeout",
                            "No answer",
                            "The room did not answer in time; try again.");
            case null, default -> {
                LOG.error("A room failed to do what it was asked", failure);
                yield new Problem(500, "internal", "Internal error", "The server failed.");
            }
        };
    }

    static @Nullable Throwable cause(@Nullable Throwable failure) {
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    private static Problem of(RoomException refused) {
        String text = String.valueOf(refused.getMessage());
        return switch (refused.reason()) {
            case ROOM_CLOSED, NO_SUCH_PARTICIPANT ->
                    new Problem(404, "room-closed", "Not found", "The session's room has ended.");
            case ROOM_FULL -> new Problem(503, "room-full", "Try later", text);
            case TOO_MANY_ROOMS, TOO_MANY_LISTENERS ->
                    new Problem(503, "server-full", "Try later", text);
            case KEY_LIMIT -> Problem.keyLimit(text);
            case NOT_PERMITTED -> new Problem(403, "not-permitted", "Not allowed", text);
            case NO_SUCH_TRACK, NOT_SUBSCRIBED, INVALID_DESCRIPTION, INVALID_SETTINGS ->
                    unsupported(text);
        };
    }
}
