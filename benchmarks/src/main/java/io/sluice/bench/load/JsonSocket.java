package io.sluice.bench.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket whose messages are JSON objects.
 *
 * <p>Messages are sent from any thread, in the order of the calls; what comes in is told one at a time.
 */
final class JsonSocket implements WebSocket.Listener {
    /** Who speaks through it. */
    interface Owner {
        void onMessage(JsonNode message);

        /** It broke, or the other side closed it. */
        void onEnd(Throwable reason);
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final Owner owner;
    private final StringBuilder text = new StringBuilder();

    /** Done when what was sent last is out: the client takes one message at a time. */
    private CompletableFuture<WebSocket> last;

    private JsonSocket(Owner owner, CompletableFuture<WebSocket> opened) {
        this.owner = owner;
        last = opened;
    }

    /**
     * Connects.
     *
     * @param protocol of RFC 6455 1.9; empty for none
     */
    static JsonSocket open(HttpClient http, URI address, String protocol, Owner owner) {
        CompletableFuture<WebSocket> opened = new CompletableFuture<>();
        JsonSocket socket = new JsonSocket(owner, opened);
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(CONNECT_TIMEOUT);
        if (!protocol.isEmpty()) {
            builder.subprotocols(protocol);
        }
        CompletableFuture<WebSocket> _ =
                builder.buildAsync(address, socket)
                        .whenComplete((connected, failure) -> {
                            if (failure != null) {
                                Throwable cause = failure.getCause();
                                owner.onEnd(cause == null ? failure : cause);
                            } else {
                                opened.complete(connected);
                            }
                        });
        return socket;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    synchronized void send(JsonNode message) {
        last = last.thenCompose(socket -> socket.sendText(message.toString(), true));
    }

    synchronized void close() {
        last = last.thenCompose(socket -> socket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean whole) {
        text.append(part);
        if (whole) {
            String message = text.toString();
            text.setLength(0);
            try {
                owner.onMessage(JSON.readTree(message));
            } catch (JsonProcessingException | RuntimeException e) {
                owner.onEnd(e);
            }
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket closed, int code, String reason) {
        owner.onEnd(new IllegalStateException("the server closed the WebSocket: " + reason));
        return null;
    }

    @Override
    public void onError(WebSocket failed, Throwable error) {
        owner.onEnd(error);
    }
}
