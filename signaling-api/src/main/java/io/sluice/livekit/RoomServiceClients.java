package io.sluice.livekit;

import io.sluice.api.Grants;
import io.sluice.api.RoomQuestions;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomException;
import io.sluice.room.RoomInfo;
import io.sluice.room.Rooms;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import livekit.LivekitRoom.ForwardParticipantRequest;
import livekit.LivekitRoom.ForwardParticipantResponse;
import livekit.LivekitRoom.MoveParticipantRequest;
import livekit.LivekitRoom.MoveParticipantResponse;
import livekit.LivekitRoom.PerformRpcRequest;
import livekit.LivekitRoom.PerformRpcResponse;

/**
 * Sends participants to other rooms, shows them there, and calls their clients. Used from all event loops.
 */
final class RoomServiceClients {
    /** LiveKit's, where a caller says nothing. */
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(10);

    /** An HTTP connection is kept for it. */
    private static final Duration MAX_RESPONSE_TIMEOUT = Duration.ofSeconds(60);

    /** LiveKit's limit, in UTF-8. */
    private static final int MAX_METHOD_BYTES = 64;

    private final Rooms rooms;
    private final RoomServiceApi.Clients clients;

    RoomServiceClients(Rooms rooms, RoomServiceApi.Clients clients) {
        this.rooms = rooms;
        this.clients = clients;
    }

    Map<String, RoomServiceMethod<?>> methods() {
        return Map.of(
                "MoveParticipant",
                new RoomServiceMethod<>(MoveParticipantRequest.getDefaultInstance(), this::move),
                "ForwardParticipant",
                new RoomServiceMethod<>(
                        ForwardParticipantRequest.getDefaultInstance(), this::forward),
                "PerformRpc",
                new RoomServiceMethod<>(
                        PerformRpcRequest.getDefaultInstance(),
                        (bearer, request) -> call(bearer.grants(), request),
                        MAX_RESPONSE_TIMEOUT));
    }

    /** A room that is there: nobody is sent where nobody is let in. */
    private Room destination(Grants grants, String source, String destination) {
        RoomServiceAccess.requireDestination(grants, destination);
        if (destination.equals(source)) {
            throw new TwirpException(
                    TwirpError.INVALID_ARGUMENT, "the participant is in this room already");
        }
        return rooms.find(destination)
                .orElseThrow(() ->
                        new TwirpException(
                                TwirpError.NOT_FOUND, "destination room does not exist"));
    }

    /** Participants of all protocols. */
    private CompletableFuture<ForwardParticipantResponse> forward(
            Grants grants, ForwardParticipantRequest request) {
        Room room = RoomServiceAccess.administered(grants, rooms, request.getRoom());
        Room destination = destination(grants, request.getRoom(), request.getDestinationRoom());
        CompletableFuture<Void> reply = new CompletableFuture<>();
        room.submit(new RoomCommand.Forward(request.getIdentity(), destination, reply));
        return reply.thenCompose(_ ->
                CompletableFuture.completedFuture(ForwardParticipantResponse.getDefaultInstance()));
    }

    private CompletableFuture<MoveParticipantResponse> move(
            Grants grants, MoveParticipantRequest request) {
        String destination = request.getDestinationRoom();
        Room room = RoomServiceAccess.administered(grants, rooms, request.getRoom());
        Room _ = destination(grants, request.getRoom(), destination);
        return ask(room, request.getIdentity(), id -> clients.move(id, destination))
                .thenApply(_ -> MoveParticipantResponse.getDefaultInstance());
    }

    private CompletableFuture<PerformRpcResponse> call(Grants grants, PerformRpcRequest request) {
        Room room = RoomServiceAccess.administered(grants, rooms, request.getRoom());
        String method = request.getMethod();
        requireLength("method", method, MAX_METHOD_BYTES);
        requireLength("payload", request.getPayload(), LiveKitCalls.MAX_PAYLOAD_BYTES);
        if (method.isEmpty()) {
            throw new TwirpException(TwirpError.INVALID_ARGUMENT, "the method has no name");
        }
        return ask(
                        room,
                        request.getDestinationIdentity(),
                        id -> clients.call(id, method, request.getPayload(), timeout(request)))
                .thenApply(payload -> PerformRpcResponse.newBuilder().setPayload(payload).build());
    }

    private static void requireLength(String field, String text, int maxBytes) {
        if (text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
            throw new TwirpException(
                    TwirpError.INVALID_ARGUMENT,
                    "the " + field + " is longer than " + maxBytes + " bytes");
        }
    }

    private static Duration timeout(PerformRpcRequest request) {
        // Unsigned in the message.
        Duration wanted = Duration.ofMillis(Integer.toUnsignedLong(request.getResponseTimeoutMs()));
        if (wanted.isZero()) {
            return RESPONSE_TIMEOUT;
        }
        return wanted.compareTo(MAX_RESPONSE_TIMEOUT) > 0 ? MAX_RESPONSE_TIMEOUT : wanted;
    }

    private static <T> CompletableFuture<T> ask(
            Room room, String identity, Function<String, CompletableFuture<T>> question) {
        return RoomQuestions.describe(room)
                .thenCompose(info ->
                        question.apply(participantId(info, identity))
                                .exceptionallyCompose(failure ->
                                        CompletableFuture.failedFuture(refused(failure))));
    }

    private static String participantId(RoomInfo room, String identity) {
        return room.participants().stream()
                .filter(one -> one.identity().equals(identity))
                .map(ParticipantInfo::participantId)
                .findFirst()
                .orElseThrow(TwirpException::noParticipant);
    }

    private static RuntimeException refused(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RoomException cannot
                ? new TwirpException(
                        TwirpError.FAILED_PRECONDITION, String.valueOf(cannot.getMessage()))
                : TwirpException.of(failure);
    }
}
