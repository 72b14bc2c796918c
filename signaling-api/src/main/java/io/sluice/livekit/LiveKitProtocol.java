package io.sluice.livekit;

import io.sluice.api.AccessTokens;
import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.ApiConfig;
import io.sluice.api.Grants;
import io.sluice.api.IceServer;
import io.sluice.api.Problem;
import io.sluice.api.RoomDirectory;
import io.sluice.api.RoomNames;
import io.sluice.api.SignalingProtocol;
import io.sluice.api.SocketGate;
import io.sluice.api.TokenException;
import io.sluice.livekit.LiveKitCounters.Refusal;
import io.sluice.room.CommandSink;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomException;
import io.sluice.room.RoomInfo;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ServerInfo;
import livekit.LivekitRtc.ICEServer;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalRequest;
import org.jspecify.annotations.Nullable;

/**
 * What LiveKit's clients speak: protobuf over a WebSocket, at {@code /rtc/v1} by those with one connection and at
 * {@code /rtc} by those with two. Shared by all event loops of the web server: what it holds is safe for that.
 */
public final class LiveKitProtocol implements SignalingProtocol, RoomServiceApi.Clients {
    /** The newest protocol that is understood; clients look at the version to know what a server can. */
    static final ServerInfo SERVER =
            ServerInfo.newBuilder()
                    .setEdition(ServerInfo.Edition.Standard)
                    .setVersion("1.9.0")
                    .setProtocol(16)
                    .setNodeId("ND_sluice")
                    .build();

    private static final String JOIN = "/rtc/v1";
    private static final String JOIN_WITH_TWO = "/rtc";
    private static final String VALIDATE = "/rtc/v1/validate";
    private static final String VALIDATE_WITH_TWO = "/rtc/validate";
    private static final String JOIN_REQUEST = "join_request";
    private static final String WEBSOCKET = "websocket";
    private static final String BEARER = "Bearer ";

    private final ApiConfig apiConfig;
    private final LiveKitConfig config;
    private final SocketGate gate;
    private final AccessTokens tokens;
    private final RoomDirectory rooms;
    private final List<IceServer> iceServers;
    private final SecureRandom random;
    private final JoinRequestReader reader;
    private final DataTracks dataTracks;
    private final LiveKitDialect dialect;
    private final LiveKitCounters counters = new LiveKitCounters();

    /** By participant id. */
    private final Map<String, LiveKitSession> sessions = new ConcurrentHashMap<>();

    public LiveKitProtocol(
            ApiConfig apiConfig,
            LiveKitConfig config,
            SocketGate gate,
            AccessTokens tokens,
            RoomDirectory rooms,
            List<IceServer> iceServers,
            SecureRandom random) {
        this.apiConfig = apiConfig;
        this.config = config;
        this.gate = gate;
        this.tokens = tokens;
        this.rooms = rooms;
        this.iceServers = List.copyOf(iceServers);
        this.random = random;
        dataTracks = new DataTracks(random);
        dialect = new LiveKitDialect(this::answered, dataTracks);
        reader = new JoinRequestReader(config.maxJoinRequestBytes());
    }

    public LiveKitCounters counters() {
        return counters;
    }

    @Override
    public void mount(Router router) {
        router.get(JOIN).handler(this::onJoin);
        router.get(JOIN_WITH_TWO).handler(this::onJoin);
        router.get(VALIDATE).handler(this::onValidate);
        router.get(VALIDATE_WITH_TWO).handler(this::onValidate);
    }

    /** A request that may come in. */
    private record Visitor(
            String room, String token, Bearer bearer, JoinRequest wish, ConnectionMode mode) {}

