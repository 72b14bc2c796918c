package io.sluice.api.rest;

import io.sluice.api.ApiLimits;
import io.sluice.api.Connections;
import io.sluice.api.Problem;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * Reads the body of one request, bounded in size and time.
 *
 * <p>Owned by the request's event loop.
 */
final class BodyReader {
    /**
     * After an answer to a body that still comes: a client that is reset while it sends may lose the answer
     * (RFC 9112 9.6).
     */
    private static final long LINGER_MILLIS = 1_000;

    private final RoutingContext routing;
    private final int maxBytes;
    private final Handler<Buffer> whole;
    private final Buffer body = Buffer.buffer();
    private final long timer;
    private boolean over;

    private BodyReader(RoutingContext routing, ApiLimits limits, Handler<Buffer> whole) {
        this.routing = routing;
        this.maxBytes = limits.rest().maxBodyBytes();
        this.whole = whole;
        timer =
                routing.vertx()
                        .setTimer(limits.connections().bodyTimeout().toMillis(), _ -> onLate());
    }

    /** Reads a body, or answers with what is wrong with it; to be called in the request's first turn. */
    static void read(RoutingContext routing, ApiLimits limits, Handler<Buffer> whole) {
        HttpServerRequest request = routing.request();
        if (announcedBytes(request) > limits.rest().maxBodyBytes()) {
            refuse(routing, tooLarge(limits.rest().maxBodyBytes()));
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            // If the client is gone, the end of its connection says so.
            routing.response().writeContinue().onFailure(_ -> {});
        }
        BodyReader reader = new BodyReader(routing, limits, whole);
        request.exceptionHandler(_ -> reader.finish());
        request.endHandler(_ -> reader.onEnd());
        request.handler(reader::onData);
    }

    /** Answers a request whose body, if it has one, nobody is going to read. */
    static void refuse(RoutingContext routing, Problem problem) {
        HttpServerRequest request = routing.request();
        HttpServerResponse response = routing.response();
        if (request.isEnded() || !hasBody(request)) {
            problem.send(response);
            return;
        }
        Vertx vertx = routing.vertx();
        problem.send(response);
        vertx.setTimer(
                LINGER_MILLIS,
                _ -> {
                    if (!request.isEnded()) {
                        Connections.hangUp(request.connection());
                    }
                });
    }

    private static boolean hasBody(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                || announcedBytes(request) > 0;
    }

    /** What is no number, the HTTP decoder has refused. */
    private static long announcedBytes(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            return 0;
        }
        try {
            return Long.parseLong(length.strip());
        } catch (NumberFormatException _) {
            return Long.MAX_VALUE;
        }
    }

    private static Problem tooLarge(int maxBytes) {
        return new Problem(
                413,
                "body-too-large",
                "Body too large",
                "A body may have " + maxBytes + " bytes. Send a smaller one.");
    }

    private void onData(Buffer part) {
        if (over) {
            return;
        }
        if (body.length() + part.length() > maxBytes) {
            finish();
            refuse(routing, tooLarge(maxBytes));
            return;
        }
        body.appendBuffer(part);
    }

    private void onEnd() {
        if (!over) {
            finish();
            whole.handle(body);
        }
    }

    private void onLate() {
        if (!over) {
            finish();
            refuse(
                    routing,
                    new Problem(
                            408,
                            "body-timeout",
                            "Too slow",
                            "The body did not come in time. Send it at once."));
        }
    }

    private void finish() {
        over = true;
        routing.vertx().cancelTimer(timer);
    }
}
