package io.sluice.plain;

import io.sluice.room.RoomException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why a room did not do what it was asked, for a client. */
record RoomFailure(ErrorCode code, String text) {
    private static final Logger LOG = LoggerFactory.getLogger(RoomFailure.class);

    static RoomFailure of(@Nullable Throwable failure) {
        return switch (cause(failure)) {
            case RoomException refused ->
                    new RoomFailure(
                            ErrorCode.of(refused.reason()), String.valueOf(refused.getMessage()));
            case TimeoutException _ ->
                    new RoomFailure(
                            ErrorCode.TIMEOUT, "The room did not answer in time; try again.");
            case null, default -> {
                LOG.error("A room failed to do what it was asked", failure);
                yield new RoomFailure(ErrorCode.INTERNAL, "The server failed.");
            }
        };
    }

    static @Nullable Throwable cause(@Nullable Throwable failure) {
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }
}
