package io.sluice.plain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.LastWords;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of the plain protocol; messages are looked at by the test's thread. */
final class TestClient implements WebSocket.Listener {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_SECONDS = 20;

    private final BlockingQueue<JsonNode> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;

    TestClient(HttpClient http, URI uri) {
        socket = http.newWebSocketBuilder().buildAsync(uri, this).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            try {
                received.add(JSON.readTree(partial.toString()));
            } catch (JsonProcessingException malformed) {
                closed.completeExceptionally(malformed);
            }
            partial.setLength(0);
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

    /** Says it, unless the server has hung up: what follows something that it closes on may or may not leave. */
    TestClient send(String text) {
        return sendPart(text, true);
    }

    /** False if the socket is closed. */
    boolean sendIfOpen(String text) {
        return socket.sendText(text, true).handle((_, failure) -> failure == null).join();
    }

    TestClient sendPart(String text, boolean last) {
        LastWords.await(socket.sendText(text, last), closed);
        return this;
    }

    void sendBinary() {
        socket.sendBinary(ByteBuffer.allocate(1), true).join();
    }

    TestClient send(ObjectNode message) {
        return send(message.toString());
    }

    static ObjectNode message(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    TestClient join(String token) {
        return send(message("join").put("token", token));
    }

    TestClient offer(String sdp) {
        return send(message("offer").put("sdp", sdp));
    }

    /** The next message, whatever it is. */
    JsonNode next() {
        try {
            JsonNode message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("nothing more was said");
            }
            return message;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** The next message, which must be of this type. */
    JsonNode next(String type) {
        JsonNode message = next();
        if (!type.equals(message.path("type").asText())) {
            throw new AssertionError("expected " + type + " but got " + message);
        }
        return message;
    }

    /** The code of the next message, which must be an error. */
    String nextError() {
        return next("error").path("code").asText();
    }

    int waiting() {
        return received.size();
    }

    int closeCode() {
        return closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Goes without a word, as a lost network does. */
    void abort() {
        socket.abort();
    }
}
