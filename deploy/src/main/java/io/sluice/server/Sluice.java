package io.sluice.server;

import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.Connections;
import io.sluice.api.Cors;
import io.sluice.api.HttpServer;
import io.sluice.api.RoomDirectory;
import io.sluice.api.SignalingProtocol;
import io.sluice.api.SocketGate;
import io.sluice.api.rest.RestApi;
import io.sluice.calls.Calls;
import io.sluice.calls.CallsConfig;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.history.History;
import io.sluice.history.HistoryCounters;
import io.sluice.ice.TcpPort;
import io.sluice.livekit.LiveKitProtocol;
import io.sluice.livekit.RoomServiceApi;
import io.sluice.livekit.WebhookEvents;
import io.sluice.loop.Loop;
import io.sluice.plain.PlainProtocol;
import io.sluice.room.Rooms;
import io.sluice.server.log.RoomLog;
import io.sluice.server.metrics.Metrics;
import io.sluice.server.metrics.Readiness;
import io.sluice.server.metrics.Readiness.Phase;
import io.sluice.server.metrics.Watching;
import io.sluice.webhook.WebhookCounters;
import io.sluice.webhook.Webhooks;
import io.sluice.whip.WhipProtocol;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole server: its loops, rooms and web server, put together. Usable from any thread but its own ones.
 */
public final class Sluice implements AutoCloseable {
    /** Of this server, as it is told to users. */
    static final String VERSION = "0.1.0";

    private static final Logger LOG = LoggerFactory.getLogger(Sluice.class);

    /** Rooms end in a few turns of their loops. */
    private static final int MAX_CLOSING_TURNS = 20;

    private static final long TURN_TIMEOUT_SECONDS = 2;

    private final MediaPorts media;
    private final List<Loop> loops;
    private final Rooms rooms;
    private final DtlsHandshakes handshakes;
    private final PlainProtocol plain;
    private final WhipProtocol whip;
    private final SocketGate gate;
    private final AccessTokens tokens;
    private final HttpServer http;
    private final Watching watching;
    private final @Nullable Webhooks webhooks;
    private final @Nullable Calls calls;
    private final @Nullable History history;
    private final Governance governance;

    /** Set once: from then on nobody comes in. */
    private final AtomicBoolean closing;

    private Sluice(
            MediaPorts media,
            Rooms rooms,
            DtlsHandshakes handshakes,
            PlainProtocol plain,
            WhipProtocol whip,
            SocketGate gate,
            AccessTokens tokens,
            HttpServer http,
            Watching watching,
            @Nullable Webhooks webhooks,
            @Nullable Calls calls,
            @Nullable History history,
            Governance governance,
            AtomicBoolean closing) {
        this.media = media;
        loops = media.loops();
        this.rooms = rooms;
        this.handshakes = handshakes;
        this.plain = plain;
        this.whip = whip;
        this.gate = gate;
        this.tokens = tokens;
        this.http = http;
        this.watching = watching;
        this.webhooks = webhooks;
        this.calls = calls;
        this.history = history;
        this.governance = governance;
        this.closing = closing;
    }

    /** Starts a server, which serves when this returns. */
    public static Sluice start(SluiceConfig config) throws StartException {
        try (NodeWarmUp warmUp = NodeWarmUp.begin()) {
            return start(config, warmUp);
        }
    }

    /** As the other, with a warm-up that whoever began it closes; when this returns, it has done its work. */
    static Sluice start(SluiceConfig config, NodeWarmUp warmUp) throws StartException {
        SecureRandom random = new SecureRandom();
        DtlsIdentity identity = warmUp.identity();
        MediaPorts media = MediaPorts.open(config, random);
        warmUp.packets(config, identity);
        WebhookCounters counters = new WebhookCounters();
        AtomicReference<String> webhookKey = new AtomicReference<>("");
        Webhooks webhooks = null;
        Calls calls = null;
        HistoryCounters historyCounters = new HistoryCounters();
        History history = null;
        try {
            webhooks = openWebhooks(config, webhookKey, counters, random);
            history = Stores.openHistory(config, historyCounters, random);
            CallsConfig callsConfig = config.calls();
            if (callsConfig != null) {
                calls = Stores.openCalls(callsConfig, history, random);
            }
            return assemble(
                    config,
                    random,
                    warmUp,
                    identity,
                    media,
                    webhooks,
                    webhookKey,
                    counters,
                    calls,
                    history,
                    historyCounters);
        } catch (StartException | RuntimeException failed) {
            if (webhooks != null) {
                webhooks.close();
            }
            if (calls != null) {
                calls.close();
            }
            if (history != null) {
                history.close();
            }
            media.close();
            throw failed;
        }
    }

