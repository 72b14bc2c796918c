package io.sluice.ice;

import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import javax.crypto.SecretKey;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All ICE sessions on one UDP port, and on the node's TCP port, and the way of each datagram to its session: by its
 * first byte (RFC 7983), then DTLS and media by remote address, STUN requests always by the ufrag they name, STUN
 * responses by their transaction. So a restart from an unchanged address reaches the new credentials.
 *
 * <p>Owned by the loop: every method is called there, but for {@link #drops}, {@link #failures} and
 * {@link #sessions}. No thread and no descriptor belongs to a session. Of ice4j's own threads two
 * exist, shared by all sessions of the process and gone when idle: a timer that ticks the agents that
 * are still connecting (every 20 ms, or once a minute when connected), each in a virtual thread, and a timer for
 * an agent's failure. What they send hops to the loop first.
 *
 * <p>Datagrams are refused in the order of what the check costs: form, ufrag, fingerprint, integrity.
 * Only what passed is decoded by ice4j. Nothing unauthenticated is answered but, so many a second, plain
 * Binding requests.
 */
public final class IceServer implements UdpPort.Sink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IceServer.class);

    /** The share of the slab for DTLS that waits: many sessions must not leave nothing to receive into. */
    private static final int HELD_DTLS_SHARE = 16;

    private final IoEventLoop loop;
    private final UdpPort port;
    private final Slab slab;
    private final IceConfig config;
    private final SecureRandom random;
    private final TurnEnd turnEnd;
    private final UdpCounters counters;
    private final AtomicLongArray candidateDrops =
            new AtomicLongArray(CandidateDrop.values().length);
    private final AtomicLongArray failures = new AtomicLongArray(IceFailure.values().length);
    private final AtomicLongArray states = new AtomicLongArray(IceState.values().length);
    private final AtomicLongArray plainAnswers = new AtomicLongArray(1);
    private final List<TransportAddress> localAddresses;
    private final List<TransportAddress> hosts;
    private final List<String> candidates;
    private final AddressTable<IcePath> paths;
    private final Map<Long, IceGeneration> generations = new HashMap<>();
    private final Map<Long, StunTransaction> transactions = new HashMap<>();
    private final List<IceSession> sessions = new ArrayList<>();
    private final SlotQuota heldDtls;
    private final LaterDtls laterDtls;
    private final StunWriter writer = new StunWriter();
    private final StunInput stun;
    private final @Nullable TcpPort tcp;
    private final TcpCounters tcpCounters;
    private final TcpStreams streams = new TcpStreams(this);

    /** Datagrams that this loop carried over TCP, both ways, and their bytes. */
    private final AtomicLongArray overTcp = new AtomicLongArray(2);

    private volatile int sessionCount;
    private boolean inBatch;
    private boolean closed;
    private @Nullable ScheduledFuture<?> ticking;

    /**
     * Made for a port that is then started with it. {@link IceWarmUp#warmUp} must have been called.
     *
     * @param random for credentials and transaction ids
     * @param turnEnd hears of each batch's end; the port is flushed after it
     * @param tcp the node's port, if it has one
     */
    public IceServer(
            IoEventLoop loop,
            UdpPort port,
            Slab slab,
            IceConfig config,
            SecureRandom random,
            TurnEnd turnEnd,
            @Nullable TcpPort tcp) {
        this.tcp = tcp;
        tcpCounters = tcp == null ? new TcpCounters() : tcp.counters();
        this.loop = loop;
        this.port = port;
        this.slab = slab;
        this.config = config;
        this.random = random;
        this.turnEnd = turnEnd;
        counters = port.counters();
        heldDtls = new SlotQuota(Math.max(1, slab.slots() / HELD_DTLS_SHARE));
        laterDtls = new LaterDtls(this, loop, slab);
        paths = new AddressTable<>(random.nextLong());
        List<InetAddress> bound = port.addresses();
        localAddresses =
                bound.stream()
                        .map(address -> new TransportAddress(address, port.port(), Transport.UDP))
                        .toList();
        hosts =
                localAddresses.stream()
                        .filter(address ->
                                CandidateLine.announces(address.getAddress(), bound, config))
                        .toList();
        int tcpNumber = tcp == null ? CandidateLine.NO_TCP : tcp.port();
        candidates = CandidateLine.local(bound, port.port(), tcpNumber, config);
        stun = new StunInput(this, slab.memory());
        port.passOn(streams);
    }

    /** Opens a session with fresh credentials. */
    public IceSession open(IceListener listener) {
        if (closed) {
            throw new IllegalStateException("the server is closed");
        }
        IceSession session = new IceSession(this, listener);
        sessions.add(session);
        sessionCount = sessions.size();
        if (ticking == null) {
            long tickNanos = config.timeouts().tick().toNanos();
            ticking =
                    loop.scheduleWithFixedDelay(
                            this::tick, tickNanos, tickNanos, TimeUnit.NANOSECONDS);
        }
        return session;
    }

    /** Open sessions; from any thread. */
    public int sessions() {
        return sessionCount;
    }

    /** Remote candidates not used, by reason; from any thread. */
    public long drops(CandidateDrop reason) {
        return candidateDrops.getOpaque(reason.ordinal());
    }

    /** Open sessions in one state; from any thread. */
    public long sessions(IceState state) {
        return states.getOpaque(state.ordinal());
    }

    /** Sessions that lost their path or got none, by reason; from any thread. */
    public long failures(IceFailure reason) {
        return failures.getOpaque(reason.ordinal());
    }

    /** Plain Binding requests that were answered; from any thread. */
    public long plainAnswers() {
        return plainAnswers.getOpaque(0);
    }

    /** CPU time that this loop has spent on records of data so far; on the loop. */
    public long dataNanos() {
        return laterDtls.spentNanos();
    }

    void countPlainAnswer() {
        add(plainAnswers, 0, 1);
    }

    /** Closes all sessions, not the port. */
    @Override
    public void close() {
        closed = true;
        laterDtls.release();
        List.copyOf(sessions).forEach(IceSession::close);
        streams.closeAll();
    }

    TcpStreams streams() {
        return streams;
    }

    TcpCounters tcpCounters() {
        return tcpCounters;
    }

    void carriedByTcp(int sizeBytes) {
        add(overTcp, 0, 1);
        overTcp.setOpaque(1, overTcp.getPlain(1) + sizeBytes);
    }

    /** Datagrams received and sent over TCP; from any thread. */
    public long packetsOverTcp() {
        return overTcp.getOpaque(0);
    }

    /** Their bytes; from any thread. */
    public long bytesOverTcp() {
        return overTcp.getOpaque(1);
    }

    /** The path of an address; null if it is no session's. */
    @Nullable IcePath pathAt(int socket, long high, long low, int remotePort) {
        return paths.get(socket, high, low, remotePort);
    }

    /** A TCP connection takes no more for now, or takes more again. */
    void streamFull(int socket, long high, long low, int remotePort, boolean full) {
        IcePath path = paths.get(socket, high, low, remotePort);
        if (path != null) {
            path.session().streamFull(path, full);
        }
    }

    /** A TCP connection is closed: whoever used it has that path no more. */
    void streamClosed(int socket) {
        for (IceSession session : List.copyOf(sessions)) {
            try {
                session.streamClosed(socket);
            } catch (RuntimeException | Error e) {
                fail(session, e);
            }
        }
    }

    void closed(IceSession session) {
        sessions.remove(session);
        sessionCount = sessions.size();
        ScheduledFuture<?> timer = ticking;
        if (sessions.isEmpty() && timer != null) {
            timer.cancel(false);
            ticking = null;
        }
    }

    private void tick() {
        long nowNanos = nowNanos();
        for (IceSession session : List.copyOf(sessions)) {
            try {
                session.tick(nowNanos);
            } catch (RuntimeException | Error e) {
                fail(session, e);
            }
        }
        port.flush();
    }

    @Override
    public boolean onDatagram(
            int socket, long high, long low, int remotePort, int slot, int length, long nowNanos) {
        inBatch = true;
        if (remotePort == 0) {
            // Nobody can be answered there: the system refuses such runs.
            drop(DatagramDrop.UNKNOWN_ADDRESS);
            return false;
        }
        int first =
                length == 0
                        ? -1
                        : Byte.toUnsignedInt(
                                slab.memory().get(ValueLayout.JAVA_BYTE, Slab.offset(slot)));
        boolean media = first >= 128 && first <= 191;
        if (!media && !(first >= 20 && first <= 63)) {
            if (first >= 0 && first <= 3) {
                stun.onDatagram(socket, high, low, remotePort, slot, length, nowNanos);
            } else {
                drop(DatagramDrop.UNKNOWN_KIND);
            }
            return false;
        }
        IcePath path = paths.get(socket, high, low, remotePort);
        if (path == null) {
            drop(DatagramDrop.UNKNOWN_ADDRESS);
            return false;
        }
        if (laterDtls.putsOff(first) && path.validated()) {
            laterDtls.add(path, slot, length, nowNanos);
            return true;
        }
        return deliver(media, path, slot, length, nowNanos);
    }

    /** Whether the slot is kept. */
    boolean deliver(boolean media, IcePath path, int slot, int length, long nowNanos) {
        IceSession session = path.session();
        try {
            return media
                    ? session.onMedia(path, slot, length, nowNanos)
                    : session.onDtls(path, slot, length, nowNanos);
        } catch (RuntimeException | Error e) {
            drop(DatagramDrop.LISTENER_FAILED);
            fail(session, e);
            return false;
        }
    }

    /** What is written from now on leaves with {@link #onBatchEnd}; returns the time. */
    long beginBatch() {
        inBatch = true;
        return nowNanos();
    }

    @Override
    public void onBatchEnd(long nowNanos) {
        inBatch = false;
        turnEnd.onTurnEnd(nowNanos);
        port.flush();
    }

    /** One participant's fault must not stop the others, be it that there was no memory for one of them. */
    void fail(IceSession session, Throwable cause) {
        try {
            LOG.error("An ICE session is closed because its listener failed", cause);
            count(IceFailure.LISTENER_FAILED);
            session.close();
            session.listener().onIceFailed(IceFailure.LISTENER_FAILED);
        } catch (RuntimeException | Error again) {
            // Thrown further it would end the ticks, and with them every session's consent.
            LOG.error("An ICE session could not be closed in order", again);
        }
    }

    /** Queues a datagram; outside of a batch it leaves at once. */
    void write(Path to, byte[] data, int length) {
        write(to.socket(), to.remoteHigh(), to.remoteLow(), to.remotePort(), data, length);
    }

    StunWriter writer() {
        return writer;
    }

    /** As the other. */
    void write(int socket, long high, long low, int remotePort, byte[] data, int length) {
        long offset = port.reserve();
        if (offset == UdpPort.NO_ROOM) {
            drop(DatagramDrop.SEND_BUFFER_FULL);
            return;
        }
        MemorySegment.copy(data, 0, port.egress(), ValueLayout.JAVA_BYTE, offset, length);
        port.send(socket, high, low, remotePort, length);
        if (!inBatch) {
            port.flush();
        }
    }

    void onLoop(Runnable work) {
        if (loop.inEventLoop()) {
            work.run();
        } else {
            loop.execute(work);
        }
    }

    /** @param connections the session's, which only the TCP port's thread uses from here on */
    IceGeneration openGeneration(IceSession session, int number, RequestRate connections) {
        IceCredentials local = IceCredentials.generate(random);
        while (!take(local, connections)) {
            local = IceCredentials.generate(random);
        }
        IceGeneration generation = new IceGeneration(this, session, number, local);
        generations.put(StunMessage.ufragKey(local.ufrag()), generation);
        return generation;
    }

    /**
     * Takes a ufrag for a session, here and, where TCP finds sessions by it, on the node; false if it is another
     * session's.
     */
    private boolean take(IceCredentials local, RequestRate connections) {
        long ufrag = StunMessage.ufragKey(local.ufrag());
        SecretKey key = StunIntegrity.key(local.password());
        return !generations.containsKey(ufrag)
                && (tcp == null || tcp.expect(ufrag, this, key, connections));
    }

    void closeGeneration(IceGeneration generation) {
        long ufrag = StunMessage.ufragKey(generation.local().ufrag());
        generations.remove(ufrag);
        if (tcp != null) {
            tcp.forget(ufrag);
        }
        generation.close();
    }

    /** A path not yet validated: it does not displace that of another session. */
    void learn(IcePath path) {
        Path at = path.path();
        if (paths.get(at.socket(), at.remoteHigh(), at.remoteLow(), at.remotePort()) == null) {
            put(path);
        }
    }

    /** A validated path: the address is its session's now, whoever had it. */
    void claim(IcePath path) {
        IcePath before = put(path);
        if (before != null && before.session() != path.session()) {
            before.session().lost(before);
        }
    }

    private @Nullable IcePath put(IcePath path) {
        Path at = path.path();
        return paths.put(at.socket(), at.remoteHigh(), at.remoteLow(), at.remotePort(), path);
    }

    void forget(IcePath path) {
        Path at = path.path();
        if (pathAt(at.socket(), at.remoteHigh(), at.remoteLow(), at.remotePort()) == path) {
            paths.remove(at.socket(), at.remoteHigh(), at.remoteLow(), at.remotePort());
            if (at.isStream()) {
                streams.close(at.socket());
            }
        }
    }

    void drop(DatagramDrop reason) {
        counters.drop(reason);
    }

    void count(CandidateDrop reason) {
        add(candidateDrops, reason.ordinal(), 1);
    }

    void count(IceFailure reason) {
        add(failures, reason.ordinal(), 1);
    }

    void opened(IceState state) {
        add(states, state.ordinal(), 1);
    }

    void left(IceState state) {
        add(states, state.ordinal(), -1);
    }

    /** One writer, as in {@link UdpCounters}. */
    private static void add(AtomicLongArray counts, int index, int amount) {
        counts.setOpaque(index, counts.getPlain(index) + amount);
    }

    /** The socket bound to a local address, or -1. */
    int socketOf(TransportAddress local) {
        return localAddresses.indexOf(local);
    }

    TransportAddress localAddress(int socket) {
        return localAddresses.get(socket);
    }

    List<TransportAddress> hosts() {
        return hosts;
    }

    List<String> candidates() {
        return candidates;
    }

    /** The generation with a ufrag of ours, by {@link StunMessage#ufragKey}; null: none. */
    @Nullable IceGeneration generation(long ufrag) {
        return generations.get(ufrag);
    }

    Map<Long, StunTransaction> transactions() {
        return transactions;
    }

    int addressCount() {
        return paths.size();
    }

    long nowNanos() {
        return System.nanoTime();
    }

    IoEventLoop loop() {
        return loop;
    }

    Slab slab() {
        return slab;
    }

    SlotQuota heldDtls() {
        return heldDtls;
    }

    IceConfig config() {
        return config;
    }

    SecureRandom random() {
        return random;
    }
}
