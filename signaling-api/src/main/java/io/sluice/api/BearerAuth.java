package io.sluice.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a token comes with a request, and how one is asked for (RFC 6750). */
public final class BearerAuth {
    private static final String WWW_AUTHENTICATE = "www-authenticate";

    /** RFC 6750 3: how to come in. */
    private static final String CHALLENGE = "Bearer realm=\"sluice\"";

    private BearerAuth() {}

    /** The token in the header Authorization (RFC 6750 2.1); empty if it holds none; null without the header. */
    public static @Nullable String token(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null) {
            return null;
        }
        String[] parts = header.strip().split(" +", 2);
        boolean isBearer = parts.length == 2 && parts[0].toLowerCase(Locale.ROOT).equals("bearer");
        return isBearer ? parts[1] : "";
    }

    /** Says how to come in, where a problem is about that. */
    public static void challenge(RoutingContext routing, Problem problem) {
        if (problem.status() == 401) {
            boolean shown = routing.request().headers().contains(HttpHeaders.AUTHORIZATION);
            routing.response()
                    .putHeader(
                            WWW_AUTHENTICATE,
                            shown ? CHALLENGE + ", error=\"invalid_token\"" : CHALLENGE);
        } else if (problem.name().equals("token-not-granted")) {
            routing.response()
                    .putHeader(WWW_AUTHENTICATE, CHALLENGE + ", error=\"insufficient_scope\"");
        }
    }
}
