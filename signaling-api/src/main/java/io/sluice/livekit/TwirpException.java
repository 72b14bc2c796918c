package io.sluice.livekit;

import io.sluice.room.RoomException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/** A call that fails; the message is for whoever called. */
final class TwirpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final TwirpError error;

    TwirpException(TwirpError error, String message) {
        super(message, null, false, false);
        this.error = error;
    }

    TwirpError error() {
        return error;
    }

    /** LiveKit's words: its SDKs are compared by them. */
    static TwirpException noRoom() {
        return new TwirpException(TwirpError.NOT_FOUND, "requested room does not exist");
    }

    static TwirpException noParticipant() {
        return new TwirpException(TwirpError.NOT_FOUND, "participant does not exist");
    }

    static TwirpException noTrack() {
        return new TwirpException(TwirpError.NOT_FOUND, "track is not found");
    }

    /** What went wrong, as far as it is the caller's business. */
    static TwirpException of(Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        return switch (cause) {
            case TwirpException twirp -> twirp;
            case RoomException refused -> of(refused);
            case RpcFailure failed -> of(failed);
            case TimeoutException _ ->
                    new TwirpException(
                            TwirpError.DEADLINE_EXCEEDED,
                            "the room did not answer in time; look at it before asking again");
            case null, default ->
                    new TwirpException(TwirpError.INTERNAL, "the server failed; see its log");
        };
    }

    private static TwirpException of(RpcFailure failed) {
        TwirpError error =
                switch (failed.code()) {
                    case RpcFailure.CONNECTION_TIMEOUT, RpcFailure.RESPONSE_TIMEOUT ->
                            TwirpError.DEADLINE_EXCEEDED;
                    case RpcFailure.RECIPIENT_DISCONNECTED, RpcFailure.SEND_FAILED ->
                            TwirpError.UNAVAILABLE;
                    default -> TwirpError.FAILED_PRECONDITION;
                };
        return new TwirpException(error, "rpc error " + failed.code() + ": " + failed.getMessage());
    }

    private static TwirpException of(RoomException refused) {
        String message = Objects.requireNonNullElse(refused.getMessage(), "refused");
        return switch (refused.reason()) {
            case NO_SUCH_PARTICIPANT -> noParticipant();
            case NO_SUCH_TRACK, NOT_SUBSCRIBED -> noTrack();
            case ROOM_CLOSED -> noRoom();
            case NOT_PERMITTED -> new TwirpException(TwirpError.PERMISSION_DENIED, message);
            case INVALID_DESCRIPTION, INVALID_SETTINGS ->
                    new TwirpException(TwirpError.INVALID_ARGUMENT, message);
            case ROOM_FULL, TOO_MANY_ROOMS, KEY_LIMIT, TOO_MANY_LISTENERS ->
                    new TwirpException(TwirpError.RESOURCE_EXHAUSTED, message);
        };
    }
}
