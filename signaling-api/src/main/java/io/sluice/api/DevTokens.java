package io.sluice.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Dev mode's way to a token without a server of one's own: {@code POST /api/v1/dev/token} with {@code
 * {"room", "identity"?, "name"?}}.
 */
final class DevTokens {
    static final String PATH = "/api/v1/dev/token";

    private static final int MAX_BODY_BYTES = 4 * 1024;

    /** A working day: nobody's trial ends in the middle, and no token of a trial lives on. */
    private static final Duration VALIDITY = Duration.ofHours(12);

    private final AccessTokens tokens;
    private final String apiKey;
    private final SocketGate gate;
    private final RandomGenerator random;

    DevTokens(AccessTokens tokens, String apiKey, SocketGate gate, RandomGenerator random) {
        this.tokens = tokens;
        this.apiKey = apiKey;
        this.gate = gate;
        this.random = random;
    }

    void mount(Router router) {
        router.post(PATH)
                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES))
                .handler(this::issue);
    }

    private void issue(RoutingContext routing) {
        Optional<Problem> foreign = gate.checkOrigin(routing.request());
        if (foreign.isPresent()) {
            foreign.get().send(routing.response());
            return;
        }
        String type = routing.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || !type.startsWith("application/json")) {
            // A page of another origin cannot send this type without asking first.
            new Problem(
                            415,
                            "unsupported-media-type",
                            "Unsupported media type",
                            "The body must be application/json.")
                    .send(routing.response());
            return;
        }
        try {
            JsonObject body = routing.body().asJsonObject();
            answer(routing, body == null ? new JsonObject() : body);
        } catch (DecodeException | ClassCastException malformed) {
            Problem.badRequest(
                            "malformed-body",
                            "The body must be a JSON object with the strings room, identity"
                                    + " (optional) and name (optional).")
                    .send(routing.response());
        }
    }

    private void answer(RoutingContext routing, JsonObject body) {
        String room = body.getValue("room") instanceof String named ? named : "";
        Optional<String> problem = RoomNames.problem(room);
        if (problem.isPresent()) {
            Problem.badRequest("bad-room-name", problem.get()).send(routing.response());
            return;
        }
        String identity =
                body.getValue("identity") instanceof String wanted && !wanted.isEmpty()
                        ? wanted
                        : guest();
        String name = body.getValue("name") instanceof String shown ? shown : null;
        if (identity.length() > AccessTokens.MAX_IDENTITY_CHARS
                || (name != null && name.length() > AccessTokens.MAX_IDENTITY_CHARS)) {
            Problem.badRequest(
                            "name-too-long",
                            "identity and name may have "
                                    + AccessTokens.MAX_IDENTITY_CHARS
                                    + " characters.")
                    .send(routing.response());
            return;
        }
        String token = tokens.issue(apiKey, Grants.join(room, identity, name), VALIDITY);
        routing.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(
                        new JsonObject()
                                .put("token", token)
                                .put("room", room)
                                .put("identity", identity)
                                .encode())
                .onFailure(_ -> {});
    }

    private String guest() {
        return "guest-" + HexFormat.of().toHexDigits(random.nextInt());
    }
}
