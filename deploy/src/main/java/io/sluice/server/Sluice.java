package io.sluice.server;

import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.Connections;
import io.sluice.api.HttpServer;
import io.sluice.api.RoomDirectory;
import io.sluice.api.SignalingProtocol;
import io.sluice.api.SocketGate;
import io.sluice.api.rest.RestApi;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.ice.IceWarmUp;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.plain.PlainProtocol;
import io.sluice.room.Rooms;
import io.sluice.server.log.RoomLog;
import io.sluice.server.metrics.Metrics;
import io.sluice.server.metrics.Readiness;
import io.sluice.server.metrics.Readiness.Phase;
import io.sluice.server.metrics.Watching;
import io.sluice.srtp.SrtpContexts;
import io.sluice.transport.PacketWarmUp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

    private final List<Loop> loops;
    private final Rooms rooms;
    private final DtlsHandshakes handshakes;
    private final PlainProtocol plain;
    private final SocketGate gate;
    private final AccessTokens tokens;
    private final HttpServer http;
    private final Watching watching;

    /** Set once: from then on nobody comes in. */
    private final AtomicBoolean closing;

    private Sluice(
            List<Loop> loops,
            Rooms rooms,
            DtlsHandshakes handshakes,
            PlainProtocol plain,
            SocketGate gate,
            AccessTokens tokens,
            HttpServer http,
            Watching watching,
            AtomicBoolean closing) {
        this.loops = loops;
        this.rooms = rooms;
        this.handshakes = handshakes;
        this.plain = plain;
        this.gate = gate;
        this.tokens = tokens;
        this.http = http;
        this.watching = watching;
        this.closing = closing;
    }

    /** Starts a server, which serves when this returns. */
    public static Sluice start(SluiceConfig config) throws StartException {
        SecureRandom random = new SecureRandom();
        DtlsIdentity identity = warmUp(config, random);
        List<Loop> loops = openLoops(config, random);
        try {
            return start(config, random, identity, loops);
        } catch (StartException | RuntimeException failed) {
            closeLoops(loops);
            throw failed;
        }
    }

    private static Sluice start(
            SluiceConfig config, SecureRandom random, DtlsIdentity identity, List<Loop> loops)
            throws StartException {
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
        AccessTokens tokens = new AccessTokens(config.api().access().keys(), Clock.systemUTC());
        SocketGate gate = new SocketGate(config.api(), tokens);
        AtomicBoolean closing = new AtomicBoolean();
        PlainProtocol plain =
                new PlainProtocol(
                        config.api(), config.plain(), gate, directory(rooms, closing), random);
        RestApi rest =
                new RestApi(
                        config.api(),
                        config.room(),
                        tokens,
                        gate,
                        rooms,
                        random,
                        Clock.systemUTC());
        Connections connections = new Connections(config.api().limits().connections());
        Watching watching = watch(config, loops, rooms, handshakes, connections, gate, plain, rest);
        try {
            HttpServer http = openHttp(config.api(), connections, List.of(plain, rest, watching));
            watching.enter(Phase.SERVING);
            return new Sluice(
                    loops, rooms, handshakes, plain, gate, tokens, http, watching, closing);
        } catch (StartException | RuntimeException failed) {
            watching.close();
            throw failed;
        }
    }

    private static Watching watch(
            SluiceConfig config,
            List<Loop> loops,
            Rooms rooms,
            DtlsHandshakes handshakes,
            Connections connections,
            SocketGate gate,
            PlainProtocol plain,
            RestApi rest) {
        Metrics metrics =
                new Metrics(VERSION, loops, handshakes, connections, gate, plain.counters(), rest);
        rooms.listen(metrics.rooms());
        rooms.listen(new RoomLog());
        return new Watching(
                metrics,
                new Readiness(loops, System::nanoTime),
                config.metrics(),
                config.api().access().devMode());
    }

    private static RoomDirectory directory(Rooms rooms, AtomicBoolean closing) {
        return (name, create) -> {
            if (closing.get()) {
                return Optional.empty();
            }
            return create ? Optional.of(rooms.room(name)) : rooms.find(name).map(room -> room);
        };
    }

    /** Does side by side what takes time and depends on nothing: the first clients would wait for it. */
    private static DtlsIdentity warmUp(SluiceConfig config, SecureRandom random)
            throws StartException {
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofPlatform().name("sluice-warm-up-", 0).factory())) {
            Future<?> ice = threads.submit(IceWarmUp::warmUp);
            Future<?> web = threads.submit(HttpServer::warmUp);
            Future<String> srtp = threads.submit(SrtpContexts::implementation);
            DtlsIdentity identity = DtlsIdentity.generate(random, Clock.systemUTC().instant());
            ice.get();
            srtp.get();
            warmUpPackets(config, identity, random);
            web.get();
            return identity;
        } catch (ExecutionException failed) {
            throw new StartException(
                    StartException.INTERNAL, "The server cannot be prepared.", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartException(StartException.INTERNAL, "Interrupted.", interrupted);
        }
    }

    /** A server that cannot be warmed up serves all the same. */
    private static void warmUpPackets(
            SluiceConfig config, DtlsIdentity identity, SecureRandom random) {
        long budgetNanos = config.media().warmUp().toNanos();
        if (budgetNanos == 0) {
            return;
        }
        try {
            long packets = PacketWarmUp.run(config.loop(), identity, random, budgetNanos);
            LOG.debug("Warmed up with {} packets", packets);
        } catch (RuntimeException failed) {
            LOG.warn("The packet line cannot be warmed up: the first packets will be slow", failed);
        }
    }

    private static List<Loop> openLoops(SluiceConfig config, SecureRandom random)
            throws StartException {
        MediaConfig media = config.media();
        List<Loop> loops = new ArrayList<>();
        try {
            LoopConfig each = config.loop().shared(media.loops());
            for (int i = 0; i < media.loops(); i++) {
                loops.add(
                        new Loop(
                                i,
                                each,
                                config.ice(),
                                media.localAddresses(),
                                media.udpPort(i),
                                random));
            }
            return List.copyOf(loops);
        } catch (UncheckedIOException unavailable) {
            closeLoops(loops);
            throw new StartException(
                    StartException.UNAVAILABLE,
                    "UDP ports cannot be opened: "
                            + unavailable.getMessage()
                            + ". Choose others with --udp-port ("
                            + media.loops()
                            + " in a row are needed, see --loops) or name the addresses with"
                            + " --local-address.",
                    unavailable);
        }
    }

    private static HttpServer openHttp(
            ApiConfig api, Connections connections, List<SignalingProtocol> protocols)
            throws StartException {
        try {
            return HttpServer.start(api, connections, protocols);
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

    public Rooms rooms() {
        return rooms;
    }

    public DtlsHandshakes handshakes() {
        return handshakes;
    }

    public PlainProtocol plain() {
        return plain;
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

    /** Lets everybody know, then ends. Later calls do nothing. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        watching.enter(Phase.STOPPING);
        rooms.close();
        awaitEmptyLoops();
        http.close();
        watching.close();
        closeLoops(loops);
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

    private static void closeLoops(List<Loop> loops) {
        loops.forEach(Loop::close);
        loops.forEach(Loop::freeMemory);
    }
}
