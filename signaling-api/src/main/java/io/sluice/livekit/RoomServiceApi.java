package io.sluice.livekit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.sluice.api.AccessTokens;
import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.ApiLimits;
import io.sluice.api.BearerAuth;
import io.sluice.api.BodyReader;
import io.sluice.api.ClientAddress;
import io.sluice.api.Cors;
import io.sluice.api.Problem;
import io.sluice.api.RequestRates;
import io.sluice.api.SignalingProtocol;
import io.sluice.api.TokenException;
import io.sluice.livekit.RoomServiceMethod.Form;
import io.sluice.room.RoomConfig;
import io.sluice.room.RoomException;
import io.sluice.room.Rooms;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * LiveKit's RoomService, by Twirp: {@code POST /twirp/livekit.RoomService/<Method>}, in JSON or protobuf. Shared by all
 * event loops of the web server: what it holds is safe for that.
 */
public final class RoomServiceApi implements SignalingProtocol {
    private static final Logger LOG = LoggerFactory.getLogger(RoomServiceApi.class);

    private static final String PREFIX = "/twirp/livekit.";
    private static final String ROOM_SERVICE = "RoomService";

    /** What LiveKit has and this server has not (yet). */
    private static final Set<String> OTHER_SERVICES =
            Set.of(
                    "AgentDispatchService",
                    "CloudAgent",
                    "Connector",
                    "Egress",
                    "Ingress",
                    "PhoneNumberService",
                    "SIP");

    private final AccessTokens tokens;
    private final ApiLimits limits;
    private final Cors cors;
    private final RequestRates rates;
    private final Map<String, RoomServiceMethod<?>> methods = new HashMap<>();

    /**
     * What can be asked of participants who speak LiveKit's protocol; from any thread. An answer fails with a
     * {@link RoomException} where a participant does not, or is away.
     */
    public interface Clients {
        /** Sends one to another room, where it joins anew. */
        CompletableFuture<Void> move(String participantId, String destination);

        /**
         * Calls a method that the application has registered in a client; the answer is what it returns.
         *
         * @param timeout for the whole call
         */
        CompletableFuture<String> call(
                String participantId, String method, String payload, Duration timeout);
    }

    /**
     * @param rates of each address and key, shared with the other interfaces for applications
     */
    public RoomServiceApi(
            Rooms rooms,
            RoomConfig roomConfig,
            AccessTokens tokens,
            ApiLimits limits,
            Cors cors,
            RequestRates rates,
            Clients clients) {
        this.tokens = tokens;
        this.limits = limits;
        this.cors = cors;
        this.rates = rates;
        methods.putAll(new RoomServiceRooms(rooms, roomConfig).methods());
        methods.putAll(new RoomServiceParticipants(rooms).methods());
        methods.putAll(new RoomServiceSubscriptions(rooms).methods());
        methods.putAll(new RoomServiceClients(rooms, clients).methods());
    }

    @Override
    public void mount(Router router) {
        router.route("/twirp/*").handler(this::dispatch);
    }

    private void dispatch(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        cors.allow(routing);
        if (!rates.pass(ClientAddress.of(request), System.nanoTime())) {
            routing.response().putHeader("retry-after", "1");
            refuse(
                    routing,
                    new TwirpException(
                            TwirpError.RESOURCE_EXHAUSTED,
                            "too many requests come from this address"));
            return;
        }
        if (request.method().equals(HttpMethod.OPTIONS)) {
            cors.preflight(routing, "POST, OPTIONS");
            routing.response().setStatusCode(204).end().onFailure(_ -> {});
            return;
        }
        try {
            RoomServiceMethod<?> method = route(request);
            Form form = form(request);
            Bearer bearer = admit(request);
            BodyReader.read(
                    routing,
                    limits.rest().maxBodyBytes(),
                    limits.connections().bodyTimeout(),
                    body -> call(routing, method, bearer, form, body.getBytes()),
                    (why, _) -> refuse(routing, why.status(), error(why), why.detail()));
        } catch (TwirpException refused) {
            refuse(routing, refused);
        }
    }

