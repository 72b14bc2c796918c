package io.sluice.ice;

import java.util.ArrayList;
import java.util.List;
import org.ice4j.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * ICE of one participant (RFC 8445, RFC 7675): its credentials, its addresses, and the path in use.
 *
 * <p>Owned by its loop. ice4j's agent answers and makes the checks; the session itself decides on the
 * path, because ice4j never leaves the first one that was nominated, and keeps the clock of consent.
 */
public final class IceSession {
    /**
     * Requests that one client may make: it checks each pair every 50 ms at most while it connects
     * (RFC 8445 14.2), and each answer costs as much as the forwarding of many packets.
     */
    static final int REQUESTS_PER_SECOND = 200;

    static final int REQUEST_BURST = 200;

    private static final long NEVER = Long.MAX_VALUE;

    private final IceServer server;
    private final IceListener listener;
    private final List<IcePath> paths = new ArrayList<>();
    private final HeldDtls held;
    private final RequestRate rate;

    /** How often TCP connections may come, to all generations together; of the TCP port's thread. */
    private final RequestRate connections;

    private IceGeneration current;
    private @Nullable IceGeneration previous;
    private @Nullable IcePath selected;
    private int selectedBy;
    private IceState state = IceState.NEW;
    private boolean closed;
    private long connectDeadlineNanos = NEVER;
    private long previousEndNanos = NEVER;
    private long lastConsentNanos;
    private long nextCheckNanos;

    IceSession(IceServer server, IceListener listener) {
        this.server = server;
        this.listener = listener;
        held = new HeldDtls(server.slab(), server.heldDtls(), server.config().limits().heldDtls());
        rate = new RequestRate(REQUESTS_PER_SECOND, REQUEST_BURST, server.nowNanos());
        connections = TcpPort.rate(server.config().tcp(), server.nowNanos());
        current = server.openGeneration(this, 1, connections);
        server.opened(state);
    }

    /** The newest local credentials. */
    public IceCredentials credentials() {
        return current.local();
    }

    /** The local candidates, each as it stands after {@code a=candidate:}, foundation first. */
    public List<String> candidates() {
        return server.candidates();
    }

    /**
     * The remote side's credentials, which belong to the newest local ones.
     *
     * @param remoteIsLite the remote side only answers (a=ice-lite): we check and nominate
     */
    public void setRemote(IceCredentials remote, boolean remoteIsLite) {
        if (closed) {
            return;
        }
        if (selected == null) {
            connectDeadlineNanos =
                    server.nowNanos() + server.config().timeouts().connect().toNanos();
            become(IceState.CHECKING);
        }
        current.setRemote(remote, remoteIsLite);
    }

    /** A remote candidate, as in a=candidate; a bad one is dropped and counted. */
    public void addRemoteCandidate(String value) {
        if (closed) {
            return;
        }
        IceConfig config = server.config();
        switch (CandidateLine.read(value, config.addresses().loopback())) {
            case CandidateLine.Result.Read(CandidateLine candidate) -> {
                if (!current.addRemoteCandidate(candidate, config.limits().remoteCandidates())) {
                    server.count(CandidateDrop.LIMIT);
                }
            }
            case CandidateLine.Result.Dropped(CandidateDrop reason) -> server.count(reason);
        }
    }

