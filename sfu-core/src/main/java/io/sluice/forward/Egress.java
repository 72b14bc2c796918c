package io.sluice.forward;

import io.sluice.ice.Path;
import io.sluice.ice.UdpPort;
import io.sluice.loop.ForwardingLatency;
import io.sluice.loop.Scratch;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.srtp.SrtpContext;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way out of one transport: its keys, its path, and the one sequence of all it sends.
 *
 * <p>Owned by the transport's loop. A packet is written at {@link #reserve} in {@link #memory}, then
 * protected in place and queued; it leaves at the end of the turn.
 */
public final class Egress {
    private static final long RESEND_TURN_NANOS = 10_000_000;

    /** 6,400 packets a second, 60 Mbit/s: more than a viewer can have lost and still want. */
    private static final int RESENDS_PER_TURN = 64;

    /** Four histories: one datagram can ask for eight thousand packets, and cost as much as all its like. */
    private static final int LOOKUPS_PER_TURN = 2_048;

    private final UdpPort port;
    private final Scratch scratch;
    private final DropCounters drops;
    private final MediaCounters counters;
    private final ForwardingLatency latency;
    private final Consumer<RuntimeException> onDefect;
    private final boolean pads;
    private @Nullable SrtpContext srtp;
    private boolean hasPath;
    private int socket;
    private long remoteHigh;
    private long remoteLow;
    private int remotePort;
    private int transportSequence;
    private long resendTurnNanos;
    private int resends;
    private int lookups;

    /**
     * The way out through a loop's port.
     *
     * @param pads whether packets may be padded, so that they leave as one run
     * @param onDefect ends the transport; called on its loop
     */
    public Egress(
            UdpPort port,
            Scratch scratch,
            DropCounters drops,
            MediaCounters counters,
            ForwardingLatency latency,
            boolean pads,
            Consumer<RuntimeException> onDefect) {
        this.pads = pads;
        this.onDefect = onDefect;
        this.port = port;
        this.scratch = scratch;
        this.drops = drops;
        this.counters = counters;
        this.latency = latency;
    }

    /** Sets where to send from now on, or that there is no such place. */
    public void path(@Nullable Path path) {
        hasPath = path != null;
        if (path == null) {
            return;
        }
        socket = path.socket();
        remoteHigh = path.remoteHigh();
        remoteLow = path.remoteLow();
        remotePort = path.remotePort();
    }

    /** Sets the keys, or takes them away. */
    public void keys(@Nullable SrtpContext context) {
        srtp = context;
    }

    /** Whether media can leave: there are keys and a path. */
    public boolean ready() {
        return srtp != null && hasPath;
    }

    /** Whether there is somewhere to send to, protected or not. */
    public boolean hasPath() {
        return hasPath;
    }

    Scratch scratch() {
        return scratch;
    }

    DropCounters drops() {
        return drops;
    }

    MediaCounters counters() {
        return counters;
    }

    /** A packet that came in at {@code arrivalNanos} leaves with this turn. */
    void forwarded(long arrivalNanos) {
        latency.onQueued(arrivalNanos);
    }

    public MemorySegment memory() {
        return port.egress();
    }

    /** Room for one datagram, or {@link UdpPort#NO_ROOM}, which is counted. */
    public long reserve() {
        long at = port.reserve();
        if (at == UdpPort.NO_ROOM) {
            drops.count(DropReason.EGRESS_FULL);
        }
        return at;
    }

    /** An invariant is broken here: the transport ends. */
    void fail(RuntimeException defect) {
        onDefect.accept(defect);
    }

    /** Whether one more packet may be sent again in this turn: the viewer chooses what it asks for. */
    boolean mayResend(long nowNanos) {
        beginResendTurn(nowNanos);
        return ++resends <= RESENDS_PER_TURN;
    }

    /** Whether so many packets more may be looked for in this turn. */
    boolean mayLookFor(int packets, long nowNanos) {
        beginResendTurn(nowNanos);
        lookups = Math.min(lookups + packets, LOOKUPS_PER_TURN + 1);
        return lookups <= LOOKUPS_PER_TURN;
    }

    private void beginResendTurn(long nowNanos) {
        if (nowNanos - resendTurnNanos >= RESEND_TURN_NANOS) {
            resendTurnNanos = nowNanos;
            resends = 0;
            lookups = 0;
        }
    }

    /** Whether a byte of padding may be sent, and is of any use: packets of one length leave as one run. */
    boolean mayPad() {
        return pads && port.sendsRuns();
    }

    /** The next transport-wide sequence number, 16 bits. */
    int nextTransportSequence() {
        return transportSequence++ & 0xffff;
    }

    /**
     * Protects and queues the RTP packet whose header and prefix stand at {@code at} (see {@link
     * SrtpContext#protectRtp}).
     *
     * @return whether it was queued
     */
    boolean sendRtp(
            long at,
            int headerBytes,
            int prefixBytes,
            MemorySegment payload,
            long payloadOffset,
            int payloadBytes) {
        SrtpContext context = hasPath ? srtp : null;
        if (context == null) {
            drops.count(DropReason.VIEWER_NOT_CONNECTED);
            return false;
        }
        int length =
                context.protectRtp(
                        port.egress(),
                        at,
                        headerBytes,
                        prefixBytes,
                        payload,
                        payloadOffset,
                        payloadBytes);
        return queue(length, MediaCount.RTP_PACKETS_SENT, MediaCount.RTP_BYTES_SENT);
    }

    /** Protects and queues the compound RTCP packet that stands at {@code at}. */
    public boolean sendRtcp(long at, int length) {
        SrtpContext context = hasPath ? srtp : null;
        if (context == null) {
            drops.count(DropReason.VIEWER_NOT_CONNECTED);
            return false;
        }
        return queue(
                context.protectRtcp(port.egress(), at, length),
                MediaCount.RTCP_PACKETS_SENT,
                MediaCount.RTCP_BYTES_SENT);
    }

    /** Queues what protects itself (DTLS) and stands at the reserved place. */
    public void sendAsItIs(int length) {
        port.send(socket, remoteHigh, remoteLow, remotePort, length);
    }

    private boolean queue(int length, MediaCount packets, MediaCount bytes) {
        if (length < 0) {
            drops.count(DropReason.CIPHER_FAILED);
            return false;
        }
        port.send(socket, remoteHigh, remoteLow, remotePort, length);
        counters.count(packets);
        counters.add(bytes, length);
        return true;
    }
}
