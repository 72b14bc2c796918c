package io.sluice.whip;

import io.sluice.api.BearerAuth;
import io.sluice.api.BodyReader;
import io.sluice.api.Cors;
import io.sluice.api.IceServer;
import io.sluice.api.Problem;
import io.sluice.api.SocketGate;
import io.sluice.whip.WhipCounters.Refusal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How answers are written, in the words of HTTP (RFC 9725 4). Immutable.
 *
 * <p>Used on the event loop of each request.
 */
final class WhipHttp {
    static final String SDP = "application/sdp";
    static final String FRAGMENT = "application/trickle-ice-sdpfrag";

    static final String DOOR_METHODS = "OPTIONS, GET, HEAD, POST";
    static final String SESSION_METHODS = "OPTIONS, GET, HEAD, PATCH, DELETE";

    private static final String RETRY_AFTER = "retry-after";

    /** Who is refused for what passes in a moment. */
    private static final String RETRY_SECONDS = "5";

    private final Cors cors;
    private final WhipCounters counters;

    WhipHttp(SocketGate gate, WhipCounters counters) {
        this.counters = counters;
        cors =
                new Cors(
                        gate,
                        "authorization, content-type, if-match, if-none-match",
                        "location, link, etag, accept-post, accept-patch, retry-after,"
                                + " www-authenticate");
    }

    /** Before anything is answered. */
    void begin(RoutingContext routing) {
        cors.allow(routing);
        routing.addBodyEndHandler(_ -> {
            int status = routing.response().getStatusCode();
            if (status >= 400) {
                counters.count(Refusal.ofStatus(status));
            }
        });
    }

    static boolean isOfType(HttpServerRequest request, String wanted) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null
                && type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(wanted);
    }

    /** Whether the client takes an answer of this type; one that says nothing takes all (RFC 9110 12.5.1). */
    static boolean accepts(HttpServerRequest request, String wanted) {
        List<String> ranges = request.headers().getAll(HttpHeaders.ACCEPT);
        String group = wanted.substring(0, wanted.indexOf('/')) + "/*";
        return ranges.isEmpty()
                || ranges.stream()
                        .flatMap(line -> Arrays.stream(line.split(",")))
                        .map(range -> range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                        .anyMatch(range -> Set.of("*/*", group, wanted).contains(range));
    }

    /** Whether the body would have to be unpacked first. */
    static boolean isEncoded(HttpServerRequest request) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        return encoding != null && !encoding.strip().equalsIgnoreCase("identity");
    }

    void options(RoutingContext routing, String methods, List<IceServer> iceServers) {
        HttpServerResponse response = routing.response();
        cors.preflight(routing, methods);
        response.putHeader(HttpHeaders.ALLOW, methods);
        if (methods.equals(DOOR_METHODS)) {
            response.putHeader("accept-post", SDP);
        } else {
            response.putHeader("accept-patch", FRAGMENT);
        }
        link(response, iceServers);
        end(response, 200);
    }

    /** WHEP: what a POST would be answered with. */
    void head(RoutingContext routing) {
        routing.response().putHeader(HttpHeaders.CONTENT_TYPE, SDP);
        end(routing.response(), 200);
    }

    void nothing(RoutingContext routing) {
        end(routing.response(), 204);
    }

    void refuseMethod(RoutingContext routing, String methods) {
        routing.response().putHeader(HttpHeaders.ALLOW, methods);
        refuse(
                routing,
                new Problem(
                        405,
                        "method-not-allowed",
                        "Method not allowed",
                        "Here is only: " + methods + "."));
    }

    void refuse(RoutingContext routing, Problem problem) {
        HttpServerResponse response = routing.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (problem.status() == 503 || problem.status() == 429) {
            response.putHeader(RETRY_AFTER, RETRY_SECONDS);
        }
        BearerAuth.challenge(routing, problem);
        BodyReader.refuse(routing, problem);
    }

    void answer(RoutingContext routing, WhipReply reply, List<IceServer> iceServers) {
        HttpServerResponse response = routing.response();
        if (response.ended() || response.closed()) {
            return;
        }
        switch (reply) {
            case WhipReply.Created(String secret, String sdp, String etag) -> {
                String door =
                        String.valueOf(routing.request().path()).startsWith("/whip/")
                                ? "/whip"
                                : "/whep";
                link(response, iceServers);
                response.putHeader(HttpHeaders.LOCATION, door + "/sessions/" + secret)
                        .putHeader(HttpHeaders.ETAG, etag)
                        .putHeader("accept-patch", FRAGMENT);
                end(response, 201, SDP, sdp);
            }
            case WhipReply.Trickled() -> end(response, 204);
            case WhipReply.Restarted(String fragment, String etag) -> {
                response.putHeader(HttpHeaders.ETAG, etag);
                end(response, 200, FRAGMENT, fragment);
            }
            case WhipReply.Ended() -> end(response, 200);
            case WhipReply.Refused(Problem problem) -> refuse(routing, problem);
        }
    }

    /** A line for each: some clients look no further than the first comma. */
    private static void link(HttpServerResponse response, List<IceServer> iceServers) {
        for (IceServer server : iceServers) {
            response.headers().add("link", server.link());
        }
    }

    private static void end(HttpServerResponse response, int status) {
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        // A client that is gone does not need its answer.
        response.setStatusCode(status).end().onFailure(_ -> {});
    }

    private static void end(HttpServerResponse response, int status, String type, String body) {
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader(HttpHeaders.CONTENT_TYPE, type);
        response.setStatusCode(status).end(body).onFailure(_ -> {});
    }
}
