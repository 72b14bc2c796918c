package io.sluice.api;

import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The web server: the page, health, and whatever the protocols mount. Owns the Vert.x
 * threads. Usable from any thread but its own.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** A connection without traffic; WebSockets are kept alive by our pings. */
    private static final int IDLE_SECONDS = 60;

    /**
     * How long sent bytes may go without an acknowledgement before the kernel gives a connection up (RFC 5482);
     * by itself it tries for a quarter of an hour to reach a client that has vanished.
     */
    private static final int TCP_USER_TIMEOUT_MILLIS = 30_000;

    private static final int MAX_HEADER_BYTES = 32 * 1024;

    /** Nothing here blocks; Vert.x asks for threads for its own files and names. */
    private static final int WORKER_THREADS = 1;

    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    /** No script or style stands in a page; WebSockets are named beside 'self' for older Safari. */
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; media-src"
                    + " 'self' blob:; worker-src 'self' blob:; object-src 'none'; frame-ancestors"
                    + " 'none'; base-uri 'none'; form-action 'self'";

    /** What a call needs, for our own page only; what it never needs, for nobody. */
    private static final String PERMISSIONS_POLICY =
            "camera=(self), microphone=(self), display-capture=(self), autoplay=(self),"
                    + " fullscreen=(self), geolocation=(), payment=(), usb=()";

    private final Vertx vertx;
    private final int port;
    private final Connections connections;

    /** One for each thread. */
    private final List<Context> contexts;

    private final AtomicBoolean closing = new AtomicBoolean();

    private final @Nullable CertificateWatch certificate;

    private HttpServer(
            Vertx vertx,
            int port,
            Connections connections,
            List<Context> contexts,
            @Nullable CertificateWatch certificate) {
        this.vertx = vertx;
        this.port = port;
        this.connections = connections;
        this.contexts = List.copyOf(contexts);
        this.certificate = certificate;
    }

    /** Loads what the web server is made of, so that {@link #start} is short. Blocks; may be left out. */
    public static void warmUp() {
        Vertx vertx = Vertx.vertx(vertxOptions(1));
        Router router = Router.router(vertx);
        router.get("/").handler(RoutingContext::next);
        vertx.createHttpServer().requestHandler(router);
        close(vertx, STOP_TIMEOUT);
    }

    /** Starts to serve, with connections that only this server counts. */
    public static HttpServer start(ApiConfig config, List<SignalingProtocol> protocols)
            throws IOException {
        return start(config, new Connections(config.limits().connections()), protocols);
    }

    /** Starts to serve without encryption. */
    public static HttpServer start(
            ApiConfig config, Connections connections, List<SignalingProtocol> protocols)
            throws IOException {
        return start(config, TlsConfig.none(), connections, protocols);
    }

    /**
     * Starts to serve.
     *
     * @throws BindException if the port is in use or the host is not an address of this machine
     * @throws IOException if the server cannot start for another reason
     */
    public static HttpServer start(
            ApiConfig config,
            TlsConfig tls,
            Connections connections,
            List<SignalingProtocol> protocols)
            throws IOException {
        Vertx vertx = Vertx.vertx(vertxOptions(config.http().threads()));
        @Nullable CertificateWatch certificate;
        try {
            certificate = tls.isOn() ? CertificateWatch.start(tls, vertx) : null;
        } catch (IOException unusable) {
            close(vertx, STOP_TIMEOUT);
            throw unusable;
        }
        StaticFiles files = new StaticFiles();
        AtomicInteger port = new AtomicInteger();
        List<Context> contexts = new CopyOnWriteArrayList<>();
        DeploymentOptions deployment =
                new DeploymentOptions().setInstances(config.http().threads());
        Future<String> started =
                vertx.deployVerticle(
                        () ->
                                new VerticleBase() {
                                    @Override
                                    public Future<?> start() {
                                        contexts.add(context);
                                        Router router = Router.router(vertx);
                                        Connections.Watch watch = connections.watch(vertx);
                                        routes(router, watch, files, protocols);
                                        return vertx.createHttpServer(
                                                        serverOptions(config, certificate))
                                                .requestHandler(
                                                        request -> onRequest(request, router))
                                                .connectionHandler(watch::onConnection)
                                                .invalidRequestHandler(HttpServer::refuseMalformed)
                                                .listen(address(config))
                                                .onSuccess(server -> {
                                                    port.set(server.actualPort());
                                                    if (certificate != null) {
                                                        certificate.add(server);
                                                    }
                                                })
                                                .recover(HttpServer::explainBind);
                                    }
                                },
                        deployment);
        try {
            await(started, START_TIMEOUT);
        } catch (IOException failed) {
            close(vertx, STOP_TIMEOUT);
            throw failed;
        }
        return new HttpServer(vertx, port.get(), connections, contexts, certificate);
    }

    /** The port that is listened on, also where the configured one was 0. */
    public int port() {
        return port;
    }

    public Connections connections() {
        return connections;
    }

    /**
     * Closes every connection and ends the threads; what was to be said before is said. Later calls do
     * nothing.
     */
    @Override
    public void close() {
        close(STOP_TIMEOUT);
    }

    /**
     * The same.
     *
     * @param patience with what is to be said, and then with the connections; what does not end by then is left open
     */
    public void close(Duration patience) {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        if (certificate != null) {
            certificate.close();
        }
        List<Future<Object>> turns = new ArrayList<>();
        for (Context context : contexts) {
            Promise<Object> turn = Promise.promise();
            turns.add(turn.future());
            context.runOnContext(_ -> turn.complete());
        }
        try {
            await(Future.join(turns), patience);
        } catch (IOException failed) {
            LOG.warn("The web server was busy when it stopped: {}", failed.getMessage());
        }
        close(vertx, patience);
    }

    private static void close(Vertx vertx, Duration patience) {
        try {
            await(vertx.close(), patience);
        } catch (IOException failed) {
            LOG.warn("The web server did not stop cleanly: {}", failed.getMessage());
        }
    }

    private static VertxOptions vertxOptions(int threads) {
        return new VertxOptions()
                .setEventLoopPoolSize(threads)
                .setWorkerPoolSize(WORKER_THREADS)
                .setInternalBlockingPoolSize(WORKER_THREADS)
                .setPreferNativeTransport(true)
                // Static files come from memory: no cache folder under /tmp.
                .setFileSystemOptions(
                        new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false));
    }

    /** The native transport has its own exceptions for what the JDK calls a BindException. */
    private static <T> Future<T> explainBind(Throwable failure) {
        if (failure instanceof IOException && !(failure instanceof UnknownHostException)) {
            BindException bind = new BindException(failure.getMessage());
            bind.initCause(failure);
            return Future.failedFuture(bind);
        }
        return Future.failedFuture(failure);
    }

    /** All instances listen on the same port, also when the system chooses it. */
    private static SocketAddress address(ApiConfig config) {
        return config.http().port() == 0
                ? SocketAddress.sharedRandomPort(1, config.http().host())
                : SocketAddress.inetSocketAddress(config.http().port(), config.http().host());
    }

    private static HttpServerOptions serverOptions(
            ApiConfig config, @Nullable CertificateWatch certificate) {
        HttpServerOptions options = serverOptions(config);
        if (certificate != null) {
            options.setSsl(true)
                    // WebSockets begin in HTTP/1.1.
                    .setUseAlpn(false)
                    .setEnabledSecureTransportProtocols(CertificateWatch.PROTOCOLS)
                    .setKeyCertOptions(certificate.current().options());
        }
        return options;
    }

    private static HttpServerOptions serverOptions(ApiConfig config) {
        int maxMessageBytes = config.socketLimits().incoming().maxMessageBytes();
        return new HttpServerOptions()
                .setTcpNoDelay(true)
                .setTcpUserTimeout(TCP_USER_TIMEOUT_MILLIS)
                .setIdleTimeout(IDLE_SECONDS)
                .setHttp2ClearTextEnabled(false)
                .setMaxInitialLineLength(config.http().maxRequestLineBytes())
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                // Of protocols that do not read their frames themselves.
                .setMaxWebSocketFrameSize(maxMessageBytes)
                .setMaxWebSocketMessageSize(maxMessageBytes)
                // A small compressed message may be a large one.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
    }

    private static void routes(
            Router router,
            Connections.Watch watch,
            StaticFiles files,
            List<SignalingProtocol> protocols) {
        router.route().handler(watch::onRequest);
        router.route().handler(HttpServer::addSecurityHeaders);
        router.get("/healthz").handler(routing -> answerHealth(routing.response()));
        protocols.forEach(protocol -> protocol.mount(router));
        router.route().method(HttpMethod.GET).method(HttpMethod.HEAD).handler(files);
        router.route().last().handler(routing -> NOT_FOUND.send(routing.response()));
        router.route().failureHandler(HttpServer::answerFailure);
    }

    private static final Problem NOT_FOUND =
            new Problem(404, "not-found", "Not found", "There is nothing at this path.");

    private static void addSecurityHeaders(RoutingContext routing) {
        routing.response()
                .putHeader("content-security-policy", CONTENT_SECURITY_POLICY)
                .putHeader("x-content-type-options", "nosniff")
                // For browsers that do not know frame-ancestors.
                .putHeader("x-frame-options", "DENY")
                .putHeader("permissions-policy", PERMISSIONS_POLICY)
                // The page's address may hold a room's name.
                .putHeader("referrer-policy", "no-referrer");
        routing.next();
    }

    private static void answerHealth(HttpServerResponse response) {
        response.putHeader("content-type", "text/plain; charset=utf-8")
                .putHeader("cache-control", "no-store")
                .end("OK")
                .onFailure(_ -> {});
    }

    private static void onRequest(HttpServerRequest request, Router router) {
        if (isPercentEncoded(request.uri())) {
            router.handle(request);
        } else {
            // The router would fail, and log the address with the token in it.
            refuseMalformed(request);
        }
    }

    /** Whether two hexadecimal digits follow each percent sign (RFC 3986 2.1). */
    private static boolean isPercentEncoded(String target) {
        for (int i = target.indexOf('%'); i >= 0; i = target.indexOf('%', i + 1)) {
            if (i + 2 >= target.length()
                    || Character.digit(target.charAt(i + 1), 16) < 0
                    || Character.digit(target.charAt(i + 2), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private static void refuseMalformed(HttpServerRequest request) {
        Problem.badRequest("malformed-request", "This is not a valid HTTP request.")
                .send(request.response());
        request.connection().close().onFailure(_ -> {});
    }

    private static void answerFailure(RoutingContext routing) {
        int status = routing.statusCode() < 400 ? 500 : routing.statusCode();
        if (status >= 500) {
            // Neither the address nor the query: a token may stand there.
            LOG.error("A request failed", routing.failure());
        }
        problemOf(status).send(routing.response());
    }

    private static Problem problemOf(int status) {
        return switch (status) {
            case 400 -> Problem.badRequest("malformed-request", "The request's path is malformed.");
            case 413 ->
                    new Problem(413, "body-too-large", "Body too large", "Send a smaller body.");
            case 500 ->
                    new Problem(
                            500, "internal", "Internal error", "The server failed; see its log.");
            default ->
                    new Problem(status, "refused", "Refused", "The server refuses this request.");
        };
    }

    private static <T> void await(Future<T> future, Duration timeout) throws IOException {
        try {
            future.toCompletionStage()
                    .toCompletableFuture()
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException(failed.getCause());
        } catch (TimeoutException late) {
            throw new IOException("no result within " + timeout, late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}
