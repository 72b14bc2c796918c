package io.sluice.server.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The WebSocket of a client: JSON messages in order, each way.
 *
 * <p>Owned by the client's loop; the HTTP client's threads only hop there.
 */
final class PlainConnection implements WebSocket.Listener, Signaling {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** Begins its thread only where there are clients. */
    static final class Http {
        static final HttpClient CLIENT =
                HttpClient.newBuilder()
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .connectTimeout(TIMEOUT)
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
    }

    /** Hears of the connection, on the loop. */
    interface Listener {
        void onOpen();

        void onMessage(JsonNode message);

        /** Also when it could not be opened. */
        void onClosed(String reason);
    }

    private final ClientLoop loop;
    private final Listener listener;
    private final StringBuilder text = new StringBuilder();
    private CompletableFuture<WebSocket> last = new CompletableFuture<>();

    private PlainConnection(ClientLoop loop, Listener listener) {
        this.loop = loop;
        this.listener = listener;
    }

    /** Opens a WebSocket to a room, with a token that dev mode gives if there is none. */
    static PlainConnection open(ClientLoop loop, ClientOptions options, Listener listener) {
        PlainConnection connection = new PlainConnection(loop, listener);
        String given = options.token();
        CompletableFuture<String> token =
                given != null ? CompletableFuture.completedFuture(given) : devToken(options);
        connection.last =
                token.thenCompose(value ->
                        Http.CLIENT
                                .newWebSocketBuilder()
                                .connectTimeout(TIMEOUT)
                                .buildAsync(address(options, value), connection));
        CompletableFuture<WebSocket> unused =
                connection.last.whenComplete((_, failure) -> {
                    if (failure != null) {
                        loop.execute(() -> listener.onClosed(String.valueOf(failure)));
                    }
                });
        return connection;
    }

    private static URI address(ClientOptions options, String token) {
        URI server = options.server();
        return URI.create(
                "ws://%s/api/v1/rooms/%s/ws?access_token=%s"
                        .formatted(server.getAuthority(), encoded(options.room()), encoded(token)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static CompletableFuture<String> devToken(ClientOptions options) {
        ObjectNode body =
                JSON.createObjectNode()
                        .put("room", options.room())
                        .put("identity", options.identity())
                        .put("name", options.identity());
        HttpRequest request =
                HttpRequest.newBuilder(options.server().resolve("/api/v1/dev/token"))
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                        .build();
        return Http.CLIENT
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> {
                    if (response.statusCode() / 100 != 2) {
                        throw new IllegalStateException(
                                "token: " + response.statusCode() + " " + response.body());
                    }
                    return parse(response.body()).path("token").asText();
                });
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    @Override
    public void send(ObjectNode message) {
        String json = message.toString();
        // One at a time, as WebSocket asks; what fails shows as a close.
        last = last.thenCompose(socket -> socket.sendText(json, true));
    }

    /** Says goodbye after what was sent before. */
    void close() {
        last = last.thenCompose(socket -> socket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
    }

    @Override
    public void abort() {
        CompletableFuture<Void> unused = last.thenAccept(WebSocket::abort);
    }

    @Override
    public void onOpen(WebSocket socket) {
        loop.execute(listener::onOpen);
        socket.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean whole) {
        text.append(data);
        if (whole) {
            String json = text.toString();
            text.setLength(0);
            loop.execute(() -> listener.onMessage(parse(json)));
        }
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        loop.execute(() -> listener.onClosed(code + " " + reason));
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        loop.execute(() -> listener.onClosed(String.valueOf(error)));
    }
}
