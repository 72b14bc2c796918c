package io.sluice.api;

import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What a client of a test says to a server that may have hung up on it already. Used from any thread. */
public final class LastWords {
    private static final long PATIENCE_SECONDS = 20;

    private LastWords() {}

    /**
     * Waits until it is sent, or lost because the server has closed the socket, as any client's words are that cross
     * the closing.
     *
     * @param closed the code by which the server closes, when it does
     * @throws CompletionException if it cannot be sent though the server has not closed
     */
    public static void await(
            CompletableFuture<WebSocket> sending, CompletableFuture<Integer> closed) {
        sending.<Object>thenApply(socket -> socket)
                .exceptionallyCompose(failure -> unlessClosed(failure, closed))
                .join();
    }

    private static CompletionStage<Object> unlessClosed(
            Throwable failure, CompletableFuture<Integer> closed) {
        return closed.copy()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .handle((code, stillOpen) -> {
                    if (stillOpen != null) {
                        throw new CompletionException(failure);
                    }
                    return code;
                });
    }
}
