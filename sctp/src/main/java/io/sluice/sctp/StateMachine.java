package io.sluice.sctp;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state of an association, and how it changes (RFC 9260 4). {@link Arrivals} brings what comes.
 *
 * <p>Owned by the loop of its association.
 */
final class StateMachine {
    static final long NEVER = Long.MAX_VALUE;

    private static final int USER_INITIATED = 12;
    private static final int SHUTDOWN_VALUE_BYTES = 4;

    /** An echo must fit into our packet. */
    static final int MAX_ECHO_BYTES = PacketWriter.MAX_PACKET_BYTES - 16;

    /** With at most 4 s between two tries: a minute, longer than ICE waits for a path. */
    private static final int MAX_ERRORS = 16;

    private final SctpConfig config;
    private final int maxMessageBytes;
    private final RandomGenerator random;
    private final Channels channels;
    private final SctpCounters counters;
    private final SctpListener listener;
    private final Answers answers;
    private final Asking asking;
    private final Handshake handshake;
    private AssociationState state = AssociationState.CLOSED;
    private Flow flow;
    private int remoteTag;

    /** What the INIT ACK said, until the COOKIE ACK. */
    private @Nullable InitChunk accepted;

    /** Questions in a row that were not answered in time. */
    private int errors;

    StateMachine(
            SctpConfig config,
            int maxMessageBytes,
            RandomGenerator random,
            Channels channels,
            SctpCounters counters,
            SctpListener listener) {
        this.config = config;
        this.maxMessageBytes = maxMessageBytes;
        this.random = random;
        this.channels = channels;
        this.counters = counters;
        this.listener = listener;
        answers = new Answers(counters);
        asking = new Asking(answers);
        handshake = new Handshake(random, config.receiveWindowBytes());
        flow = newFlow();
    }

    private Flow newFlow() {
        return new Flow(config, maxMessageBytes, handshake.localTsn(), channels, counters);
    }

    AssociationState state() {
        return state;
    }

    Flow flow() {
        return flow;
    }

    Answers answers() {
        return answers;
    }

    /** 0 before it is known. */
    int remoteTag() {
        return remoteTag;
    }

    int localTag() {
        return handshake.localTag();
    }

    void connect(long nowNanos) {
        if (state == AssociationState.CLOSED) {
            state = AssociationState.COOKIE_WAIT;
            ask(handshake.init(), 0, nowNanos);
        }
    }

    void onPathChanged(long nowNanos) {
        errors = 0;
        flow.outbound.onPathChanged(nowNanos);
        if (asking.isWaiting()) {
            asking.again(nowNanos + flow.timeout.nanos());
        }
    }

    void shutdown(long nowNanos) {
        switch (state) {
            case CLOSED, COOKIE_WAIT, COOKIE_ECHOED -> end(SctpEnd.SHUT_DOWN);
            case ESTABLISHED -> {
                state = AssociationState.SHUTDOWN_PENDING;
                goOnShuttingDown(nowNanos);
            }
            case SHUTDOWN_PENDING, SHUTDOWN_SENT, SHUTDOWN_RECEIVED, SHUTDOWN_ACK_SENT, ENDED -> {
                // On its way, or done.
            }
        }
    }

    void abort() {
        abort(USER_INITIATED, SctpEnd.ABORTED);
    }

    void abort(int cause, SctpEnd reason) {
        if (state != AssociationState.ENDED) {
            answers.clear();
            if (remoteTag != 0) {
                answers.add(Answers.abort(cause), remoteTag, true);
            }
            end(reason);
        }
    }

    void end(SctpEnd reason) {
        if (state == AssociationState.ENDED) {
            return;
        }
        if (state.isConnected()) {
            counters.count(SctpCount.ENDED);
        }
        state = AssociationState.ENDED;
        asking.stop();
        flow.end();
        channels.closeAll(flow.outbound);
        listener.onSctpEnded(reason);
    }

    /** The other side answers. */
    void heard(long nowNanos) {
        errors = 0;
        if (state.isConnected()) {
            flow.heartbeat.restart(nowNanos);
        }
    }

    // ------------------------------------------------------------------ the beginning

