package io.sluice.api.rest;

import io.sluice.api.AccessTokens;
import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.AddressRates;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiLimits;
import io.sluice.api.Problem;
import io.sluice.api.SignalingProtocol;
import io.sluice.api.SocketGate;
import io.sluice.api.TokenException;
import io.sluice.room.RoomConfig;
import io.sluice.room.Rooms;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The REST API under {@code /api/v1}; its manual is {@code /api/v1/openapi.yaml}. Shared by all event loops of
 * the web server: what it holds is safe for that.
 */
public final class RestApi implements SignalingProtocol {
    private static final String MANUAL = "/api/v1/openapi.yaml";

    /** A preflight's answer may be kept so long. */
    private static final String PREFLIGHT_SECONDS = "600";

    private final AccessTokens tokens;
    private final ApiConfig config;
    private final SocketGate gate;
    private final AddressRates rates;
    private final EventFeed events;
    private final Buffer manual;
    private final List<Operation> operations;

    public RestApi(
            ApiConfig config,
            RoomConfig roomConfig,
            AccessTokens tokens,
            SocketGate gate,
            Rooms rooms,
            RandomGenerator random,
            Clock clock) {
        this.config = config;
        this.tokens = tokens;
        this.gate = gate;
        ApiLimits limits = config.limits();
        rates = new AddressRates(limits.rest().requests(), limits.maxAddresses());
        events = new EventFeed(rooms, limits.events(), random, clock);
        manual = readManual();
        operations = new ArrayList<>();
        operations.addAll(new RoomOperations(rooms, roomConfig).operations());
        operations.addAll(new ParticipantOperations(rooms, roomConfig).operations());
        operations.addAll(
                new TokenOperations(tokens, config, roomConfig.maxMetadataChars(), random, clock)
                        .operations());
        operations.addAll(new EventOperations(events).operations());
        operations.add(Operation.get(MANUAL, Operation.Access.OPEN, this::showManual));
    }