    /** Null where nobody is told. */
    private static @Nullable Webhooks openWebhooks(
            SluiceConfig config,
            AtomicReference<String> key,
            WebhookCounters counters,
            SecureRandom random)
            throws StartException {
        WebhookSettings settings = config.webhooks();
        if (settings == null) {
            return null;
        }
        AccessTokens tokens = new AccessTokens(config.api().access().keys(), Clock.systemUTC());
        key.set(settings.apiKey());
        try {
            return Webhooks.open(
                    settings.queue(),
                    body -> tokens.sign(key.get(), body),
                    Clock.systemUTC(),
                    counters,
                    random);
        } catch (IOException unusable) {
            throw new StartException(
                    StartException.UNAVAILABLE,
                    "Webhooks cannot be kept: "
                            + unusable.getMessage()
                            + ". Choose another directory with --data-directory; each server needs"
                            + " its own.",
                    unusable);
        }
    }

    private static Sluice assemble(
            SluiceConfig config,
            SecureRandom random,
            NodeWarmUp warmUp,
            DtlsIdentity identity,
            MediaPorts media,
            @Nullable Webhooks webhooks,
            AtomicReference<String> webhookKey,
            WebhookCounters webhookCounters,
            @Nullable Calls calls,
            @Nullable History history,
            HistoryCounters historyCounters)
            throws StartException {
        List<Loop> loops = media.loops();
        DtlsHandshakes handshakes = new DtlsHandshakes(config.dtls());
        Rooms rooms =
                new Rooms(
                        config.room(),
                        config.transport(),
                        loops,
                        identity,
                        handshakes,
                        random,
                        Clock.systemUTC());
        AccessTokens tokens = Access.tokens(config.api(), calls);
        SocketGate gate = new SocketGate(config.api(), tokens);
        AtomicBoolean closing = new AtomicBoolean();
        RoomDirectory directory = Access.rooms(rooms, calls, closing);
        PlainProtocol plain =
                new PlainProtocol(config.api(), config.plain(), gate, directory, random);
        WhipProtocol whip = new WhipProtocol(config.api(), config.whip(), gate, directory, random);
        LiveKitProtocol liveKit =
                new LiveKitProtocol(
                        config.api(),
                        config.liveKit(),
                        gate,
                        tokens,
                        directory,
                        config.whip().iceServers(),
                        random);
        RestApi rest =
                new RestApi(
                        config.api(),
                        config.room(),
                        tokens,
                        gate,
                        rooms,
                        webhooks,
                        history,
                        random,
                        Clock.systemUTC());
        RoomServiceApi roomService = roomService(config, rooms, tokens, gate, rest, liveKit);
        if (webhooks != null) {
            rooms.listen(new WebhookEvents(webhooks::tell, Clock.systemUTC(), random));
        }
        if (history != null) {
            rooms.listen(history.listener());
        }
        Connections connections = new Connections(config.api().limits().connections());
        Watching watching =
                watch(
                        config,
                        media,
                        rooms,
                        handshakes,
                        connections,
                        gate,
                        plain,
                        rest,
                        whip,
                        liveKit,
                        webhookCounters,
                        calls,
                        historyCounters);
        Governance governance =
                Governance.start(config, loops, rooms, gate, rest, whip, webhooks, webhookKey);
        watching.bind(governance::bind);
        try {
            List<SignalingProtocol> protocols =
                    new ArrayList<>(List.of(plain, whip, liveKit, rest, roomService, watching));
            if (calls != null) {
                protocols.add(
                        calls.protocol(
                                config.api(),
                                tokens,
                                gate,
                                rest.rates(),
                                rooms,
                                config.room().maxParticipants()));
            }
            // Whoever comes finds the packet line compiled.
            warmUp.await();
            HttpServer http = openHttp(config, connections, protocols);
            watching.enter(Phase.SERVING);
            return new Sluice(
                    media,
                    rooms,
                    handshakes,
                    plain,
                    whip,
                    gate,
                    tokens,
                    http,
                    watching,
                    webhooks,
                    calls,
                    history,
                    governance,
                    closing);
        } catch (StartException | RuntimeException failed) {
            governance.close();
            watching.close();
            throw failed;
        }
    }

