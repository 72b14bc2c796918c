package io.sluice.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The VideoRoom of Janus 1.x over its WebSocket API, with rooms that have names ({@code string_ids}).
 *
 * <p>What a participant publishes and all that it watches are two transports there, of two handles of
 * one session. The server offers what is watched.
 */
public final class JanusSignaling implements Signaling {
    private static final Logger LOG = LoggerFactory.getLogger(JanusSignaling.class);
    private static final String PLUGIN = "janus.plugin.videoroom";
    private static final int ROOM_EXISTS = 427;
    private static final int MAX_PUBLISHERS = 1_000;

    private final URI server;
    private final WebClients web = new WebClients();
    private final Queue<Session> sessions = new ConcurrentLinkedQueue<>();

    /**
     * @param server as {@code ws://127.0.0.1:8188}
     */
    public JanusSignaling(URI server) {
        this.server = server;
    }

    @Override
    public int transports(boolean publishes) {
        return publishes ? 2 : 1;
    }

    @Override
    public Membership join(String room, String identity, List<LoadClient> transports) {
        Session session = new Session(web.next(), server, room, identity, transports.getLast());
        sessions.add(session);
        session.start(transports.size() == 2 ? transports.getFirst() : null);
        return session;
    }

    @Override
    public void close() {
        sessions.forEach(Session::leave);
        web.close();
    }

    /** One participant's session; what the server says comes one message at a time. */
    private static final class Session implements JsonSocket.Owner, Membership {
        private final String room;
        private final String identity;
        private final LoadClient watcher;
        private final JsonSocket socket;
        private final AtomicLong transactions = new AtomicLong();
        private final Map<String, CompletableFuture<JsonNode>> requests = new ConcurrentHashMap<>();

        private final CompletableFuture<Void> started = new CompletableFuture<>();

        /** Done with the first offer of the server. */
        private final CompletableFuture<Void> watching = new CompletableFuture<>();

        /** The subscription in the making: there may be one at a time. */
        private CompletableFuture<?> subscribed = CompletableFuture.completedFuture(null);

        private volatile long id;
        private volatile long publisher;
        private volatile @Nullable Long subscriber;

        private Session(
                HttpClient http, URI server, String room, String identity, LoadClient watcher) {
            this.room = room;
            this.identity = identity;
            this.watcher = watcher;
            socket = JsonSocket.open(http, server, "janus-protocol", this);
        }

        /** Comes into the room, which is made if need be, and watches those who are there. */
        private void start(@Nullable LoadClient publishing) {
            CompletableFuture<Void> _ =
                    request(message("create"))
                            .thenAccept(created -> id = created.path("data").path("id").asLong())
                            .thenCompose(_ -> attach())
                            .thenAccept(handle -> publisher = handle)
                            .thenCompose(_ -> ask(publisher, createRoom(), null))
                            .thenCompose(_ -> ask(publisher, joinRoom(), null))
                            .thenAccept(joined -> watch(publishers(joined)))
                            .thenCompose(_ -> publishing == null ? watching : publish(publishing))
                            .whenComplete((_, failure) -> settle(failure));
        }

        private void settle(@Nullable Throwable failure) {
            if (failure == null) {
                started.complete(null);
            } else {
                started.completeExceptionally(failure);
            }
        }

        private CompletableFuture<Void> publish(LoadClient client) {
            ObjectNode body = JsonSocket.object().put("request", "publish");
            return ask(publisher, body, jsep("offer", new OfferText(client).write()))
                    .thenAccept(answered -> client.start(RemoteText.read(sdp(answered))));
        }

        @Override
        public CompletableFuture<Void> started() {
            return started;
        }

        @Override
        public void leave() {
            socket.close();
        }

        private ObjectNode createRoom() {
            return JsonSocket.object()
                    .put("request", "create")
                    .put("room", room)
                    .put("publishers", MAX_PUBLISHERS)
                    .put("audiocodec", "opus")
                    .put("videocodec", "vp8")
                    .put("bitrate", 0);
        }

