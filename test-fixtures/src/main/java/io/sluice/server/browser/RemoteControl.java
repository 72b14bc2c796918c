package io.sluice.server.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The WebSocket over which a browser takes commands and reports events.
 *
 * <p>The DevTools protocol and WebDriver BiDi agree on the envelope: a command has an {@code id}, {@code method} and
 * {@code params}, its reply the same {@code id}, and an event none. Any thread may send. Events are handed over on the
 * thread that reads the socket, which therefore must not wait for a reply.
 */
final class RemoteControl implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();

    /** The largest message expected is a screenshot in Base64. */
    private static final int MESSAGE_CHARS_MAX = 64 * 1024 * 1024;

    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(10);

    /** A command without its reply so far; the scope is the page that it was sent to, if any. */
    private record Pending(@Nullable String scope, CompletableFuture<JsonNode> reply) {}

    private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicInteger lastId = new AtomicInteger();
    private final ReentrantLock sending = new ReentrantLock();
    private final HttpClient client;
    private final WebSocket socket;
    private volatile @Nullable String closedReason;

    RemoteControl(URI address, Consumer<JsonNode> events, Duration timeout) {
        client =
                HttpClient.newBuilder()
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .connectTimeout(timeout)
                        .build();
        socket =
                await(
                        client.newWebSocketBuilder().buildAsync(address, new Reader(events)),
                        timeout,
                        "connecting to " + address);
    }

    /** Sends a command to the browser as a whole, or in BiDi to whatever the parameters name. */
    JsonNode call(String method, ObjectNode params, Duration timeout) {
        return call(command(method, params), null, timeout);
    }

    /**
     * Sends a command and waits for its reply.
     *
     * @param scope of {@link #failAll}
     * @return the {@code result}
     */
    JsonNode call(ObjectNode command, @Nullable String scope, Duration timeout) {
        String method = command.path("method").asText();
        int id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> reply = new CompletableFuture<>();
        pending.put(id, new Pending(scope, reply));
        try {
            send(command.put("id", id));
            JsonNode message = await(reply, timeout, method);
            if (message.has("error")) {
                throw new BrowserException(method + ": " + errorText(message));
            }
            return message.path("result");
        } finally {
            pending.remove(id);
        }
    }

    /** Sends a command whose reply nobody waits for; fit for the thread that reads. */
    void post(ObjectNode command) {
        send(command.put("id", lastId.incrementAndGet()));
    }

    /** Fails the commands that a page will not answer any more. */
    void failAll(String scope, String reason) {
        for (Pending command : pending.values()) {
            if (scope.equals(command.scope())) {
                command.reply().completeExceptionally(new BrowserException(reason));
            }
        }
    }

    @Override
    public void close() {
        fail("the connection to the browser is closed");
        socket.abort();
        client.shutdownNow();
    }

    static ObjectNode command(String method, ObjectNode params) {
        ObjectNode command = JSON.createObjectNode().put("method", method);
        command.set("params", params);
        return command;
    }

    static ObjectNode params() {
        return JSON.createObjectNode();
    }

    static String quoted(String text) {
        return JSON.getNodeFactory().textNode(text).toString();
    }

    /** Waits for a future; what it fails with becomes a {@link BrowserException} of the waiting thread. */
    static <T> T await(CompletableFuture<T> future, Duration timeout, String what) {
        try {
            return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new BrowserException(what + " took longer than " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new BrowserException(what + ": " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrowserException(what + " was interrupted", e);
        }
    }

    private void send(ObjectNode command) {
        String reason = closedReason;
        if (reason != null) {
            throw new BrowserException(reason);
        }
        // A WebSocket refuses a message while the one before is on its way.
        sending.lock();
        try {
            var _ =
                    await(
                            socket.sendText(command.toString(), true),
                            SEND_TIMEOUT,
                            "sending " + command.path("method").asText());
        } finally {
            sending.unlock();
        }
    }

    private void fail(String reason) {
        if (closedReason == null) {
            closedReason = reason;
        }
        for (Pending command : pending.values()) {
            command.reply().completeExceptionally(new BrowserException(reason));
        }
    }

    /** DevTools gives the error an object, BiDi a code with the message beside it. */
    private static String errorText(JsonNode message) {
        JsonNode error = message.path("error");
        return error.isObject()
                ? error.path("message").asText() + " " + error.path("data").asText()
                : error.asText() + ": " + message.path("message").asText();
    }

    private final class Reader implements WebSocket.Listener {

        private final Consumer<JsonNode> events;
        private final StringBuilder partial = new StringBuilder();

        Reader(Consumer<JsonNode> events) {
            this.events = events;
        }

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket webSocket, CharSequence data, boolean last) {
            partial.append(data);
            if (partial.length() > MESSAGE_CHARS_MAX) {
                fail("the browser sent a message of more than " + MESSAGE_CHARS_MAX + " chars");
                webSocket.abort();
                return null;
            }
            if (last) {
                String text = partial.toString();
                partial.setLength(0);
                onMessage(text);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(
                WebSocket webSocket, int statusCode, String reason) {
            fail("the browser closed the connection: " + statusCode + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            fail("the connection to the browser failed: " + error);
        }

        private void onMessage(String text) {
            JsonNode message;
            try {
                message = JSON.readTree(text);
            } catch (JsonProcessingException e) {
                fail("the browser sent what is not JSON: " + e.getMessage());
                return;
            }
            if (!message.has("id")) {
                events.accept(message);
                return;
            }
            Pending command = pending.get(message.path("id").asInt());
            // None: it was posted, or its time was over.
            if (command != null) {
                command.reply().complete(message);
            }
        }
    }
}
