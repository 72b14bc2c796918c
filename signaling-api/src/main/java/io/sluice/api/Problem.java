package io.sluice.api;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * Why a request failed, as its client reads it (RFC 9457).
 *
 * @param status of HTTP
 * @param name of this kind of problem, as {@code room-not-found}
 * @param title the same for each problem of this kind
 * @param detail of this one; says what to do
 */
public record Problem(int status, String name, String title, String detail) {
    /** The name of {@link #keyLimit}. */
    public static final String KEY_LIMIT = "key-limit";

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    public static Problem badRequest(String name, String detail) {
        return new Problem(400, name, "Bad request", detail);
    }

    /** An API key has used up what it may. */
    public static Problem keyLimit(String detail) {
        String sentence = Character.toUpperCase(detail.charAt(0)) + detail.substring(1);
        return new Problem(TOO_MANY_REQUESTS, KEY_LIMIT, "Limit of the API key", sentence);
    }

    public static Problem of(TokenException refused) {
        String name = "token-" + refused.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return refused.isForbidden()
                ? new Problem(403, name, "Not allowed", refused.text())
                : new Problem(401, name, "No valid token", refused.text());
    }

    /** Ends the response with this problem. */
    public void send(HttpServerResponse response) {
        if (response.ended() || response.closed()) {
            return;
        }
        JsonObject body =
                new JsonObject()
                        .put("type", "urn:sluice:problem:" + name)
                        .put("title", title)
                        .put("status", status)
                        .put("detail", detail);
        if (!response.headers().contains("retry-after")) {
            if (status == TOO_MANY_REQUESTS) {
                response.putHeader("retry-after", "1");
            } else if (status == UNAVAILABLE) {
                response.putHeader("retry-after", "5");
            }
        }
        response.setStatusCode(status)
                .putHeader("content-type", "application/problem+json")
                .putHeader("cache-control", "no-store")
                .end(body.encode())
                // A client that is gone does not need its error.
                .onFailure(_ -> {});
    }
}