    private static RoomServiceApi roomService(
            SluiceConfig config,
            Rooms rooms,
            AccessTokens tokens,
            SocketGate gate,
            RestApi rest,
            LiveKitProtocol liveKit) {
        return new RoomServiceApi(
                rooms,
                config.room(),
                tokens,
                config.api().limits(),
                new Cors(gate, "authorization, content-type", "retry-after"),
                rest.rates(),
                liveKit);
    }

    private static Watching watch(
            SluiceConfig config,
            MediaPorts media,
            Rooms rooms,
            DtlsHandshakes handshakes,
            Connections connections,
            SocketGate gate,
            PlainProtocol plain,
            RestApi rest,
            WhipProtocol whip,
            LiveKitProtocol liveKit,
            WebhookCounters webhooks,
            @Nullable Calls calls,
            HistoryCounters history) {
        List<Loop> loops = media.loops();
        Metrics metrics =
                new Metrics(VERSION, loops, handshakes, connections, gate, plain.counters(), rest);
        media.bind(metrics);
        metrics.bind(whip);
        metrics.bind(liveKit.counters());
        metrics.bind(webhooks);
        metrics.bind(history);
        if (calls != null) {
            metrics.bind(calls);
        }
        rooms.listen(metrics.rooms());
        rooms.listen(new RoomLog());
        return new Watching(
                metrics,
                new Readiness(loops, System::nanoTime),
                config.metrics(),
                config.api().access().devMode());
    }

    private static HttpServer openHttp(
            SluiceConfig config, Connections connections, List<SignalingProtocol> protocols)
            throws StartException {
        ApiConfig api = config.api();
        try {
            return HttpServer.start(api, config.tls(), connections, protocols);
        } catch (IOException unavailable) {
            throw new StartException(
                    StartException.UNAVAILABLE,
                    "HTTP cannot be served on "
                            + api.http().host()
                            + " port "
                            + api.http().port()
                            + ": "
                            + unavailable.getMessage()
                            + ". Choose another with --port or --host.",
                    unavailable);
        }
    }

    public List<Loop> loops() {
        return loops;
    }

    /** The TCP port for ICE, if there is one. */
    public Optional<TcpPort> tcp() {
        return Optional.ofNullable(media.tcp());
    }

    public Rooms rooms() {
        return rooms;
    }

    public DtlsHandshakes handshakes() {
        return handshakes;
    }

    public PlainProtocol plain() {
        return plain;
    }

    public WhipProtocol whip() {
        return whip;
    }

    public SocketGate gate() {
        return gate;
    }

    public Connections connections() {
        return http.connections();
    }

    /** To issue tokens in tests and tools of the same process. */
    public AccessTokens tokens() {
        return tokens;
    }

    /** Where HTTP is served, also where the system chose the port. */
    public int httpPort() {
        return http.port();
    }

    /** Takes from {@code next} what needs no restart; the rest is left as it is. */
    void reconfigure(SluiceConfig next) {
        governance.reconfigure(next);
    }

    /**
     * Lets no room begin, and waits until everybody has left those that there are.
     *
     * @param deadline after which nobody is waited for
     * @param hurry opens when nobody is to be waited for any more
     * @return whether everybody has left
     */
    boolean drain(Duration deadline, CountDownLatch hurry) {
        watching.enter(Phase.DRAINING);
        return governance.drain(deadline, hurry);
    }

    /** Lets everybody know, then ends. Later calls do nothing. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        watching.enter(Phase.STOPPING);
        governance.close();
        rooms.close();
        awaitEmptyLoops();
        http.close();
        if (webhooks != null) {
            webhooks.close();
        }
        if (calls != null) {
            calls.close();
        }
        if (history != null) {
            history.close();
        }
        watching.close();
        media.close();
    }

    /** Everybody's leaving is work on one loop that makes work on another: each round lets one step pass. */
    private void awaitEmptyLoops() {
        for (int turn = 0; turn < MAX_CLOSING_TURNS; turn++) {
            boolean empty =
                    rooms.all().isEmpty() && loops.stream().allMatch(loop -> loop.residents() == 0);
            if (empty || !awaitTurn()) {
                return;
            }
        }
        LOG.warn("Some participants were still there when the server stopped");
    }

    private boolean awaitTurn() {
        CountDownLatch turns = new CountDownLatch(loops.size());
        loops.forEach(loop -> loop.execute(turns::countDown));
        try {
            return turns.await(TURN_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