    private RoomServiceMethod<?> route(HttpServerRequest request) {
        String path = Objects.requireNonNullElse(request.path(), "");
        int slash = path.lastIndexOf('/');
        if (!request.method().equals(HttpMethod.POST)
                || !path.startsWith(PREFIX)
                || slash < PREFIX.length()) {
            throw new TwirpException(TwirpError.BAD_ROUTE, "there is no method at this path");
        }
        String service = path.substring(PREFIX.length(), slash);
        String name = path.substring(slash + 1);
        RoomServiceMethod<?> method = service.equals(ROOM_SERVICE) ? methods.get(name) : null;
        if (method != null) {
            return method;
        }
        throw OTHER_SERVICES.contains(service)
                ? new TwirpException(TwirpError.UNIMPLEMENTED, "this server does not have it")
                : new TwirpException(TwirpError.BAD_ROUTE, "there is no method at this path");
    }

    private static Form form(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        String media = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        for (Form form : Form.values()) {
            if (form.contentType().equals(media)) {
                return form;
            }
        }
        // Twirp's answer to a type that it does not know.
        throw new TwirpException(
                TwirpError.BAD_ROUTE,
                "the Content-Type must be application/json or application/protobuf");
    }

    private Bearer admit(HttpServerRequest request) {
        String token = BearerAuth.token(request);
        if (token == null || token.isEmpty()) {
            throw new TwirpException(
                    TwirpError.UNAUTHENTICATED, "no token: send Authorization: Bearer");
        }
        try {
            Bearer bearer = tokens.open(token);
            if (rates.passKey(bearer, System.nanoTime())) {
                return bearer;
            }
            throw new TwirpException(
                    TwirpError.RESOURCE_EXHAUSTED,
                    "too many requests come with tokens of this API key");
        } catch (TokenException refused) {
            throw new TwirpException(TwirpError.UNAUTHENTICATED, refused.text());
        }
    }

    private void call(
            RoutingContext routing,
            RoomServiceMethod<?> method,
            Bearer bearer,
            Form form,
            byte[] body) {
        try {
            Future.fromCompletionStage(
                            method.call(bearer, form, body), routing.vertx().getOrCreateContext())
                    .timeout(
                            limits.rest().roomTimeout().plus(method.patience()).toMillis(),
                            TimeUnit.MILLISECONDS)
                    .onComplete(
                            answer -> answer(routing, 200, form.contentType(), answer),
                            failure -> fail(routing, failure));
        } catch (RuntimeException | Error failure) {
            fail(routing, failure);
        }
    }

    private static void fail(RoutingContext routing, Throwable failure) {
        TwirpException refusal = TwirpException.of(failure);
        if (refusal.error() == TwirpError.INTERNAL) {
            LOG.error("A call failed", failure);
        }
        refuse(routing, refusal);
    }

    /** Of a body that is not taken. */
    private static TwirpError error(Problem why) {
        return why.status() == TwirpError.DEADLINE_EXCEEDED.status()
                ? TwirpError.DEADLINE_EXCEEDED
                : TwirpError.RESOURCE_EXHAUSTED;
    }

    private static void refuse(RoutingContext routing, TwirpException refused) {
        refuse(routing, refused.error().status(), refused.error(), refused.getMessage());
    }

    private static void refuse(
            RoutingContext routing, int status, TwirpError error, @Nullable String message) {
        byte[] body =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("code", error.name().toLowerCase(Locale.ROOT))
                        .put("msg", message)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8);
        answer(routing, status, Form.JSON.contentType(), body);
    }

    private static void answer(RoutingContext routing, int status, String type, byte[] body) {
        HttpServerResponse response = routing.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(Buffer.buffer(body))
                // A client that is gone does not need its answer.
                .onFailure(_ -> {});
    }
}
