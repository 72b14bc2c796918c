package io.sluice.plain;

import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.ApiConfig;
import io.sluice.api.Problem;
import io.sluice.api.RoomDirectory;
import io.sluice.api.RoomNames;
import io.sluice.api.SignalingProtocol;
import io.sluice.api.SocketGate;
import io.sluice.api.TokenException;
import io.sluice.plain.PlainCounters.Refusal;
import io.sluice.room.CommandSink;
import io.sluice.room.RoomException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON over a WebSocket at {@code /api/v1/rooms/{room}/ws}, for a bare RTCPeerConnection; the manual is
 * docs/plain-protocol.md. Shared by all event loops of the web server: what it holds is safe for that.
 */
public final class PlainProtocol implements SignalingProtocol {
    private static final String PATH = "/api/v1/rooms/:room/ws";

    /** 128 bits: nobody finds somebody else's session. */
    private static final int SESSION_BYTES = 16;

    /** {@code Sec-WebSocket} upgrades are told from other requests by this header (RFC 6455 4.1). */
    private static final String WEBSOCKET = "websocket";

    private final ApiConfig apiConfig;
    private final PlainConfig config;
    private final SocketGate gate;
    private final RoomDirectory rooms;
    private final SecureRandom random;
    private final PlainJson json;
    private final PlainDialect dialect = new PlainDialect();
    private final PlainCounters counters = new PlainCounters();
    private final Map<String, PlainSession> sessions = new ConcurrentHashMap<>();

    public PlainProtocol(
            ApiConfig apiConfig,
            PlainConfig config,
            SocketGate gate,
            RoomDirectory rooms,
            SecureRandom random) {
        this.apiConfig = apiConfig;
        this.config = config;
        this.gate = gate;
        this.rooms = rooms;
        this.random = random;
        this.json =
                new PlainJson(
                        apiConfig.socketLimits().incoming().maxMessageBytes(), gate::iceServers);
    }

    public PlainCounters counters() {
        return counters;
    }

    /** Sessions of this moment, those that wait to be resumed included. */
    public int sessions() {
        return sessions.size();
    }

    @Override
    public void mount(Router router) {
        router.get(PATH).handler(this::onRequest);
    }

    private void onRequest(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        String named = routing.pathParam("room");
        String room = named == null ? "" : named;
        Optional<Problem> refused = check(request, room);
        if (refused.isPresent()) {
            refused.get().send(routing.response());
            return;
        }
        Optional<Subscribing> subscribing = PlainJson.subscribing(request.getParam("subscribe"));
        if (subscribing.isEmpty()) {
            Problem.badRequest("bad-subscribe", "subscribe must be answer or offer.")
                    .send(routing.response());
            return;
        }
        Pass pass = null;
        String token = request.getParam("access_token");
        if (token != null) {
            try {
                pass = pass(token, room);
            } catch (TokenException invalid) {
                Problem.of(invalid).send(routing.response());
                return;
            }
            Optional<Problem> shut = gate.checkDoor(room, pass.bearer().apiKey(), false);
            if (shut.isPresent()) {
                shut.get().send(routing.response());
                return;
            }
            if (!apiConfig.access().autoCreate()
                    && rooms.find(room, pass.bearer().apiKey(), false).isEmpty()) {
                new Problem(404, "room-not-found", "Not found", NO_ROOM).send(routing.response());
                return;
            }
        }
        Problem full = gate.enter();
        if (full != null) {
            full.send(routing.response());
            return;
        }
        upgrade(routing, room, new Visitor(pass, request.getParam("name"), subscribing.get()));
    }

    private static final Problem NO_HANDSHAKE =
            Problem.badRequest(
                    "malformed-upgrade", "This is no WebSocket handshake (RFC 6455 4.1).");

    static final String NO_ROOM =
            "There is no such room, and this server does not make rooms by joining them.";

    private Optional<Problem> check(HttpServerRequest request, String room) {
        String upgrade = request.getHeader(HttpHeaders.UPGRADE);
        if (!WEBSOCKET.equalsIgnoreCase(upgrade)) {
            return Optional.of(
                    new Problem(
                            426,
                            "websocket-only",
                            "Upgrade required",
                            "Open this as a WebSocket."));
        }
        if (request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            // Else Vert.x would wait for the body.
            return Optional.of(NO_HANDSHAKE);
        }
        return gate.checkOrigin(request)
                .or(() -> gate.checkRate(request, System.nanoTime()))
                .or(() ->
                        RoomNames.problem(room)
                                .map(text -> Problem.badRequest("bad-room-name", text)));
    }

    /** A token that opens the room, and what it says. */
    record Pass(String token, Bearer bearer) {}

    private Pass pass(String token, String room) throws TokenException {
        return new Pass(token, gate.open(token, room));
    }

    /**
     * What an address says of who comes.
     *
     * @param pass null: its first message says who it is
     */
    private record Visitor(@Nullable Pass pass, @Nullable String name, Subscribing subscribing) {}

    private void upgrade(RoutingContext routing, String room, Visitor visitor) {
        Vertx vertx = routing.vertx();
        Context context = vertx.getOrCreateContext();
        routing.request()
                .toWebSocket()
                .onSuccess(_ -> open(routing.request().connection(), vertx, context, room, visitor))
                .onFailure(_ -> {
                    gate.leave();
                    NO_HANDSHAKE.send(routing.response());
                });
    }

