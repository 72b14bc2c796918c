package io.sluice.server.hostile;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.jspecify.annotations.Nullable;

/** A WebSocket of the LiveKit protocol that sends whatever a test wants. Used by the test's thread. */
public final class SignalSocket implements WebSocket.Listener {
    private static final long PATIENCE_SECONDS = 15;

    /** What is told of a connection that ends without a word (RFC 6455 7.1.5). */
    private static final int NO_CLOSE_CODE = 1006;

    private final BlockingQueue<SignalResponse> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    private final WebSocket socket;

    public SignalSocket(HttpClient http, URI address) {
        socket = http.newWebSocketBuilder().buildAsync(address, this).join();
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
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
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.complete(NO_CLOSE_CODE);
    }

    /** How it was let in. */
    public JoinResponse joined() {
        return await(SignalResponse::hasJoin).getJoin();
    }

    public void awaitPong() {
        var _ = await(SignalResponse::hasPong);
    }

    /** The next message that is wanted; those before it are thrown away. */
    public SignalResponse await(Predicate<SignalResponse> wanted) {
        try {
            while (true) {
                SignalResponse next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (next == null) {
                    throw new AssertionError("it never came; closed: " + closed);
                }
                if (wanted.test(next)) {
                    return next;
                }
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    public void send(SignalRequest.Builder request) {
        var _ = socket.sendBinary(ByteBuffer.wrap(request.build().toByteArray()), true).join();
    }

    /** Sends what may be too much: the server may have hung up. */
    public void trySend(byte[] message) {
        try {
            var _ = socket.sendBinary(ByteBuffer.wrap(message), true).join();
        } catch (CompletionException hungUp) {
            closed.complete(NO_CLOSE_CODE);
        }
    }

    public boolean isClosed() {
        return closed.isDone();
    }

    public int closeCode() {
        return closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Goes without a word. */
    public void close() {
        socket.abort();
    }
}
