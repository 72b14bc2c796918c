package io.sluice.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.api.AccessTokens;
import io.sluice.api.ApiKeys;
import io.sluice.api.Grants;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Sluice's plain protocol (docs/plain-protocol.md), with tokens under the key of development mode. */
public final class PlainSignaling implements Signaling {
    private static final Duration TOKEN_VALIDITY = Duration.ofHours(6);

    private final URI server;
    private final WebClients web = new WebClients();
    private final AccessTokens tokens = new AccessTokens(ApiKeys.DEV, Clock.systemUTC());
    private final String apiKey = ApiKeys.DEV.names().getFirst();
    private final Queue<Session> sessions = new ConcurrentLinkedQueue<>();

    /**
     * @param server as {@code http://127.0.0.1:7880}
     */
    public PlainSignaling(URI server) {
        this.server = server;
    }

    /** One carries all that a participant sends and receives. */
    @Override
    public int transports(boolean publishes) {
        return 1;
    }

    @Override
    public Membership join(String room, String identity, List<LoadClient> transports) {
        String path = "/api/v1/rooms/" + URLEncoder.encode(room, StandardCharsets.UTF_8) + "/ws";
        URI address =
                URI.create("ws://%s:%d%s".formatted(server.getHost(), server.getPort(), path));
        String token = tokens.issue(apiKey, Grants.join(room, identity, null), TOKEN_VALIDITY);
        Session session = new Session(transports.getFirst(), web.next(), address);
        session.socket.send(JsonSocket.object().put("type", "join").put("token", token));
        sessions.add(session);
        return session;
    }

    @Override
    public void close() {
        sessions.forEach(Session::leave);
        web.close();
    }

    /** One participant's WebSocket; its callbacks come one at a time. */
    private static final class Session implements JsonSocket.Owner, Membership {
        private final LoadClient client;
        private final OfferText offer;
        private final CompletableFuture<Void> started = new CompletableFuture<>();
        private final Queue<String> videoTracks = new ConcurrentLinkedQueue<>();
        private final JsonSocket socket;

        private Session(LoadClient client, HttpClient http, URI address) {
            this.client = client;
            offer = new OfferText(client);
            socket = JsonSocket.open(http, address, "", this);
        }

        @Override
        public void onMessage(JsonNode message) {
            switch (message.path("type").asText()) {
                case "joined" -> {
                    int video = 0;
                    for (JsonNode track : message.path("tracks")) {
                        video += hear(track) ? 1 : 0;
                    }
                    if (!client.hasData()) {
                        offer.receive(message.path("tracks").size() - video, video);
                    }
                    offer();
                }
                case "track-published" -> hear(message);
                case "renegotiate" -> {
                    if (!client.hasData()) {
                        offer.receive(message.path("audio").asInt(), message.path("video").asInt());
                        offer();
                    }
                }
                case "answer" -> {
                    RemoteSide answered = RemoteText.read(message.path("sdp").asText());
                    if (started.isDone()) {
                        client.watch(answered);
                    } else {
                        client.start(answered);
                        started.complete(null);
                    }
                }
                case "error" -> onEnd(new IllegalStateException(message.path("message").asText()));
                default -> {}
            }
        }

        /** Whether a track of somebody else's is video. */
        private boolean hear(JsonNode track) {
            boolean video = track.path("kind").asText().equals("video");
            if (video) {
                videoTracks.add(track.path("track").asText());
            }
            return video;
        }

        @Override
        public void wish(int maxHeight) {
            for (String track : videoTracks) {
                socket.send(
                        JsonSocket.object()
                                .put("type", "wish")
                                .put("track", track)
                                .put("maxHeight", maxHeight));
            }
        }

        private void offer() {
            socket.send(JsonSocket.object().put("type", "offer").put("sdp", offer.write()));
        }

        @Override
        public void onEnd(Throwable reason) {
            started.completeExceptionally(reason);
        }

        @Override
        public CompletableFuture<Void> started() {
            return started;
        }

        @Override
        public void leave() {
            socket.send(JsonSocket.object().put("type", "leave"));
        }
    }
}
