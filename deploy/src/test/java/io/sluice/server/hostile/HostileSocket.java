package io.sluice.server.hostile;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A WebSocket whose messages are a test's; owned by the test's thread. */
public final class HostileSocket implements WebSocket.Listener {
    private static final int PATIENCE_SECONDS = 15;

    private final WebSocket socket;
    private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();

    public HostileSocket(HttpClient http, URI address) {
        socket = http.newWebSocketBuilder().buildAsync(address, this).join();
    }

    /** Sends, if the server still listens. */
    public void send(String text) {
        try {
            socket.sendText(text, true).join();
        } catch (CompletionException ended) {
            socket.abort();
        }
    }

    /** Sends a message of one field. */
    public void send(String type, String field, String value) {
        send(JsonNodeFactory.instance.objectNode().put("type", type).put(field, value).toString());
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        received.add(data.toString());
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

    public int closeCode() {
        return closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Waits for a message with these words; those before it are forgotten. */
    public void awaitText(String words) {
        String unused = awaitAny(words);
    }

    /** Waits for a message with one of these words, and returns which. */
    public String awaitAny(String... words) {
        return await(String.join(" or ", words))
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .until(
                        () -> {
                            String text = String.valueOf(received.poll());
                            return Stream.of(words).filter(text::contains).findFirst().orElse("");
                        },
                        found -> !found.isEmpty());
    }
}
