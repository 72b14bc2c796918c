package io.sluice.livekit;

import io.sluice.room.RoomException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Clients who note what they are asked, and do it; those that the test calls so are deaf. */
final class TestClients implements RoomServiceApi.Clients {
    final List<String> asked = new CopyOnWriteArrayList<>();

    private static <T> CompletableFuture<T> deaf() {
        return CompletableFuture.failedFuture(
                new RoomException(RoomException.Reason.NO_SUCH_PARTICIPANT, "it is deaf"));
    }

    @Override
    public CompletableFuture<Void> move(String participantId, String destination) {
        asked.add(participantId + " to " + destination);
        return destination.equals("nowhere near")
                ? deaf()
                : CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<String> call(
            String participantId, String method, String payload, Duration timeout) {
        asked.add(participantId + " " + method + " in " + timeout);
        return switch (method) {
            case "deaf" -> deaf();
            case "late" ->
                    CompletableFuture.failedFuture(
                            new RpcFailure(RpcFailure.RESPONSE_TIMEOUT, "Response timeout"));
            case "gone" ->
                    CompletableFuture.failedFuture(
                            new RpcFailure(RpcFailure.RECIPIENT_DISCONNECTED, "gone"));
            case "refuse" -> CompletableFuture.failedFuture(new RpcFailure(2001, "not today"));
            default -> CompletableFuture.completedFuture(payload + payload);
        };
    }
}
