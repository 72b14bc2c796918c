package io.sluice.ice;

import static org.awaitility.Awaitility.await;

import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** An ICE server on loopback, and sessions whose listeners remember. */
final class IceFixture {
    static final IceConfig CONFIG =
            IceConfig.defaults()
                    .withLoopback(true)
                    .withTimeouts(
                            Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofMillis(300));

    /** Shorter than a tick, so that consent is checked at each: every 100 ms. */
    static final Duration EACH_TICK = Duration.ofMillis(50);

    /** For tests that wait for several checks of consent. */
    static final IceConfig CHECKING_OFTEN =
            CONFIG.withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20), EACH_TICK);

    final TestLoop loop = TestLoop.epoll();
    final Slab slab = new Slab(512);
    final UdpPort port;
    final IceServer server;
    final TcpPort tcp;
    private final List<AutoCloseable> clients = new ArrayList<>();

    IceFixture(IceConfig config) {
        IceWarmUp.warmUp();
        port =
                UdpPorts.open(
                        loop.loop,
                        slab,
                        List.of(TestClient.LOOPBACK, InetAddress.ofLiteral("::1")),
                        0);
        tcp = TcpPort.open(List.of(TestClient.LOOPBACK), 0, config.tcp());
        server =
                new IceServer(
                        loop.loop, port, slab, config, new SecureRandom(), nowNanos -> {}, tcp);
        loop.run(() -> port.start(server));
    }

    /** A session and what its listener heard. */
    final class Participant implements IceListener {
        final List<Path> paths = new CopyOnWriteArrayList<>();
        final List<IceFailure> failures = new CopyOnWriteArrayList<>();

        /** Tens of thousands in one test: a list that is copied with each would take longer than they do. */
        final Queue<byte[]> media = new ConcurrentLinkedQueue<>();

        final List<byte[]> dtls = new CopyOnWriteArrayList<>();
        final IceSession session = loop.call(() -> server.open(this));
        volatile boolean failing;
        volatile int pathsLost;
        volatile boolean full;

        @Override
        public void onPath(Path path) {
            paths.add(path);
        }

        @Override
        public void onPathLost() {
            pathsLost++;
        }

        @Override
        public void onPathFull(boolean nowFull) {
            full = nowFull;
        }

        @Override
        public void onIceFailed(IceFailure reason) {
            failures.add(reason);
            if (failing) {
                throw new StackOverflowError("on purpose");
            }
        }

        @Override
        public boolean onMedia(int slot, int length, long nowNanos) {
            if (failing) {
                throw new IllegalStateException("on purpose");
            }
            media.add(bytes(slot, length));
            return false;
        }

        @Override
        public void onDtls(int slot, int length, long nowNanos) {
            dtls.add(bytes(slot, length));
        }

        void setRemote(IceCredentials remote, boolean lite) {
            loop.run(() -> session.setRemote(remote, lite));
        }

        void awaitPaths(int count) {
            await().until(() -> paths.size() == count);
        }

        int port() {
            return loop.call(() -> session.selectedPath()).remotePort();
        }
    }

    private byte[] bytes(int slot, int length) {
        return slab.memory().asSlice(Slab.offset(slot), length).toArray(ValueLayout.JAVA_BYTE);
    }

    Participant participant() {
        return new Participant();
    }

    TestClient client(Participant of) throws Exception {
        return keep(
                new TestClient(port.port(), loop.call(of.session::credentials), clients.size()));
    }

    /** A client of a participant that has opened a TCP connection, and said nothing yet. */
    TestClient tcpClient(Participant of) throws Exception {
        return keep(
                TestClient.overTcp(tcp.port(), loop.call(of.session::credentials), clients.size()));
    }

    <T extends AutoCloseable> T keep(T client) {
        clients.add(client);
        return client;
    }

    /** A participant whose client has a nominated path. */
    TestClient connect(Participant participant) throws Exception {
        TestClient client = client(participant);
        participant.setRemote(client.local(), false);
        client.check(true);
        participant.awaitPaths(1);
        return client;
    }

    long drops(DatagramDrop reason) {
        return port.counters().drops(reason);
    }

    void awaitDrops(DatagramDrop reason, long count) {
        await().until(() -> drops(reason) == count);
    }

    <T> T onLoop(Supplier<T> work) {
        return loop.call(work::get);
    }

    /** Closes all, and fails if anything was left behind. */
    void close() throws Exception {
        for (AutoCloseable client : clients) {
            client.close();
        }
        loop.run(server::close);
        int addresses = loop.call(server::addressCount);
        int transactions = loop.call(() -> server.transactions().size());
        tcp.close();
        port.close();
        int slots = loop.call(slab::slotsInUse);
        loop.close();
        slab.close();
        if (addresses + transactions + slots + server.sessions() != 0) {
            throw new AssertionError(
                    "left: %d addresses, %d transactions, %d slots, %d sessions"
                            .formatted(addresses, transactions, slots, server.sessions()));
        }
    }
}