    /**
     * Begins an ICE restart (RFC 8445 2.4): new local credentials. What is sent and received goes on
     * over the old path until one is nominated with the new ones, from whatever address.
     */
    public IceCredentials restart() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
        IceGeneration fresh = server.openGeneration(this, current.number() + 1, connections);
        if (selectedBy == current.number()) {
            end(previous);
            previous = current;
            previousEndNanos = NEVER;
        } else {
            // A restart that never came to a path: what is in use is older still.
            end(current);
        }
        current = fresh;
        return fresh.local();
    }

    /** When the client was last heard of on the path in use (RFC 7675), in the loop's time. */
    public long lastConsentNanos() {
        return lastConsentNanos;
    }

    /** The path to send on; null before the first and after consent was lost. */
    @Nullable Path selectedPath() {
        IcePath path = selected;
        return path == null ? null : path.path();
    }

    /** Frees everything; nothing is heard afterwards. */
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        server.left(state);
        selected = null;
        held.release();
        for (IcePath path : paths) {
            server.forget(path);
        }
        paths.clear();
        end(previous);
        end(current);
        server.closed(this);
    }

    private void end(@Nullable IceGeneration generation) {
        if (generation != null) {
            server.closeGeneration(generation);
        }
    }

    boolean onMedia(IcePath path, int slot, int length, long nowNanos) {
        if (!path.validated()) {
            server.drop(DatagramDrop.MEDIA_NOT_VALIDATED);
            return false;
        }
        followMedia(path, nowNanos);
        return listener.onMedia(slot, length, nowNanos);
    }

    /** Whether the slot is kept: DTLS of a path that is not validated yet. */
    boolean onDtls(IcePath path, int slot, int length, long nowNanos) {
        if (closed) {
            return false;
        }
        if (path.validated()) {
            followMedia(path, nowNanos);
            listener.onDtls(slot, length, nowNanos);
            return false;
        }
        boolean kept = held.hold(path, slot, length);
        if (!kept) {
            server.drop(DatagramDrop.DTLS_HELD_LIMIT);
        }
        return kept;
    }

    /** A nominated path that the remote side sends on is the one it uses. */
    private void followMedia(IcePath path, long nowNanos) {
        if (path != selected && path.nominations() > 0 && path.nominatedBy() == selectedBy) {
            select(path, selectedBy, nowNanos);
        }
    }

    /** Whether one more authenticated request may be answered. */
    boolean mayAsk(long nowNanos) {
        return rate.pass(nowNanos);
    }

    /** An authenticated request; {@code stun} has read it. */
    void onRequest(
            IceGeneration generation,
            StunMessage stun,
            Message request,
            byte[] bytes,
            Path from,
            long nowNanos) {
        // After a restart, a client's new sockets may check with our old ufrag beside their own
        // new one until the answer reaches them (Chromium does). An answer would let it settle on
        // a path that no check of ours can ever validate: there it knows only the old ufrag.
        if (!generation.accepts(request)) {
            server.drop(DatagramDrop.STUN_MIXED_UFRAGS);
            return;
        }
        IcePath path = find(from);
        if (path == null) {
            path = add(from);
            if (!from.isStream()) {
                generation.onNewAddress(server.config().limits().remoteCandidates());
            }
        }
        path.seen(nowNanos);
        path.priority(stun.priority());
        if (path == selected) {
            lastConsentNanos = nowNanos;
        }
        if (!generation.onRequest(stun, request, bytes, from)) {
            server.drop(DatagramDrop.STUN_REFUSED);
            return;
        }
        if (closed) {
            return;
        }
        boolean nominating = stun.useCandidate() && !generation.controlling();
        if (nominating) {
            path.nominate(generation.number(), stun.transactionHigh());
            if (path == selected) {
                paths.forEach(IcePath::forgetNominations);
            }
            follow(path, generation.number(), nowNanos);
        }
        // ice4j checks what it has paired, in its own time; a path that is wanted must not wait.
        // Of streams it knows nothing.
        boolean soon = nominating || generation.completed() || from.isStream();
        boolean nominate = from.isStream() && generation.controlling() && selected == null;
        if (soon && (nominate || !path.validatedBy(generation.number()))) {
            generation.check(path.path(), nominate);
        }
    }

    /**
     * Whether an authenticated request only asks, on the path in use, whether we still consent: ice4j has
     * nothing to learn from it.
     */
    boolean isConsent(
            IceGeneration generation, StunMessage stun, byte[] bytes, Path from, long nowNanos) {
        IcePath path = selected;
        if (closed
                || path == null
                || selectedBy != generation.number()
                || !path.validatedBy(selectedBy)
                || !path.is(from.socket(), from.remoteHigh(), from.remoteLow(), from.remotePort())
                || !generation.isPlainCheck(stun, bytes)) {
            return false;
        }
        path.seen(nowNanos);
        path.priority(stun.priority());
        lastConsentNanos = nowNanos;
        if (stun.useCandidate() && !generation.controlling()) {
            path.nominate(selectedBy, stun.transactionHigh());
            paths.forEach(IcePath::forgetNominations);
        }
        return true;
    }

    /** An authenticated response from the address that the request went to. */
    void onResponse(StunTransaction transaction, boolean success, Path from, long nowNanos) {
        IceGeneration generation = transaction.stack().generation();
        if (closed || !success) {
            return;
        }
        IcePath found = find(from);
        IcePath path = found == null ? add(from) : found;
        // A late answer on a path that was left must not bring the session back to it.
        boolean news = !path.validatedBy(generation.number()) || generation.controlling();
        path.seen(nowNanos);
        path.validate(generation.number());
        server.claim(path);
        if (path == selected) {
            lastConsentNanos = nowNanos;
        }
        if (transaction.nominating() && generation.controlling()) {
            path.nominate(generation.number(), transaction.key());
        }
        if (news) {
            follow(path, generation.number(), nowNanos);
        }
        if (!held.isEmpty()) {
            held.deliver(path, listener, nowNanos);
        }
    }

    /** Selects a path that is nominated and validated with the same credentials, if it is to be followed. */
    private void follow(IcePath path, int generation, long nowNanos) {
        if (path.nominatedBy() != generation || !path.validatedBy(generation)) {
            return;
        }
        IcePath old = selected;
        if (old == null || generation > selectedBy) {
            select(path, generation, nowNanos);
        } else if (path != old && generation == selectedBy && preferred(path, old)) {
            select(path, generation, nowNanos);
        }
    }

    /**
     * Whether a nomination moves the path. Some clients nominate every pair while they connect
     * (aggressive nomination), so one on a lower priority counts when it is repeated before another on
     * the path in use; media on it counts at once.
     */
    private static boolean preferred(IcePath path, IcePath old) {
        return Integer.compareUnsigned(path.priority(), old.priority()) >= 0
                || path.nominations() > 1;
    }

    private void select(IcePath path, int generation, long nowNanos) {
        become(IceState.CONNECTED);
        boolean moved = path != selected;
        selected = path;
        selectedBy = generation;
        lastConsentNanos = nowNanos;
        scheduleCheck(nowNanos);
        connectDeadlineNanos = NEVER;
        paths.forEach(IcePath::forgetNominations);
        if (generation == current.number() && previous != null && previousEndNanos == NEVER) {
            previousEndNanos = nowNanos + server.config().timeouts().restartOverlap().toNanos();
        }
        if (moved) {
            listener.onPath(path.path());
        }
    }

    /** RFC 7675 5.1: spread by a fifth in either direction. */
    private void scheduleCheck(long nowNanos) {
        double spread = 0.8 + 0.4 * server.random().nextDouble();
        nextCheckNanos =
                nowNanos + (long) (server.config().timeouts().consentInterval().toNanos() * spread);
    }

    /** Looks at the deadlines. */
    void tick(long nowNanos) {
        if (nowNanos >= previousEndNanos) {
            end(previous);
            previous = null;
            previousEndNanos = NEVER;
        }
        IcePath path = selected;
        if (path != null) {
            if (nowNanos - lastConsentNanos > server.config().timeouts().consent().toNanos()) {
                selected = null;
                selectedBy = 0;
                fail(IceFailure.CONSENT_LOST);
                return;
            }
            if (nowNanos >= nextCheckNanos) {
                scheduleCheck(nowNanos);
                selecting().askForConsent(path.path());
            }
        } else if (nowNanos >= connectDeadlineNanos) {
            connectDeadlineNanos = NEVER;
            fail(IceFailure.NEVER_CONNECTED);
            return;
        }
        forgetIdle(nowNanos);
    }

    private void fail(IceFailure reason) {
        become(IceState.FAILED);
        server.count(reason);
        listener.onIceFailed(reason);
    }

    private void become(IceState next) {
        if (closed) {
            return;
        }
        server.left(state);
        state = next;
        server.opened(state);
    }

    /** The generation whose credentials the path in use was nominated with. */
    private IceGeneration selecting() {
        IceGeneration old = previous;
        return old != null && old.number() == selectedBy ? old : current;
    }

    private void forgetIdle(long nowNanos) {
        long timeoutNanos = server.config().timeouts().path().toNanos();
        for (int i = paths.size() - 1; i >= 0; i--) {
            IcePath path = paths.get(i);
            if (path != selected && nowNanos - path.lastSeenNanos() > timeoutNanos) {
                remove(path);
            }
        }
    }

    private @Nullable IcePath find(Path at) {
        for (IcePath path : paths) {
            if (path.is(at.socket(), at.remoteHigh(), at.remoteLow(), at.remotePort())) {
                return path;
            }
        }
        return null;
    }

    private IcePath add(Path at) {
        if (paths.size() >= server.config().limits().paths()) {
            remove(leastUseful());
        }
        IcePath path = new IcePath(this, at);
        paths.add(path);
        server.learn(path);
        return path;
    }

    /** The one to forget: not the one in use; one not validated first; of those the longest silent. */
    private IcePath leastUseful() {
        IcePath worst = null;
        for (IcePath path : paths) {
            if (path == selected && paths.size() > 1) {
                continue;
            }
            if (worst == null
                    || (worst.validated() && !path.validated())
                    || (worst.validated() == path.validated()
                            && path.lastSeenNanos() < worst.lastSeenNanos())) {
                worst = path;
            }
        }
        if (worst == null) {
            throw new IllegalStateException("a full list of paths is not empty");
        }
        return worst;
    }

    private void remove(IcePath path) {
        paths.remove(path);
        held.drop(path);
        server.forget(path);
    }

    /** Another session has proven that the address is its own now. */
    void lost(IcePath path) {
        boolean inUse = path == selected;
        if (inUse) {
            selected = null;
            selectedBy = 0;
            become(IceState.CHECKING);
            connectDeadlineNanos =
                    server.nowNanos() + server.config().timeouts().connect().toNanos();
        }
        paths.remove(path);
        held.drop(path);
        if (inUse) {
            listener.onPathLost();
        }
    }

    void streamFull(IcePath path, boolean full) {
        if (path == selected) {
            listener.onPathFull(full);
        }
    }

    /** A TCP connection is closed, and with it every path over it. */
    void streamClosed(int socket) {
        // Without a copy of the list: all sessions are asked, and most have no such path.
        for (int i = paths.size() - 1; i >= 0; i--) {
            IcePath path = paths.get(i);
            if (path.path().socket() == socket) {
                server.forget(path);
                lost(path);
                return;
            }
        }
    }

    int pathCount() {
        return paths.size();
    }

    long validatedPaths() {
        return paths.stream().filter(IcePath::validated).count();
    }

    IceListener listener() {
        return listener;
    }
}
