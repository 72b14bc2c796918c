package io.sluice.ice;

import io.netty.util.concurrent.ScheduledFuture;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.ice4j.ResponseCollector;
import org.ice4j.StunTimeoutEvent;
import org.ice4j.message.Request;
import org.ice4j.stack.TransactionID;
import org.jspecify.annotations.Nullable;

/**
 * A request of ours that waits for its response (RFC 8489 6.2.1). Made on any thread, then owned by the loop.
 */
final class StunTransaction implements Runnable {
    /** ice4j's own values, used where the caller names none. */
    private static final int FIRST_WAIT_MILLIS = 100;

    private static final int LONGEST_WAIT_MILLIS = 1_600;
    private static final int RETRANSMISSIONS = 6;

    private final IceServer server;
    private final LoopStunStack stack;

    /** Null where nobody hears of the response but the session. */
    private final @Nullable Request request;

    private final byte[] wire;
    private final TransactionID id;
    private final int socket;
    private final long remoteHigh;
    private final long remoteLow;
    private final int remotePort;
    private final @Nullable ResponseCollector collector;
    private final boolean nominating;
    private int waitMillis = FIRST_WAIT_MILLIS;
    private int longestWaitMillis = LONGEST_WAIT_MILLIS;
    private int retransmissionsLeft = RETRANSMISSIONS;
    private boolean over;
    private @Nullable ScheduledFuture<?> timer;

    StunTransaction(
            IceServer server,
            LoopStunStack stack,
            @Nullable Request request,
            byte[] wire,
            TransactionID id,
            Path path,
            @Nullable ResponseCollector collector,
            boolean nominating) {
        this.server = server;
        this.stack = stack;
        this.request = request;
        this.wire = wire;
        this.id = id;
        socket = path.socket();
        remoteHigh = path.remoteHigh();
        remoteLow = path.remoteLow();
        remotePort = path.remotePort();
        this.collector = collector;
        this.nominating = nominating;
    }

    /** Non-positive waits and negative counts leave the usual ones. */
    void pace(int firstWaitMillis, int maxWaitMillis, int retransmissions) {
        waitMillis = firstWaitMillis > 0 ? firstWaitMillis : waitMillis;
        longestWaitMillis = maxWaitMillis > 0 ? maxWaitMillis : longestWaitMillis;
        retransmissionsLeft = retransmissions >= 0 ? retransmissions : retransmissionsLeft;
    }

    /** Sends it the first time. */
    void begin() {
        if (stack.add(this)) {
            server.transactions().put(key(), this);
            transmit();
        } else {
            over = true;
        }
    }

    private void transmit() {
        server.write(socket, remoteHigh, remoteLow, remotePort, wire, wire.length);
        timer = server.loop().schedule(this, waitMillis, TimeUnit.MILLISECONDS);
        waitMillis = Math.min(2 * waitMillis, longestWaitMillis);
    }

    /** The wait is over. */
    @Override
    public void run() {
        if (over) {
            return;
        }
        if (retransmissionsLeft-- > 0) {
            transmit();
            return;
        }
        end();
        ResponseCollector to = collector;
        if (to != null && request != null) {
            to.processTimeout(
                    new StunTimeoutEvent(stack, request, server.localAddress(socket), id));
        }
    }

    /** No more waiting: answered, cancelled or given up. */
    void end() {
        if (over) {
            return;
        }
        over = true;
        ScheduledFuture<?> waiting = timer;
        if (waiting != null) {
            waiting.cancel(false);
        }
        server.transactions().remove(key());
        stack.remove(this);
    }

    long key() {
        return ByteBuffer.wrap(id.getBytes()).getLong(0);
    }

    /** Whether a response with this remainder of the id, from this address, can be its response. */
    boolean expects(int idLow, int fromSocket, long high, long low, int port) {
        return ByteBuffer.wrap(id.getBytes()).getInt(Long.BYTES) == idLow
                && fromSocket == socket
                && high == remoteHigh
                && low == remoteLow
                && port == remotePort;
    }

    boolean isTo(Path path) {
        return path.socket() == socket
                && path.remoteHigh() == remoteHigh
                && path.remoteLow() == remoteLow
                && path.remotePort() == remotePort;
    }

    LoopStunStack stack() {
        return stack;
    }

    @Nullable Request request() {
        return request;
    }

    TransactionID id() {
        return id;
    }

    @Nullable ResponseCollector collector() {
        return collector;
    }

    /** Whether the request carried USE-CANDIDATE. */
    boolean nominating() {
        return nominating;
    }
}