    /** Why a request may not; read by programmers and, as text, by some clients. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String text;

        private Refused(int status, String text) {
            super(text);
            this.status = status;
            this.text = text;
        }
    }

    /**
     * Any page may ask: a token says who somebody is, and no browser adds one by itself. Clients read the
     * error too.
     */
    private static HttpServerResponse answer(RoutingContext routing, int status) {
        return routing.response()
                .setStatusCode(status)
                .putHeader("access-control-allow-origin", "*")
                .putHeader("content-type", "text/plain; charset=utf-8")
                .putHeader("cache-control", "no-store");
    }

    private static void refuse(RoutingContext routing, Refused refused) {
        HttpServerResponse answer = answer(routing, refused.status);
        if (refused.status == 503) {
            answer.putHeader("retry-after", "5");
        }
        answer.end(refused.text).onFailure(_ -> {});
    }

    private void onValidate(RoutingContext routing) {
        try {
            Visitor visitor = check(routing.request());
            whenRoomIsKnown(
                    routing,
                    visitor,
                    () -> answer(routing, 200).end("success").onFailure(_ -> {}),
                    full -> refuse(routing, full));
        } catch (Refused refused) {
            refuse(routing, refused);
        }
    }

    private void onJoin(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        try {
            if (!WEBSOCKET.equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))
                    || request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                    || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
                throw new Refused(404, "this is a WebSocket's address");
            }
            Visitor visitor = check(request);
            Problem full = gate.enter();
            if (full != null) {
                counters.count(Refusal.SERVER_FULL);
                throw new Refused(full.status(), full.detail());
            }
            // What becomes a WebSocket must not be read to its end before.
            request.pause();
            whenRoomIsKnown(
                    routing,
                    visitor,
                    () -> upgrade(routing, visitor),
                    noRoom -> {
                        gate.leave();
                        request.resume();
                        refuse(routing, noRoom);
                    });
        } catch (Refused refused) {
            refuse(routing, refused);
        }
    }

    /**
     * Goes on where the room takes one more, as far as it can be known: where it does not in the end, the client is
     * told by a leave.
     */
    private void whenRoomIsKnown(
            RoutingContext routing, Visitor visitor, Runnable then, Consumer<Refused> otherwise) {
        Context context = routing.vertx().getOrCreateContext();
        Future.fromCompletionStage(isFull(visitor), context)
                .onComplete(asked -> {
                    if (asked.succeeded() && asked.result()) {
                        counters.count(Refusal.SERVER_FULL);
                        otherwise.accept(new Refused(503, "the room is full"));
                    } else {
                        then.run();
                    }
                });
    }

    private CompletionStage<Boolean> isFull(Visitor visitor) {
        // Who comes back is in the room.
        Optional<CommandSink> room =
                visitor.wish().getReconnect()
                        ? Optional.empty()
                        : knownRoom(visitor.room(), visitor.bearer());
        if (room.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        CompletableFuture<RoomInfo> described = new CompletableFuture<>();
        room.get().submit(new RoomCommand.Describe(described));
        String identity = visitor.bearer().grants().identity();
        return described
                .orTimeout(config.replyTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(now -> isFull(now, identity));
    }

    private static boolean isFull(RoomInfo room, String identity) {
        return room.participants().size() >= room.settings().maxParticipants()
                && room.participants().stream().noneMatch(one -> one.identity().equals(identity));
    }

    /** A room that is there already. */
    private Optional<CommandSink> knownRoom(String name, Bearer bearer) {
        try {
            return rooms.find(name, bearer.apiKey(), false);
        } catch (RoomException _) {
            // It cannot be made now; who joins it hears why.
            return Optional.empty();
        }
    }

    private Visitor check(HttpServerRequest request) throws Refused {
        Optional<Problem> hasty = gate.checkRate(request, System.nanoTime());
        if (hasty.isPresent()) {
            throw new Refused(hasty.get().status(), hasty.get().detail());
        }
        String token = token(request);
        Bearer bearer = bearer(token);
        String room = bearer.grants().room();
        if (room == null || RoomNames.problem(room).isPresent()) {
            throw new Refused(400, "the token names no room that can be");
        }
        ConnectionMode mode = mode(request);
        JoinRequest wish;
        try {
            wish =
                    switch (mode) {
                        case ONE -> joinRequest(request.getParam(JOIN_REQUEST));
                        case TWO -> JoinQuery.read(request.params());
                    };
        } catch (BadJoinRequest malformed) {
            counters.count(Refusal.BAD_JOIN_REQUEST);
            throw new Refused(400, malformed.text());
        }
        Optional<Problem> shut = gate.checkDoor(room, bearer.apiKey(), wish.getReconnect());
        if (shut.isPresent()) {
            throw new Refused(shut.get().status(), shut.get().detail());
        }
        if (!apiConfig.access().autoCreate()
                && rooms.find(room, bearer.apiKey(), false).isEmpty()) {
            throw new Refused(404, "requested room does not exist");
        }
        return new Visitor(room, token, bearer, wish, mode);
    }

    /** Some clients always come by the older address, and say by their parameters which they mean. */
    private static ConnectionMode mode(HttpServerRequest request) {
        String path = request.path();
        boolean newer = path != null && path.startsWith(JOIN);
        return newer || request.getParam(JOIN_REQUEST) != null
                ? ConnectionMode.ONE
                : ConnectionMode.TWO;
    }

    private JoinRequest joinRequest(@Nullable String parameter) throws BadJoinRequest {
        if (parameter == null) {
            throw new BadJoinRequest("join_request is missing");
        }
        return reader.read(parameter);
    }

    private static String token(HttpServerRequest request) throws Refused {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        String token =
                header != null && header.startsWith(BEARER)
                        ? header.substring(BEARER.length())
                        : request.getParam("access_token");
        if (token == null) {
            throw new Refused(401, "no token");
        }
        return token;
    }

    private Bearer bearer(String token) throws Refused {
        try {
            return gate.admit(token);
        } catch (TokenException invalid) {
            throw new Refused(401, invalid.text());
        }
    }

    private void upgrade(RoutingContext routing, Visitor visitor) {
        Vertx vertx = routing.vertx();
        Context context = vertx.getOrCreateContext();
        routing.request()
                .toWebSocket()
                .onSuccess(_ -> open(routing.request().connection(), vertx, context, visitor))
                .onFailure(_ -> {
                    gate.leave();
                    refuse(routing, new Refused(400, "this is no WebSocket handshake"));
                });
    }

    private void open(HttpConnection connection, Vertx vertx, Context context, Visitor visitor) {
        Entrance entrance = new Entrance();
        LiveKitSocket socket =
                new LiveKitSocket(
                        connection, vertx, context, apiConfig.socketLimits(), counters, entrance);
        socket.start();
        entrance.enter(socket, vertx, context, visitor);
    }

    /** Stands between a socket and its session; owned by the socket's context. */
    private final class Entrance implements LiveKitSocket.Listener {
        private @Nullable LiveKitSession session;

        void enter(LiveKitSocket socket, Vertx vertx, Context context, Visitor visitor) {
            JoinRequest wish = visitor.wish();
            if (wish.getReconnect()) {
                LiveKitSession known = sessions.get(wish.getParticipantSid());
                String identity = visitor.bearer().grants().identity();
                if (known == null || !known.isOf(visitor.room(), identity, visitor.mode())) {
                    counters.count(Refusal.STATE_MISMATCH);
                    socket.leave(DisconnectReason.STATE_MISMATCH, LeaveRequest.Action.RECONNECT);
                    return;
                }
                session = known;
                known.resume(socket);
                return;
            }
            // A session may wait for its client without a socket, hence its own count.
            if (sessions.size() >= apiConfig.maxSockets()) {
                counters.count(Refusal.SERVER_FULL);
                socket.leave(DisconnectReason.JOIN_FAILURE, LeaveRequest.Action.DISCONNECT);
                return;
            }
            LiveKitSession created =
                    new LiveKitSession(
                            LiveKitProtocol.this,
                            vertx,
                            context,
                            visitor.room(),
                            visitor.token(),
                            visitor.bearer(),
                            wish,
                            visitor.mode());
            session = created;
            created.join(socket);
        }

        @Override
        public void onRequest(LiveKitSocket from, SignalRequest request) {
            if (session != null) {
                session.receive(from, request);
            }
        }

        @Override
        public void onClosed(LiveKitSocket from) {
            // Whatever is asked of the session once a socket less is counted comes behind this
            // news.
            if (session != null) {
                session.socketClosed(from);
            }
            gate.leave();
        }
    }

    /**
     * The room, made if that is allowed.
     *
     * @throws RoomException if it cannot be made
     */
    Optional<CommandSink> findRoom(String name, String apiKey) {
        return rooms.find(name, apiKey, apiConfig.access().autoCreate());
    }

    /**
     * A token for a room that is good for a while, and allows and says what is true of its bearer now; beyond that
     * it grants what the first one did.
     */
    String refreshedToken(Bearer bearer, String room, ParticipantInfo now) {
        Grants grants = bearer.grants().withRoom(room).withPermissions(now.permissions());
        String token =
                issue(bearer, grants.withWords(now.name(), now.metadata(), now.attributes()));
        // What is said may take more than a token holds; what is allowed never does.
        return token.length() <= AccessTokens.MAX_TOKEN_CHARS ? token : issue(bearer, grants);
    }

    private String issue(Bearer bearer, Grants grants) {
        return tokens.issue(bearer.apiKey(), grants, config.tokenValidity());
    }

    /**
     * Sends a client to another room, where it joins anew with all that it publishes. From any thread.
     *
     * @return fails with a {@link RoomException} where the participant does not speak this protocol, or is away
     */
    @Override
    public CompletableFuture<Void> move(String participantId, String destination) {
        LiveKitSession session = sessions.get(participantId);
        if (session == null) {
            return CompletableFuture.failedFuture(LiveKitSession.notThere());
        }
        CompletableFuture<RoomInfo> there = new CompletableFuture<>();
        knownRoom(destination, session.bearer())
                .ifPresentOrElse(
                        room -> room.submit(new RoomCommand.Describe(there)),
                        () -> there.completeExceptionally(LiveKitSession.notThere()));
        // One that has just ended is made again by who comes.
        return there.handle((room, _) -> Optional.ofNullable(room))
                .thenCompose(room -> session.move(destination, room));
    }

    @Override
    public CompletableFuture<String> call(
            String participantId, String method, String payload, Duration timeout) {
        LiveKitSession session = sessions.get(participantId);
        return session == null
                ? CompletableFuture.failedFuture(LiveKitSession.notThere())
                : session.call(method, payload, timeout);
    }

    private void answered(ParticipantInfo sender, DataPacket answer) {
        LiveKitSession session = sessions.get(sender.participantId());
        if (session != null) {
            session.answered(answer);
        }
    }

    /** The bearer was removed: neither the token that it came with nor those it was given open anything. */
    void revoke(String token, Instant expiresAt) {
        gate.revoke(token, expiresAt);
    }

    void keep(String participantId, LiveKitSession session) {
        sessions.put(participantId, session);
    }

    void forget(String participantId) {
        sessions.remove(participantId);
    }

    ApiConfig apiConfig() {
        return apiConfig;
    }

    LiveKitConfig config() {
        return config;
    }

    /** Which clients are told of. */
    List<ICEServer> iceServers() {
        List<IceServer> told = gate.iceServers();
        return (told.isEmpty() ? iceServers : told).stream().map(LiveKitModels::iceServer).toList();
    }

    LiveKitDialect dialect() {
        return dialect;
    }

    DataTracks dataTracks() {
        return dataTracks;
    }

    SecureRandom random() {
        return random;
    }

    void count(Refusal refusal) {
        counters.count(refusal);
    }
}