        private ObjectNode joinRoom() {
            return JsonSocket.object()
                    .put("request", "join")
                    .put("ptype", "publisher")
                    .put("room", room)
                    .put("display", identity);
        }

        private static ArrayNode publishers(JsonNode message) {
            ArrayNode streams = JsonSocket.object().arrayNode();
            for (JsonNode publisher : data(message).path("publishers")) {
                streams.addObject().set("feed", publisher.path("id"));
            }
            return streams;
        }

        private synchronized void watch(ArrayNode streams) {
            if (streams.isEmpty()) {
                return;
            }
            subscribed =
                    subscribed
                            .thenCompose(_ -> subscribe(streams))
                            .whenComplete((_, failure) -> {
                                if (failure != null) {
                                    onEnd(failure);
                                }
                            });
        }

        private CompletableFuture<JsonNode> subscribe(ArrayNode streams) {
            ObjectNode body = JsonSocket.object();
            body.set("streams", streams);
            Long handle = subscriber;
            if (handle != null) {
                return ask(handle, body.put("request", "subscribe"), null)
                        .thenCompose(offer -> answer(handle, offer));
            }
            body.put("request", "join").put("ptype", "subscriber").put("room", room);
            return attach().thenCompose(attached -> {
                subscriber = attached;
                return ask(attached, body, null).thenCompose(offer -> answer(attached, offer));
            });
        }

        private CompletableFuture<JsonNode> answer(long handle, JsonNode offer) {
            RemoteSide side = RemoteText.read(sdp(offer));
            if (watching.isDone()) {
                watcher.watch(side);
            } else {
                watcher.start(side);
            }
            ObjectNode body = JsonSocket.object().put("request", "start");
            String answer = WatchingAnswer.write(sdp(offer), watcher);
            return ask(handle, body, jsep("answer", answer))
                    .whenComplete((_, _) -> watching.complete(null));
        }

        private CompletableFuture<Long> attach() {
            return request(message("attach").put("session_id", id).put("plugin", PLUGIN))
                    .thenApply(attached -> attached.path("data").path("id").asLong());
        }

        private CompletableFuture<JsonNode> ask(
                long handle, ObjectNode body, @Nullable ObjectNode jsep) {
            ObjectNode message = message("message").put("session_id", id).put("handle_id", handle);
            message.set("body", body);
            if (jsep != null) {
                message.set("jsep", jsep);
            }
            return request(message);
        }

        private static ObjectNode message(String kind) {
            return JsonSocket.object().put("janus", kind);
        }

        private static ObjectNode jsep(String type, String sdp) {
            return JsonSocket.object().put("type", type).put("sdp", sdp);
        }

        private static String sdp(JsonNode message) {
            return message.path("jsep").path("sdp").asText();
        }

        private static JsonNode data(JsonNode message) {
            return message.path("plugindata").path("data");
        }

        private CompletableFuture<JsonNode> request(ObjectNode message) {
            String transaction = Long.toString(transactions.incrementAndGet());
            CompletableFuture<JsonNode> answered = new CompletableFuture<>();
            requests.put(transaction, answered);
            socket.send(message.put("transaction", transaction));
            return answered;
        }

        @Override
        public void onMessage(JsonNode message) {
            // Plugins are asked in two steps: heard, and answered.
            if (message.path("janus").asText().equals("ack")) {
                return;
            }
            CompletableFuture<JsonNode> asked =
                    requests.remove(message.path("transaction").asText());
            if (asked == null) {
                watch(publishers(message));
            } else if (failed(message)) {
                asked.completeExceptionally(new IllegalStateException(message.toString()));
            } else {
                asked.complete(message);
            }
        }

        private static boolean failed(JsonNode message) {
            int error = data(message).path("error_code").asInt();
            return message.path("janus").asText().equals("error")
                    || (error != 0 && error != ROOM_EXISTS);
        }

        @Override
        public void onEnd(Throwable reason) {
            LOG.debug("a session of Janus broke", reason);
            watching.completeExceptionally(reason);
            requests.values().forEach(asked -> asked.completeExceptionally(reason));
        }
    }
}
