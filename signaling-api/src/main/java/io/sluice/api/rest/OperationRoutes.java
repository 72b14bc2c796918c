package io.sluice.api.rest;

import io.sluice.api.AccessTokens;
import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.ApiConfig;
import io.sluice.api.BearerAuth;
import io.sluice.api.BodyReader;
import io.sluice.api.ClientAddress;
import io.sluice.api.Cors;
import io.sluice.api.Problem;
import io.sluice.api.RequestRates;
import io.sluice.api.SocketGate;
import io.sluice.api.TokenException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings requests to operations: how often, who, and in what form. Shared by all event loops of the web server.
 */
public final class OperationRoutes {
    private final ApiConfig config;
    private final AccessTokens tokens;
    private final SocketGate gate;
    private final @Nullable Cors cors;
    private final RequestRates rates;

    /**
     * @param cors null: no other page's scripts may ask
     */
    public OperationRoutes(
            ApiConfig config,
            AccessTokens tokens,
            SocketGate gate,
            @Nullable Cors cors,
            RequestRates rates) {
        this.config = config;
        this.tokens = tokens;
        this.gate = gate;
        this.cors = cors;
        this.rates = rates;
    }

    /** Adds routes; called once for each event loop of the web server, on it. */
    public void mount(Router router, List<Operation> operations) {
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
        if (cors != null) {
            cors.allow(routing);
        }
        if (!rates.pass(ClientAddress.of(request), System.nanoTime())) {
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
            if (cors != null) {
                cors.preflight(routing, allowed);
            }
            routing.response().setStatusCode(204).end().onFailure(_ -> {});
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

    private static final String TOO_MANY_OF_KEY =
            "Too many requests come with tokens of this API key. Wait a second, and ask less often.";

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
                config.limits().rest().maxBodyBytes(),
                config.limits().connections().bodyTimeout(),
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
                if (!request.method().equals(HttpMethod.GET)
                        && !request.method().equals(HttpMethod.HEAD)) {
                    requireOwnOrigin(request);
                }
                yield null;
            }
            case BEARER -> open(BearerAuth.token(request));
            case BEARER_OR_QUERY -> {
                String shown = BearerAuth.token(request);
                yield open(shown != null ? shown : routing.queryParams().get("access_token"));
            }
            case BEARER_OR_DEV -> {
                String shown = BearerAuth.token(request);
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
        return InetAddress.ofLiteral(ClientAddress.of(request)).isLoopbackAddress();
    }

    private void requireOwnOrigin(HttpServerRequest request) throws Refusal {
        Optional<Problem> foreign = gate.checkOrigin(request);
        if (foreign.isPresent()) {
            throw new Refusal(foreign.get());
        }
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
            Bearer bearer = tokens.open(token);
            if (rates.passKey(bearer, System.nanoTime())) {
                return bearer;
            }
            throw new Refusal(Problem.keyLimit(TOO_MANY_OF_KEY));
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
}
