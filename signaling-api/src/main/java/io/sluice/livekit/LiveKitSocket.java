package io.sluice.livekit;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.sluice.api.GuardedSocket;
import io.sluice.api.GuardedSocket.Fault;
import io.sluice.api.SocketLimits;
import io.sluice.livekit.LiveKitCounters.Refusal;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.Pong;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;

/**
 * One WebSocket: a message is one SignalRequest or SignalResponse, in JSON for clients that write JSON.
 *
 * <p>Owned by the WebSocket's context; {@link #send}, {@link #leave} and {@link #close} may be called from
 * others and hop.
 */
final class LiveKitSocket implements GuardedSocket.Listener {
    /** RFC 6455 7.4.1. */
    private static final int NORMAL = 1000;

    private static final int POLICY_VIOLATION = 1008;

    private static final JsonFormat.Parser JSON = JsonFormat.parser().ignoringUnknownFields();

    private final GuardedSocket socket;
    private final LiveKitCounters counters;
    private final Listener listener;
    private final int maxErrors;
    private int errors;
    private volatile boolean writesJson;

    /** Hears what the client says; all on the WebSocket's context. */
    interface Listener {
        void onRequest(LiveKitSocket from, SignalRequest request);

        void onClosed(LiveKitSocket from);
    }

    /** Takes over a connection that has just become a WebSocket; on its context. */
    LiveKitSocket(
            HttpConnection connection,
            Vertx vertx,
            Context context,
            SocketLimits limits,
            LiveKitCounters counters,
            Listener listener) {
        this.counters = counters;
        this.listener = listener;
        maxErrors = limits.incoming().maxErrors();
        socket = new GuardedSocket(connection, vertx, context, limits, this);
    }

    /** Begins to wait for the client; on the WebSocket's context. */
    void start() {
        socket.start();
        // The token came with the address.
        socket.joined();
    }

    /** Sends a message. From any thread. */
    void send(SignalResponse message) {
        if (!writesJson) {
            socket.sendBinary(message.toByteArray());
            return;
        }
        try {
            socket.send(JsonFormat.printer().omittingInsignificantWhitespace().print(message));
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException("a message of ours has no JSON form", impossible);
        }
    }

    /** Says that the client has to go, or to come anew, and closes. From any thread. */
    void leave(DisconnectReason reason, LeaveRequest.Action action) {
        send(
                SignalResponse.newBuilder()
                        .setLeave(
                                LeaveRequest.newBuilder()
                                        .setReason(reason)
                                        .setAction(action)
                                        .setCanReconnect(action != LeaveRequest.Action.DISCONNECT))
                        .build());
        close();
    }

    /** Closes after what was sent before. From any thread. */
    void close() {
        socket.close(NORMAL, "");
    }

    @Override
    public void onText(String text) {
        writesJson = true;
        SignalRequest.Builder request = SignalRequest.newBuilder();
        try {
            JSON.merge(text, request);
        } catch (InvalidProtocolBufferException malformed) {
            onBadMessage();
            return;
        }
        onRequest(request.build());
    }

    @Override
    public void onBinary(byte[] message) {
        SignalRequest request;
        try {
            request = SignalRequest.parseFrom(message);
        } catch (InvalidProtocolBufferException malformed) {
            onBadMessage();
            return;
        }
        onRequest(request);
    }

    private void onRequest(SignalRequest request) {
        switch (request.getMessageCase()) {
            case PING ->
                    send(SignalResponse.newBuilder().setPong(System.currentTimeMillis()).build());
            case PING_REQ ->
                    send(
                            SignalResponse.newBuilder()
                                    .setPongResp(
                                            Pong.newBuilder()
                                                    .setLastPingTimestamp(
                                                            request.getPingReq().getTimestamp())
                                                    .setTimestamp(System.currentTimeMillis()))
                                    .build());
            default -> listener.onRequest(this, request);
        }
    }

    /** Only a defect makes a client say what is no message: it is told in the end, by the closing. */
    private void onBadMessage() {
        counters.count(Refusal.BAD_MESSAGE);
        errors++;
        if (errors > maxErrors) {
            counters.count(Refusal.TOO_MANY_ERRORS);
            socket.close(POLICY_VIOLATION, "too many messages that were not understood");
        }
    }

    @Override
    public void onConfirmed(long number) {}

    @Override
    public void onFault(Fault fault, String detail) {
        counters.count(Refusal.of(fault));
        socket.close(code(fault), detail);
    }

    private static int code(Fault fault) {
        return switch (fault) {
            case FIRST_MESSAGE_LATE, SILENT, SLOW_READER, RATE_LIMITED -> POLICY_VIOLATION;
            case TOO_LARGE -> 1009;
            case MALFORMED_FRAME -> 1002;
            case NOT_UTF8 -> 1007;
        };
    }

    @Override
    public void onClosed() {
        listener.onClosed(this);
    }
}
