package io.sluice.whip;

import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.AddressRates;
import io.sluice.api.ApiConfig;
import io.sluice.api.BearerAuth;
import io.sluice.api.BodyReader;
import io.sluice.api.ClientAddress;
import io.sluice.api.Grants;
import io.sluice.api.IceServer;
import io.sluice.api.Problem;
import io.sluice.api.Rate;
import io.sluice.api.RoomDirectory;
import io.sluice.api.RoomNames;
import io.sluice.api.SignalingProtocol;
import io.sluice.api.SocketGate;
import io.sluice.api.TokenException;
import io.sluice.codec.MediaKind;
import io.sluice.room.CommandSink;
import io.sluice.room.RoomException;
import io.sluice.sdp.IceFragment;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SessionDescription;
import io.sluice.transport.TrackSource;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * WHIP (RFC 9725) and WHEP: one POST publishes into a room or views it, the URL that it is answered with ends it. The
 * manual is docs/whip-whep.md. Shared by all event loops of the web server: what it holds is safe for that.
 */
public final class WhipProtocol implements SignalingProtocol {
    /** LiveKit's: the room is the token's. */
    private static final String ROOM_OF_TOKEN = "/whip/v1";

    /** 192 bits: nobody finds somebody else's session. */
    private static final int SECRET_BYTES = 24;

    private final ApiConfig apiConfig;
    private final WhipConfig config;
    private final SocketGate gate;
    private final RoomDirectory rooms;
    private final SecureRandom random;
    private final AddressRates rates;
    private final WhipHttp http;
    private final WhipCounters counters = new WhipCounters();
    private final LongAdder opened = new LongAdder();
    private final Map<String, WhipSession> sessions = new ConcurrentHashMap<>();

    public WhipProtocol(
            ApiConfig apiConfig,
            WhipConfig config,
            SocketGate gate,
            RoomDirectory rooms,
            SecureRandom random) {
        this.apiConfig = apiConfig;
        this.config = config;
        this.gate = gate;
        this.rooms = rooms;
        this.random = random;
        rates = new AddressRates(config.requests(), apiConfig.limits().maxAddresses());
        http = new WhipHttp(gate, counters);
    }

    public WhipCounters counters() {
        return counters;
    }

    /** Sessions of this moment, those that are beginning included. */
    public long sessions(boolean publishing) {
        return sessions.values().stream()
                .filter(session -> session.isPublishing() == publishing)
                .count();
    }

    /** Sessions begun since the start. */
    public long opened() {
        return opened.sum();
    }

    @Override
    public void mount(Router router) {
        router.route(ROOM_OF_TOKEN).handler(routing -> onDoor(routing, true, null));
        router.route("/whip/:room")
                .handler(routing -> onDoor(routing, true, routing.pathParam("room")));
        router.route("/whep/:room")
                .handler(routing -> onDoor(routing, false, routing.pathParam("room")));
        router.route("/whep/:room/participants/:identity")
                .handler(routing -> onDoor(routing, false, routing.pathParam("room")));
        router.route("/whip/sessions/:secret").handler(routing -> onSession(routing, true));
        router.route("/whep/sessions/:secret").handler(routing -> onSession(routing, false));
    }

    /**
     * Who asks.
     *
     * @param token as it was shown
     */
    record Visitor(String token, Bearer bearer) {
        Grants grants() {
            return bearer.grants();
        }
    }

    // ---- where sessions begin

