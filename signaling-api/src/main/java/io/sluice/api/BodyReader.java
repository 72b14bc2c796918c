package io.sluice.api;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/**
 * Reads the body of one request, bounded in size and time.
 *
 * <p>Owned by the request's event loop.
 */
public final class BodyReader {
    /**
     * After an answer to a body that still comes: a client that is reset while it sends may lose the answer
     * (RFC 9112 9.6).
     */
    private static final long LINGER_MILLIS = 1_000;

    private final RoutingContext routing;
    private final int maxBytes;
    private final Handler<Buffer> whole;
    private final Refusal refusal;
    private final Buffer body = Buffer.buffer();
    private final long timer;
    private boolean over;

    /** How it is said that a body is not taken. */
    @FunctionalInterface
    public interface Refusal {
        void send(Problem why, HttpServerResponse response);
    }

    private BodyReader(
            RoutingContext routing,
            int maxBytes,
            Duration timeout,
            Handler<Buffer> whole,
            Refusal refusal) {
        this.routing = routing;
        this.maxBytes = maxBytes;
        this.whole = whole;
        this.refusal = refusal;
        timer = routing.vertx().setTimer(timeout.toMillis(), _ -> onLate());
    }

    /** Reads a body, or answers with what is wrong with it; to be called in the request's first turn. */
    public static void read(
            RoutingContext routing, int maxBytes, Duration timeout, Handler<Buffer> whole) {
        read(routing, maxBytes, timeout, whole, Problem::send);
    }

    /** The same for those whose clients are answered in other words than a problem's. */
    public static void read(
            RoutingContext routing,
            int maxBytes,
            Duration timeout,
            Handler<Buffer> whole,
            Refusal refusal) {
        HttpServerRequest request = routing.request();
        if (announcedBytes(request) > maxBytes) {
            refuse(routing, tooLarge(maxBytes), refusal);
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            // If the client is gone, the end of its connection says so.
            routing.response().writeContinue().onFailure(_ -> {});
        }
        BodyReader reader = new BodyReader(routing, maxBytes, timeout, whole, refusal);
        request.exceptionHandler(_ -> reader.finish());
        request.endHandler(_ -> reader.onEnd());
        request.handler(reader::onData);
    }

    /** Answers a request whose body, if it has one, nobody is going to read. */
    public static void refuse(RoutingContext routing, Problem problem) {
        refuse(routing, problem, Problem::send);
    }

    private static void refuse(RoutingContext routing, Problem problem, Refusal refusal) {
        HttpServerRequest request = routing.request();
        HttpServerResponse response = routing.response();
        if (request.isEnded() || !hasBody(request)) {
            refusal.send(problem, response);
            return;
        }
        Vertx vertx = routing.vertx();
        refusal.send(problem, response);
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
            refuse(routing, tooLarge(maxBytes), refusal);
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
                            "The body did not come in time. Send it at once."),
                    refusal);
        }
    }

    private void finish() {
        over = true;
        routing.vertx().cancelTimer(timer);
    }
}
