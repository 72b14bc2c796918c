package io.sluice.livekit;

import io.sluice.api.SessionTurn;
import io.sluice.room.CommandSink;
import io.sluice.room.RoomCommand;
import io.sluice.sctp.DataMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.RpcRequest;
import livekit.LivekitModels.RpcResponse;

/**
 * Calls of the application to methods of one participant, until they are answered.
 *
 * <p>Owned by its session's turn.
 */
final class LiveKitCalls {
    /** What an application calls of one participant at a time. */
    static final int MAX_WAITING = 64;

    /** LiveKit's limit, in UTF-8. */
    static final int MAX_PAYLOAD_BYTES = 15 * 1024;

    /** LiveKit's: a client says at once that it has heard a call, before it works on it. */
    private static final Duration ACK_TIMEOUT = Duration.ofSeconds(7);

    /** No client makes such ids: theirs are UUIDs. */
    private static final String PREFIX = "sluice-";

    private static final DataMessage NOTHING =
            new DataMessage(DataMessage.Kind.BINARY, new byte[0]);

    private final SessionTurn turn;
    private final CommandSink room;
    private final Map<String, Call> waiting = new HashMap<>();

    private final class Call {
        private final String id;
        private final CompletableFuture<String> reply;
        private final long responseTimer;
        private long ackTimer;

        private Call(String id, Duration timeout, CompletableFuture<String> reply) {
            this.id = id;
            this.reply = reply;
            responseTimer =
                    turn.after(
                            timeout, () -> fail(RpcFailure.RESPONSE_TIMEOUT, "Response timeout"));
            ackTimer =
                    turn.after(
                            ACK_TIMEOUT,
                            () -> fail(RpcFailure.CONNECTION_TIMEOUT, "Connection timeout"));
        }

        private void heard() {
            turn.cancel(ackTimer);
        }

        private void end() {
            waiting.remove(id);
            turn.cancel(ackTimer);
            turn.cancel(responseTimer);
        }

        private void fail(int code, String message) {
            end();
            reply.completeExceptionally(new RpcFailure(code, message));
        }
    }

    LiveKitCalls(SessionTurn turn, CommandSink room) {
        this.turn = turn;
        this.room = room;
    }

    /** Whether a packet of a client answers such a call; from any thread. */
    static boolean isAnswer(DataPacket packet) {
        return switch (packet.getValueCase()) {
            case RPC_ACK -> packet.getRpcAck().getRequestId().startsWith(PREFIX);
            case RPC_RESPONSE -> packet.getRpcResponse().getRequestId().startsWith(PREFIX);
            default -> false;
        };
    }

    /**
     * Calls a method of the participant.
     *
     * @param identity the participant's own: as in LiveKit, the call seems to be its own
     * @param reply fails with an {@link RpcFailure}
     */
    void call(
            String identity,
            String method,
            String payload,
            Duration timeout,
            CompletableFuture<String> reply) {
        if (waiting.size() >= MAX_WAITING) {
            reply.completeExceptionally(
                    new RpcFailure(RpcFailure.SEND_FAILED, "too many calls wait for answers"));
            return;
        }
        Call call = new Call(PREFIX + UUID.randomUUID(), timeout, reply);
        waiting.put(call.id, call);
        DataPacket packet =
                DataPacket.newBuilder()
                        .setParticipantIdentity(identity)
                        .setRpcRequest(
                                RpcRequest.newBuilder()
                                        .setId(call.id)
                                        .setMethod(method)
                                        .setPayload(payload)
                                        .setResponseTimeoutMs((int) timeout.toMillis())
                                        .setVersion(1))
                        .build();
        CompletableFuture<Integer> sent =
                turn.reply((receivers, _) -> {
                    if (receivers == null || receivers == 0) {
                        call.fail(RpcFailure.SEND_FAILED, "Failed to send");
                    }
                });
        room.submit(
                new RoomCommand.Publish(
                        LiveKitDialect.RELIABLE,
                        true,
                        NOTHING,
                        List.of(identity),
                        new DataMessage(DataMessage.Kind.BINARY, packet.toByteArray()),
                        sent));
    }

    /** Takes an {@linkplain #isAnswer answer}; one to a call that waits no more is dropped. */
    void onAnswer(DataPacket packet) {
        if (packet.hasRpcAck()) {
            Call call = waiting.get(packet.getRpcAck().getRequestId());
            if (call != null) {
                call.heard();
            }
            return;
        }
        RpcResponse response = packet.getRpcResponse();
        Call call = waiting.get(response.getRequestId());
        if (call == null) {
            return;
        }
        switch (response.getValueCase()) {
            case PAYLOAD -> {
                call.end();
                call.reply.complete(response.getPayload());
            }
            case ERROR ->
                    call.fail(response.getError().getCode(), response.getError().getMessage());
            // Nobody was told that it would be understood.
            case COMPRESSED_PAYLOAD, VALUE_NOT_SET ->
                    call.fail(RpcFailure.SEND_FAILED, "the answer cannot be read");
        }
    }

    /** The participant goes. */
    void close() {
        List.copyOf(waiting.values())
                .forEach(call ->
                        call.fail(RpcFailure.RECIPIENT_DISCONNECTED, "Recipient disconnected"));
    }
}