    void onInit(int type, @Nullable InitChunk init, long nowNanos) {
        if (init == null) {
            counters.drop(SctpDrop.MALFORMED);
        } else if (type == ChunkType.INIT_ACK) {
            onInitAck(init, nowNanos);
        } else if (state == AssociationState.SHUTDOWN_ACK_SENT) {
            asking.repeat();
        } else {
            answers.add(
                    handshake.answer(init, state.isConnected(), remoteTag, nowNanos),
                    init.tag(),
                    true);
        }
    }

    private void onInitAck(InitChunk init, long nowNanos) {
        if (state != AssociationState.COOKIE_WAIT) {
            // RFC 9260 5.2.3: late.
            counters.drop(SctpDrop.UNEXPECTED);
            return;
        }
        byte[] cookie = init.cookie();
        if (cookie.length == 0 || cookie.length > MAX_ECHO_BYTES) {
            counters.drop(SctpDrop.BAD_COOKIE);
            return;
        }
        state = AssociationState.COOKIE_ECHOED;
        remoteTag = init.tag();
        accepted = init;
        errors = 0;
        flow.timeout.onProgress();
        ask(Answers.chunk(ChunkType.COOKIE_ECHO, cookie, 0, cookie.length), remoteTag, nowNanos);
    }

    /** Returns whether the rest of the packet counts. */
    boolean onCookieEcho(byte[] buffer, int at, int length, int tag, long nowNanos) {
        StateCookie cookie = handshake.open(buffer, at, length);
        boolean connected = state.isConnected();
        Handshake.Verdict verdict =
                cookie == null
                        ? Handshake.Verdict.REFUSED
                        : handshake.judge(cookie, tag, remoteTag, connected, nowNanos);
        if (cookie == null
                || verdict == Handshake.Verdict.REFUSED
                || verdict == Handshake.Verdict.STALE) {
            counters.drop(SctpDrop.BAD_COOKIE);
            if (cookie != null && verdict == Handshake.Verdict.STALE) {
                answers.add(Answers.staleCookie(), cookie.remote().tag(), true);
            }
            return false;
        }
        if (verdict == Handshake.Verdict.RESTART) {
            return restart(cookie, nowNanos);
        }
        answers.add(Answers.chunk(ChunkType.COOKIE_ACK, 0), cookie.remote().tag(), true);
        if (!connected) {
            establish(cookie.remote(), nowNanos);
        }
        return true;
    }

    void onCookieAck(long nowNanos) {
        if (state == AssociationState.COOKIE_ECHOED && accepted != null) {
            establish(accepted, nowNanos);
        }
    }

    private void establish(InitChunk init, long nowNanos) {
        state = AssociationState.ESTABLISHED;
        accepted = null;
        connectHalves(init, nowNanos);
        counters.count(SctpCount.ESTABLISHED);
        listener.onSctpConnected();
    }

    private void connectHalves(InitChunk remote, long nowNanos) {
        remoteTag = remote.tag();
        asking.stop();
        errors = 0;
        flow.onConnected(remote, nowNanos);
        channels.onConnected(remote.inStreams());
    }

    /** The other side has forgotten all, so we do. */
    private boolean restart(StateCookie cookie, long nowNanos) {
        if (state == AssociationState.SHUTDOWN_ACK_SENT) {
            // RFC 9260 5.2.4: the end comes first.
            asking.repeat();
            return false;
        }
        Flow before = flow;
        before.end();
        answers.clear();
        handshake.restart(cookie);
        flow = newFlow();
        state = AssociationState.ESTABLISHED;
        answers.add(Answers.chunk(ChunkType.COOKIE_ACK, 0), cookie.remote().tag(), true);
        channels.closeAll(before.outbound);
        if (state != AssociationState.ESTABLISHED) {
            return false;
        }
        connectHalves(cookie.remote(), nowNanos);
        counters.count(SctpCount.RESTARTED);
        listener.onSctpRestarted();
        return true;
    }

    // ------------------------------------------------------------------ the end

