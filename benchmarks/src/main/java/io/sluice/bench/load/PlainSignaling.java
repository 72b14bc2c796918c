package io.sluice.bench.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.api.AccessTokens;
import io.sluice.api.ApiKeys;
import io.sluice.api.Grants;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Sluice's plain protocol (docs/plain-protocol.md), with tokens under the key of development mode. */
public final class PlainSignaling implements Signaling {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TOKEN_VALIDITY = Duration.ofHours(6);

    private final URI server;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final AccessTokens tokens = new AccessTokens(ApiKeys.DEV, Clock.systemUTC());
    private final String apiKey = ApiKeys.DEV.names().getFirst();
    private final Queue<Session> sessions = new ConcurrentLinkedQueue<>();

    /**
     * @param server as {@code http://127.0.0.1:7880}
     */
    public PlainSignaling(URI server) {
        this.server = server;
    }

    @Override
    public CompletableFuture<Void> join(String room, String identity, LoadClient client) {
        String path = "/api/v1/rooms/" + URLEncoder.encode(room, StandardCharsets.UTF_8) + "/ws";
        URI address =
                URI.create("ws://%s:%d%s".formatted(server.getHost(), server.getPort(), path));
        String token = tokens.issue(apiKey, Grants.join(room, identity, null), TOKEN_VALIDITY);
        Session session = new Session(client, token);
        sessions.add(session);
        return http.newWebSocketBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .buildAsync(address, session)
                .thenCompose(_ -> session.started);
    }

    @Override
    public void close() {
        sessions.forEach(Session::leave);
        http.close();
    }

    /** One WebSocket; its callbacks come one at a time. */
    private static final class Session implements WebSocket.Listener {
        private final LoadClient client;
        private final String token;
        private final OfferText offer;
        private final StringBuilder text = new StringBuilder();
        private final CompletableFuture<Void> started = new CompletableFuture<>();
        private volatile @Nullable WebSocket socket;

        private Session(LoadClient client, String token) {
            this.client = client;
            this.token = token;
            offer = new OfferText(client);
        }

        @Override
        public void onOpen(WebSocket opened) {
            socket = opened;
            send(opened, JSON.createObjectNode().put("type", "join").put("token", token));
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                String whole = text.toString();
                text.setLength(0);
                try {
                    receive(from, JSON.readTree(whole));
                } catch (JsonProcessingException | RuntimeException e) {
                    started.completeExceptionally(e);
                }
            }
            from.request(1);
            return null;
        }

        private void receive(WebSocket from, JsonNode message) {
            switch (message.path("type").asText()) {
                case "joined" -> {
                    int video = 0;
                    for (JsonNode track : message.path("tracks")) {
                        video += track.path("kind").asText().equals("video") ? 1 : 0;
                    }
                    offer.receive(message.path("tracks").size() - video, video);
                    offer(from);
                }
                case "renegotiate" -> {
                    offer.receive(message.path("audio").asInt(), message.path("video").asInt());
                    offer(from);
                }
                case "answer" -> {
                    RemoteSide answered = AnswerText.read(message.path("sdp").asText());
                    if (started.isDone()) {
                        client.watch(answered);
                    } else {
                        client.start(answered);
                        started.complete(null);
                    }
                }
                case "error" ->
                        started.completeExceptionally(
                                new IllegalStateException(message.path("message").asText()));
                default -> {}
            }
        }

        private void offer(WebSocket to) {
            send(to, JSON.createObjectNode().put("type", "offer").put("sdp", offer.write()));
        }

        private static void send(WebSocket to, JsonNode message) {
            CompletableFuture<WebSocket> _ = to.sendText(message.toString(), true);
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket closed, int code, String reason) {
            started.completeExceptionally(
                    new IllegalStateException("the server closed the WebSocket: " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket failed, Throwable error) {
            started.completeExceptionally(error);
        }

        private void leave() {
            WebSocket open = socket;
            if (open != null) {
                send(open, JSON.createObjectNode().put("type", "leave"));
            }
        }
    }
}
