package io.sluice.server.metrics;

import io.sluice.api.Problem;
import io.sluice.api.SignalingProtocol;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /metrics} and {@code /readyz}. Used by all threads of the web server. */
public final class Watching implements SignalingProtocol, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watching.class);
    private static final String BEARER = "Bearer ";
    private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    private final Metrics metrics;
    private final Readiness readiness;
    private final MetricsConfig config;
    private final boolean open;
    private final Semaphore scrapes;

    /** Serves the metrics to everybody if {@code open}, else to who has the token. */
    public Watching(Metrics metrics, Readiness readiness, MetricsConfig config, boolean open) {
        this.metrics = metrics;
        this.readiness = readiness;
        this.config = config;
        this.open = open && config.token().isEmpty();
        scrapes = new Semaphore(config.maxScrapes());
    }

    /** Lets somebody count its load here too. */
    public void bind(Consumer<LoadMeters> load) {
        load.accept(metrics.load());
    }

    /** The server's life goes on. */
    public void enter(Readiness.Phase phase) {
        readiness.enter(phase);
    }

    @Override
    public void close() {
        metrics.close();
    }

    @Override
    public void mount(Router router) {
        router.get("/metrics").handler(this::answerMetrics);
        router.get("/readyz").handler(this::answerReadiness);
    }

    private void answerReadiness(RoutingContext routing) {
        Optional<String> hindrance = readiness.hindrance();
        if (hindrance.isPresent()) {
            new Problem(503, "not-ready", "Not ready", hindrance.get()).send(routing.response());
            return;
        }
        send(routing.response(), "text/plain; charset=utf-8", "OK");
    }

    private void answerMetrics(RoutingContext routing) {
        Optional<Problem> refusal = refusal(routing.request().getHeader(HttpHeaders.AUTHORIZATION));
        if (refusal.isPresent()) {
            routing.response().putHeader("www-authenticate", "Bearer");
            refusal.get().send(routing.response());
            return;
        }
        if (!scrapes.tryAcquire()) {
            new Problem(503, "busy", "Try later", "Others read the metrics at this moment.")
                    .send(routing.response());
            return;
        }
        // Reading some thousand numbers takes milliseconds, which signaling should not wait for.
        Context context = routing.vertx().getOrCreateContext();
        Thread.ofVirtual().name("sluice-scrape").start(() -> scrape(routing, context));
    }

    private void scrape(RoutingContext routing, Context context) {
        try {
            String text = metrics.scrape();
            context.runOnContext(_ -> send(routing.response(), TEXT_FORMAT, text));
        } catch (RuntimeException | Error defect) {
            LOG.error("The metrics cannot be read", defect);
            context.runOnContext(_ -> routing.fail(500));
        } finally {
            scrapes.release();
        }
    }

    private Optional<Problem> refusal(@Nullable String authorization) {
        if (open) {
            return Optional.empty();
        }
        if (config.token().isEmpty()) {
            return Optional.of(
                    new Problem(
                            403,
                            "metrics-closed",
                            "Not allowed",
                            "This server has no token for metrics: start it with"
                                    + " SLUICE_METRICS_TOKEN in its environment."));
        }
        if (authorization == null
                || !authorization.startsWith(BEARER)
                || !isToken(authorization.substring(BEARER.length()))) {
            return Optional.of(
                    new Problem(
                            401,
                            "metrics-token",
                            "No valid token",
                            "Send the server's token for metrics as Authorization: Bearer."));
        }
        return Optional.empty();
    }

    /** In a time that says nothing of how much of it was right. */
    private boolean isToken(String text) {
        return MessageDigest.isEqual(
                text.getBytes(StandardCharsets.UTF_8),
                config.token().getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpServerResponse response, String type, String body) {
        if (response.ended() || response.closed()) {
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(body)
                // Who asked may be gone.
                .onFailure(_ -> {});
    }
}