    void onShutdownChunk(int type, int tag, byte[] buffer, int at, int length, long nowNanos) {
        switch (type) {
            case ChunkType.SHUTDOWN -> {
                if (length < SHUTDOWN_VALUE_BYTES) {
                    counters.drop(SctpDrop.MALFORMED);
                } else {
                    onShutdown(buffer, at, nowNanos);
                }
            }
            case ChunkType.SHUTDOWN_ACK -> {
                if (state == AssociationState.ENDED) {
                    // RFC 9260 8.5.1 E: our COMPLETE was lost.
                    byte[] reflected =
                            Answers.chunk(ChunkType.SHUTDOWN_COMPLETE, ChunkType.FLAG_REFLECTED);
                    answers.add(reflected, tag, true);
                } else if (state == AssociationState.SHUTDOWN_SENT
                        || state == AssociationState.SHUTDOWN_ACK_SENT) {
                    answers.clear();
                    answers.add(Answers.chunk(ChunkType.SHUTDOWN_COMPLETE, 0), remoteTag, true);
                    end(SctpEnd.SHUT_DOWN);
                } else {
                    counters.drop(SctpDrop.UNEXPECTED);
                }
            }
            default -> {
                if (state == AssociationState.SHUTDOWN_ACK_SENT) {
                    end(SctpEnd.SHUT_DOWN);
                } else {
                    counters.drop(SctpDrop.UNEXPECTED);
                }
            }
        }
    }

    private void onShutdown(byte[] buffer, int at, long nowNanos) {
        switch (state) {
            case ESTABLISHED, SHUTDOWN_PENDING, SHUTDOWN_RECEIVED -> {
                state = AssociationState.SHUTDOWN_RECEIVED;
                flow.outbound.onShutdown(buffer, at);
                heard(nowNanos);
            }
            case SHUTDOWN_SENT -> {
                // Both at once.
                state = AssociationState.SHUTDOWN_ACK_SENT;
                ask(Answers.chunk(ChunkType.SHUTDOWN_ACK, 0), remoteTag, nowNanos);
            }
            case CLOSED, COOKIE_WAIT, COOKIE_ECHOED, SHUTDOWN_ACK_SENT, ENDED ->
                    counters.drop(SctpDrop.UNEXPECTED);
        }
    }

    /** RFC 9260 9.2: data that still comes is acknowledged, and the SHUTDOWN said again. */
    void repeatShutdown(Inbound inbound, long nowNanos) {
        if (state == AssociationState.SHUTDOWN_SENT) {
            inbound.askForAck();
            ask(Answers.shutdown(inbound.cumulativeTsn()), remoteTag, nowNanos);
        }
    }

    void goOnShuttingDown(long nowNanos) {
        Inbound inbound = flow.inbound();
        if (inbound == null || !flow.outbound.isIdle()) {
            return;
        }
        if (state == AssociationState.SHUTDOWN_PENDING) {
            state = AssociationState.SHUTDOWN_SENT;
            ask(Answers.shutdown(inbound.cumulativeTsn()), remoteTag, nowNanos);
        } else if (state == AssociationState.SHUTDOWN_RECEIVED) {
            state = AssociationState.SHUTDOWN_ACK_SENT;
            ask(Answers.chunk(ChunkType.SHUTDOWN_ACK, 0), remoteTag, nowNanos);
        }
    }

    // ------------------------------------------------------------------ time

    private void ask(byte[] chunk, int tag, long nowNanos) {
        asking.begin(chunk, tag, nowNanos + flow.timeout.nanos());
    }

    long nextTimeoutNanos() {
        return state == AssociationState.ENDED
                ? NEVER
                : Math.min(asking.nextTimeoutNanos(), flow.nextTimeoutNanos());
    }

    void onTimer(long nowNanos) {
        if (state == AssociationState.ENDED) {
            return;
        }
        if (nowNanos >= asking.nextTimeoutNanos()) {
            flow.timeout.backOff();
            asking.again(nowNanos + flow.timeout.nanos());
            errors++;
        }
        errors += flow.onTimer(nowNanos);
        Heartbeat heartbeat = flow.heartbeat;
        if (heartbeat.due(nowNanos)) {
            errors += heartbeat.isUnanswered() ? 1 : 0;
            answers.add(heartbeat.next(random.nextLong(), nowNanos), remoteTag, false);
        }
        if (errors > MAX_ERRORS) {
            end(SctpEnd.UNANSWERED);
        }
    }
}