    private void open(
            HttpConnection connection, Vertx vertx, Context context, String room, Visitor visitor) {
        Entrance entrance = new Entrance(vertx, context, room);
        PlainSocket socket =
                new PlainSocket(
                        connection,
                        vertx,
                        context,
                        apiConfig.socketLimits(),
                        json,
                        counters,
                        entrance);
        socket.start();
        if (visitor.pass() != null) {
            entrance.join(socket, visitor.pass(), visitor.name(), visitor.subscribing());
        }
    }

    /** Stands between a socket and its session; owned by the socket's context. */
    private final class Entrance implements PlainSocket.Listener {
        private final Vertx vertx;
        private final Context context;
        private final String room;
        private @Nullable PlainSession session;

        Entrance(Vertx vertx, Context context, String room) {
            this.vertx = vertx;
            this.context = context;
            this.room = room;
        }

        @Override
        public void onMessage(PlainSocket from, ClientMessage message) {
            if (session != null) {
                session.receive(from, message);
            } else if (message instanceof ClientMessage.Join join) {
                enter(from, join);
            } else if (message instanceof ClientMessage.Leave) {
                from.close(CloseCode.LEFT);
            } else {
                from.send(
                        new ServerMessage.Failed(
                                ErrorCode.JOIN_FIRST, "The first message must be a join."));
            }
        }

        private void enter(PlainSocket socket, ClientMessage.Join join) {
            PlainSession known = join.session() == null ? null : sessions.get(join.session());
            if (known != null && known.isOf(room)) {
                session = known;
                socket.joined();
                known.resume(socket, join.lastSeq());
                return;
            }
            if (join.token() == null) {
                refuseWithoutToken(socket, join.session() != null);
                return;
            }
            try {
                Pass pass = pass(join.token(), room);
                // Whatever session it names is over, or none: it takes as much as a newcomer.
                Optional<Problem> shut = gate.checkDoor(room, pass.bearer().apiKey(), false);
                if (shut.isPresent()) {
                    counters.count(Refusal.SERVER_FULL);
                    socket.refuse(ErrorCode.of(shut.get()), shut.get().detail(), CloseCode.FULL);
                    return;
                }
                join(socket, pass, join.name(), join.subscribing());
            } catch (TokenException invalid) {
                socket.refuse(
                        invalid.isForbidden() ? ErrorCode.NOT_PERMITTED : ErrorCode.INVALID_TOKEN,
                        invalid.text(),
                        CloseCode.UNAUTHORIZED);
            }
        }

        private void refuseWithoutToken(PlainSocket socket, boolean resuming) {
            if (resuming) {
                counters.count(Refusal.SESSION_UNKNOWN);
                socket.refuse(
                        ErrorCode.SESSION_UNKNOWN,
                        "The session has ended or missed too much: join again with a token.",
                        CloseCode.SESSION_UNKNOWN);
            } else {
                socket.refuse(
                        ErrorCode.INVALID_TOKEN,
                        "The join message has neither a token nor a session.",
                        CloseCode.UNAUTHORIZED);
            }
        }

        void join(PlainSocket socket, Pass pass, @Nullable String name, Subscribing subscribing) {
            // A session may wait for its client without a socket, hence its own count.
            if (sessions.size() >= apiConfig.maxSockets()) {
                counters.count(Refusal.SERVER_FULL);
                socket.refuse(
                        ErrorCode.SERVER_FULL,
                        "This server has no room for more participants.",
                        CloseCode.FULL);
                return;
            }
            socket.joined();
            PlainSession created =
                    new PlainSession(
                            PlainProtocol.this,
                            vertx,
                            context,
                            room,
                            newSession(),
                            pass,
                            name,
                            subscribing);
            session = created;
            created.join(socket);
        }

        @Override
        public void onConfirmed(PlainSocket from, long seq) {
            if (session != null) {
                session.confirm(from, seq);
            }
        }

        @Override
        public void onClosed(PlainSocket from) {
            // Whatever is asked of the session once a socket less is counted comes behind this
            // news.
            if (session != null) {
                session.socketClosed(from);
            }
            gate.leave();
        }
    }

    private String newSession() {
        byte[] bytes = new byte[SESSION_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /**
     * The room, made if that is allowed.
     *
     * @throws RoomException if it cannot be made
     */
    Optional<CommandSink> findRoom(String name, String apiKey) {
        return rooms.find(name, apiKey, apiConfig.access().autoCreate());
    }

    /** The bearer was removed: it does not come back with what it has. */
    void revoke(Pass pass) {
        gate.revoke(pass.token(), pass.bearer().expiresAt());
    }

    void keep(String secret, PlainSession session) {
        sessions.put(secret, session);
    }

    void forget(String secret) {
        sessions.remove(secret);
    }

    ApiConfig apiConfig() {
        return apiConfig;
    }

    PlainConfig config() {
        return config;
    }

    PlainJson json() {
        return json;
    }

    PlainDialect dialect() {
        return dialect;
    }

    SecureRandom random() {
        return random;
    }

    void count(Refusal refusal) {
        counters.count(refusal);
    }
}
