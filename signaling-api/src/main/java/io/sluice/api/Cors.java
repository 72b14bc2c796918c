package io.sluice.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * Lets the scripts of allowed pages read the answers of an interface; others get them too, but their browser keeps
 * them (Fetch standard, CORS protocol).
 *
 * @param allowedHeaders that requests may carry
 * @param exposedHeaders that scripts may read of an answer
 */
public record Cors(SocketGate gate, String allowedHeaders, String exposedHeaders) {
    /** A preflight's answer may be kept so long. */
    private static final String PREFLIGHT_SECONDS = "600";

    /** Before anything is answered. */
    public void allow(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && gate.checkOrigin(request).isEmpty()) {
            routing.response()
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, exposedHeaders)
                    .putHeader(HttpHeaders.VARY, "origin");
        }
    }

    /** Adds to an answer to OPTIONS, after {@link #allow}, what an allowed page may send. */
    public void preflight(RoutingContext routing, String methods) {
        HttpServerResponse response = routing.response();
        if (response.headers().contains(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, methods)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, allowedHeaders)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
        }
    }
}
