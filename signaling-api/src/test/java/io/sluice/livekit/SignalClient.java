package io.sluice.livekit;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sluice.api.LastWords;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.WrappedJoinRequest;

/** A client of the LiveKit protocol; messages are looked at by the test's thread. */
final class SignalClient implements WebSocket.Listener {
    private static final long PATIENCE_SECONDS = 20;

    private final BlockingQueue<SignalResponse> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    private final WebSocket socket;

    SignalClient(HttpClient http, URI uri) {
        socket = http.newWebSocketBuilder().buildAsync(uri, this).join();
    }

    /** A join request as it stands in an address. */
    static String parameter(JoinRequest request) {
        WrappedJoinRequest wrapped =
                WrappedJoinRequest.newBuilder()
                        .setJoinRequest(ByteString.copyFrom(request.toByteArray()))
                        .build();
        return Base64.getUrlEncoder().encodeToString(wrapped.toByteArray());
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        partial.writeBytes(bytes);
        if (last) {
            try {
                received.add(SignalResponse.parseFrom(partial.toByteArray()));
            } catch (InvalidProtocolBufferException malformed) {
                closed.completeExceptionally(malformed);
            }
            partial.reset();
        }
        from.request(1);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int statusCode, String reason) {
        closed.complete(statusCode);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    SignalClient send(SignalRequest.Builder request) {
        return send(request.build().toByteArray());
    }

    /** Says it, unless the server has hung up: what follows something that it closes on may or may not leave. */
    SignalClient send(byte[] message) {
        LastWords.await(socket.sendBinary(ByteBuffer.wrap(message), true), closed);
        return this;
    }

    /** The next message, which must be of this case. */
    SignalResponse next(SignalResponse.MessageCase wanted) {
        try {
            SignalResponse message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (message == null || message.getMessageCase() != wanted) {
                throw new AssertionError("expected " + wanted + " but got " + message);
            }
            return message;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    int closeCode() {
        return closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Goes without a word, as a lost network does. */
    void abort() {
        socket.abort();
    }
}