    /**
     * @param room null for that of the token
     */
    private void onDoor(RoutingContext routing, boolean publish, @Nullable String room) {
        if (!begin(routing)) {
            return;
        }
        HttpMethod method = routing.request().method();
        if (method.equals(HttpMethod.POST)) {
            post(routing, publish, room);
        } else if (method.equals(HttpMethod.OPTIONS)) {
            http.options(routing, WhipHttp.DOOR_METHODS, links(routing, room));
        } else if (method.equals(HttpMethod.HEAD) && !publish) {
            http.head(routing);
        } else if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
            http.nothing(routing);
        } else {
            http.refuseMethod(routing, WhipHttp.DOOR_METHODS);
        }
    }

    /** What comes before everything; false if the request is answered already. */
    private boolean begin(RoutingContext routing) {
        http.begin(routing);
        if (!rates.pass(ClientAddress.of(routing.request()), System.nanoTime())) {
            http.refuse(routing, WhipProblems.TOO_MANY);
            return false;
        }
        return true;
    }

    /** ICE servers with their passwords are for those who may come in; a plain preflight has no token. */
    private List<IceServer> links(RoutingContext routing, @Nullable String room) {
        boolean isPreflight =
                routing.request().headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
        List<IceServer> servers = iceServers();
        if (servers.isEmpty() || isPreflight) {
            return List.of();
        }
        try {
            admit(routing, room);
            return servers;
        } catch (TokenException stranger) {
            return List.of();
        }
    }

    private List<IceServer> iceServers() {
        List<IceServer> told = gate.iceServers();
        return told.isEmpty() ? config.iceServers() : told;
    }

    private Visitor admit(RoutingContext routing, @Nullable String room) throws TokenException {
        String shown = Objects.requireNonNullElse(token(routing), "");
        return new Visitor(shown, gate.open(shown, room));
    }

    private static @Nullable String token(RoutingContext routing) {
        String token = BearerAuth.token(routing.request());
        return token == null ? routing.queryParams().get("access_token") : token;
    }

    private void post(RoutingContext routing, boolean publish, @Nullable String named) {
        HttpServerRequest request = routing.request();
        Problem unreadable = unreadable(request, WhipHttp.SDP);
        if (unreadable == null && !WhipHttp.accepts(request, WhipHttp.SDP)) {
            unreadable = WhipProblems.NOT_ACCEPTABLE;
        }
        if (unreadable != null) {
            http.refuse(routing, unreadable);
            return;
        }
        Visitor visitor;
        try {
            visitor = admit(routing, named);
        } catch (TokenException refused) {
            http.refuse(routing, Problem.of(refused));
            return;
        }
        Grants grants = visitor.grants();
        Problem refused = mayBegin(grants, publish);
        Optional<String> badName = RoomNames.problem(String.valueOf(grants.room()));
        if (badName.isPresent()) {
            refused = Problem.badRequest("bad-room-name", badName.get());
        }
        if (refused == null) {
            // First: what one address has too much must not be its key's loss.
            refused = gate.checkRate(request, System.nanoTime()).orElse(null);
        }
        if (refused == null) {
            refused =
                    gate.checkDoor(String.valueOf(grants.room()), visitor.bearer().apiKey(), false)
                            .orElse(null);
        }
        if (refused != null) {
            http.refuse(routing, refused);
            return;
        }
        BodyReader.read(
                routing,
                config.sdpLimits().bytes(),
                apiConfig.limits().connections().bodyTimeout(),
                body -> open(routing, body, visitor, publish));
    }

    /** Why a body is not read. */
    private static @Nullable Problem unreadable(HttpServerRequest request, String type) {
        if (!WhipHttp.isOfType(request, type)) {
            return WhipProblems.mediaType(type);
        }
        return WhipHttp.isEncoded(request) ? WhipProblems.ENCODED : null;
    }

    private @Nullable Problem mayBegin(Grants grants, boolean publish) {
        if (publish && !grants.permissions().canPublish()) {
            return WhipProblems.MAY_NOT_PUBLISH;
        }
        if (!publish && !grants.permissions().canSubscribe()) {
            return WhipProblems.MAY_NOT_SUBSCRIBE;
        }
        // Each is a participant, as is each WebSocket of other protocols.
        return sessions.size() >= apiConfig.maxSockets() ? WhipProblems.FULL : null;
    }

    private void open(RoutingContext routing, Buffer body, Visitor visitor, boolean publish) {
        SessionDescription offer;
        try {
            offer =
                    SessionDescription.parse(
                            body.toString(StandardCharsets.UTF_8), config.sdpLimits());
            Set<MediaKind> kinds = OfferedMedia.of(offer, publish);
            if (publish && !maySend(visitor.grants(), kinds)) {
                http.refuse(routing, WhipProblems.MAY_NOT_PUBLISH_SOURCE);
                return;
            }
        } catch (SdpException malformed) {
            http.refuse(routing, WhipProblems.malformed("The offer", malformed.getMessage()));
            return;
        } catch (UnsupportedOffer unsupported) {
            http.refuse(
                    routing, WhipProblems.unsupported(String.valueOf(unsupported.getMessage())));
            return;
        }
        String secret = newSecret();
        Context context = routing.vertx().getOrCreateContext();
        WhipSession session =
                new WhipSession(
                        this,
                        routing.vertx(),
                        context,
                        secret,
                        visitor,
                        publish ? new Publishing(random) : new Viewing(random, watched(routing)),
                        offer,
                        reply -> answer(routing, reply));
        sessions.put(secret, session);
        session.open();
    }

    private static @Nullable String watched(RoutingContext routing) {
        String named = routing.pathParam("identity");
        return named == null ? routing.queryParams().get("participant") : named;
    }

    private static boolean maySend(Grants grants, Set<MediaKind> kinds) {
        Set<TrackSource> allowed = grants.permissions().publishSources();
        return allowed.isEmpty()
                || kinds.stream().map(TrackSource::usual).allMatch(allowed::contains);
    }

    private String newSecret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Lets another number of requests of each address through from now on. */
    public void limitRequests(Rate requests) {
        rates.limit(requests);
    }

    // ---- sessions

    private void onSession(RoutingContext routing, boolean publish) {
        if (!begin(routing)) {
            return;
        }
        HttpMethod method = routing.request().method();
        if (method.equals(HttpMethod.OPTIONS)) {
            http.options(routing, WhipHttp.SESSION_METHODS, List.of());
            return;
        }
        boolean patch = method.equals(HttpMethod.PATCH);
        boolean read = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        if (!patch && !read && !method.equals(HttpMethod.DELETE)) {
            http.refuseMethod(routing, WhipHttp.SESSION_METHODS);
            return;
        }
        WhipSession session = sessions.get(String.valueOf(routing.pathParam("secret")));
        if (session == null || session.isPublishing() != publish) {
            http.refuse(routing, WhipProblems.NO_SESSION);
            return;
        }
        Problem stranger = checkOwner(routing, session);
        if (stranger != null) {
            http.refuse(routing, stranger);
        } else if (read) {
            http.nothing(routing);
        } else if (patch) {
            patch(routing, session);
        } else {
            Context context = routing.vertx().getOrCreateContext();
            session.end(reply -> context.runOnContext(_ -> answer(routing, reply)));
        }
    }

    /** The URL is the key; whoever shows a token all the same must show one of the same participant. */
    private @Nullable Problem checkOwner(RoutingContext routing, WhipSession session) {
        String token = token(routing);
        if (token == null) {
            return null;
        }
        try {
            return session.isOf(gate.recognize(token)) ? null : WhipProblems.OTHERS_SESSION;
        } catch (TokenException refused) {
            // A session outlives its token, and has to be ended all the same.
            return refused.reason() == TokenException.Reason.EXPIRED ? null : Problem.of(refused);
        }
    }

    private void patch(RoutingContext routing, WhipSession session) {
        HttpServerRequest request = routing.request();
        Problem unreadable = unreadable(request, WhipHttp.FRAGMENT);
        if (unreadable != null) {
            http.refuse(routing, unreadable);
            return;
        }
        String condition = request.getHeader("if-match");
        Context context = routing.vertx().getOrCreateContext();
        BodyReader.read(
                routing,
                config.sdpLimits().bytes(),
                apiConfig.limits().connections().bodyTimeout(),
                body -> {
                    try {
                        IceFragment fragment =
                                IceFragment.parse(body.toString(StandardCharsets.UTF_8));
                        session.patch(
                                fragment,
                                condition,
                                reply -> context.runOnContext(_ -> answer(routing, reply)));
                    } catch (SdpException malformed) {
                        http.refuse(
                                routing,
                                WhipProblems.malformed("The fragment", malformed.getMessage()));
                    }
                });
    }

    private void answer(RoutingContext routing, WhipReply reply) {
        if (reply instanceof WhipReply.Created created && routing.response().closed()) {
            WhipSession unheard = sessions.get(created.secret());
            if (unheard != null) {
                // Nobody knows its URL.
                unheard.end(_ -> {});
            }
            return;
        }
        http.answer(routing, reply, iceServers());
    }

    // ---- for sessions

    /**
     * The room, made if that is allowed.
     *
     * @throws RoomException if it cannot be made
     */
    Optional<CommandSink> findRoom(String name, String apiKey) {
        return rooms.find(name, apiKey, apiConfig.access().autoCreate());
    }

    WhipConfig config() {
        return config;
    }

    /** The bearer was removed: it does not come back with what it has. */
    void revoke(Visitor visitor) {
        gate.revoke(visitor.token(), visitor.bearer().expiresAt());
    }

    void countOpened() {
        opened.increment();
    }

    void forget(String secret) {
        sessions.remove(secret);
    }
}