    private static Buffer readManual() {
        try (InputStream in =
                Objects.requireNonNull(RestApi.class.getResourceAsStream("openapi.yaml"))) {
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** All that the API can do, for the test that the manual says it. */
    List<Operation> operations() {
        return List.copyOf(operations);
    }

    public EventFeed events() {
        return events;
    }

    /** Requests refused because too many came from one address, or from too many addresses. */
    public long refusedForRate() {
        return rates.refused();
    }

    /** Addresses whose requests are counted now. */
    public int addresses() {
        return rates.addresses();
    }

    @Override
    public void mount(Router router) {
        events.start();
        Map<String, List<Operation>> byPath = new LinkedHashMap<>();
        for (Operation operation : operations) {
            byPath.computeIfAbsent(operation.route(), _ -> new ArrayList<>()).add(operation);
        }
        byPath.forEach(
                (path, ofPath) -> router.route(path).handler(routing -> dispatch(routing, ofPath)));
    }

    private void dispatch(RoutingContext routing, List<Operation> ofPath) {
        HttpServerRequest request = routing.request();
        HttpMethod method = request.method();
        HttpMethod wanted = method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method;
        allowOrigin(routing);
        if (!rates.pass(request.remoteAddress().hostAddress(), System.nanoTime())) {
            routing.response().putHeader("retry-after", "1");
            Call.refuse(routing, TOO_MANY);
            return;
        }
        for (Operation operation : ofPath) {
            if (operation.method().equals(wanted)) {
                run(routing, operation);
                return;
            }
        }
        String allowed = allowed(ofPath);
        routing.response().putHeader(HttpHeaders.ALLOW, allowed);
        if (method.equals(HttpMethod.OPTIONS)) {
            answerOptions(routing.response(), allowed);
        } else {
            Call.refuse(
                    routing,
                    new Problem(
                            405,
                            "method-not-allowed",
                            "Method not allowed",
                            "Here is only: " + allowed + "."));
        }
    }

    private static final Problem TOO_MANY =
            new Problem(
                    429,
                    "too-many-requests",
                    "Too many requests",
                    "Too many requests come from this address. Wait a second, and ask less often.");

    private static String allowed(List<Operation> ofPath) {
        List<String> methods = new ArrayList<>();
        for (Operation operation : ofPath) {
            methods.add(operation.method().name());
            if (operation.method().equals(HttpMethod.GET)) {
                methods.add("HEAD");
            }
        }
        methods.add("OPTIONS");
        return String.join(", ", methods);
    }

    private static void answerOptions(HttpServerResponse response, String allowed) {
        if (response.headers().contains(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, allowed)
                    .putHeader(
                            HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
                            "authorization, content-type, last-event-id")
                    .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
        }
        response.setStatusCode(204).end().onFailure(_ -> {});
    }

    /** Lets the scripts of allowed pages read the answer; others get it too, but their browser keeps it. */
    private void allowOrigin(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && gate.checkOrigin(request).isEmpty()) {
            routing.response()
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                    .putHeader(
                            HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS,
                            "location, retry-after, www-authenticate")
                    .putHeader(HttpHeaders.VARY, "origin");
        }
    }

    private void run(RoutingContext routing, Operation operation) {
        Bearer bearer;
        try {
            bearer = admit(routing, operation.access());
            if (operation.hasBody()) {
                requireJson(routing.request());
            }
        } catch (Refusal refusal) {
            Call.refuse(routing, refusal.problem());
            return;
        }
        if (!operation.hasBody()) {
            act(new Call(routing, bearer, config.limits().rest().roomTimeout(), null), operation);
            return;
        }
        BodyReader.read(
                routing,
                config.limits(),
                body -> {
                    try {
                        Fields fields = Fields.parse(body.getBytes());
                        act(
                                new Call(
                                        routing,
                                        bearer,
                                        config.limits().rest().roomTimeout(),
                                        fields),
                                operation);
                    } catch (Refusal refusal) {
                        Call.refuse(routing, refusal.problem());
                    }
                });
    }

    private static void act(Call call, Operation operation) {
        call.perform(() -> operation.action().run(call));
    }

    private @Nullable Bearer admit(RoutingContext routing, Operation.Access access) throws Refusal {
        HttpServerRequest request = routing.request();
        return switch (access) {
            case OPEN -> {
                if (request.method().equals(HttpMethod.POST)) {
                    requireOwnOrigin(request);
                }
                yield null;
            }
            case BEARER -> open(header(request));
            case BEARER_OR_QUERY -> {
                String shown = header(request);
                yield open(shown != null ? shown : routing.queryParams().get("access_token"));
            }
            case BEARER_OR_DEV -> {
                String shown = header(request);
                if (shown != null || !config.access().devMode() || !isOnThisMachine(request)) {
                    yield open(shown);
                }
                // Nothing but its origin tells this request from one that a foreign page sends.
                requireOwnOrigin(request);
                yield null;
            }
        };
    }

    private static boolean isOnThisMachine(HttpServerRequest request) {
        return InetAddress.ofLiteral(request.remoteAddress().hostAddress()).isLoopbackAddress();
    }

    private void requireOwnOrigin(HttpServerRequest request) throws Refusal {
        Optional<Problem> foreign = gate.checkOrigin(request);
        if (foreign.isPresent()) {
            throw new Refusal(foreign.get());
        }
    }

    /** The token in the header Authorization (RFC 6750 2.1), or null. */
    private static @Nullable String header(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null) {
            return null;
        }
        String[] parts = header.strip().split(" +", 2);
        boolean isBearer = parts.length == 2 && parts[0].toLowerCase(Locale.ROOT).equals("bearer");
        return isBearer ? parts[1] : "";
    }

    private Bearer open(@Nullable String token) throws Refusal {
        if (token == null || token.isEmpty()) {
            throw new Refusal(
                    401,
                    "token-missing",
                    "No valid token",
                    "Send an access token: the header Authorization: Bearer, a space, and the"
                            + " token.");
        }
        try {
            return tokens.open(token);
        } catch (TokenException refused) {
            throw Call.unauthorized(refused);
        }
    }

    private static void requireJson(HttpServerRequest request) throws Refusal {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        String media = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!media.equals("application/json")) {
            // A page of another origin cannot send this type without asking first.
            throw new Refusal(
                    415,
                    "unsupported-media-type",
                    "Unsupported media type",
                    "The body must be JSON, and say so: the header Content-Type:"
                            + " application/json.");
        }
    }

    private void showManual(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        call.answer(200, "application/yaml", manual);
    }
}
