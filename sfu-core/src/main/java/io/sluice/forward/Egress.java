package io.sluice.forward;

import io.sluice.ice.Path;
import io.sluice.ice.UdpPort;
import io.sluice.loop.ForwardingLatency;
import io.sluice.loop.Scratch;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.PacketRecord;
import io.sluice.rtp.PacketRecord.Kind;
import io.sluice.rtp.Wire;
import io.sluice.srtp.SrtpContext;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
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

    /** RFC 3550 5.1; SRTP does not encrypt the header. */
    private static final int SEQUENCE_AT = 2;

    private static final int SSRC_AT = 8;

    /** Four histories: one datagram can ask for eight thousand packets, and cost as much as all its like. */
    private static final int LOOKUPS_PER_TURN = 2_048;

    private final UdpPort port;
    private final Scratch scratch;
    private final DropCounters drops;
    private final MediaCounters counters;
    private final ForwardingLatency latency;
    private final Consumer<Throwable> onDefect;
    private final boolean pads;
    private @Nullable SrtpContext srtp;
    private boolean hasPath;
    private boolean pathFull;
    private int socket;
    private long remoteHigh;
    private long remoteLow;
    private int remotePort;
    private final @Nullable CongestionSetup setup;

    /** Made with the first packet of media, or when there is a picture to be probed for: it is 20 kB. */
    private @Nullable CongestionControl congestion;

    private final PathTrace trace = new PathTrace();

    /** Headers of packets both ways, for who looks into what goes wrong; null while nobody does. */
    private @Nullable PacketRecord record;

    /** Of video; bounded by the subscriptions. */
    private final List<ViewerStream> streams = new ArrayList<>(1);

    /** Of the next packet that takes one. */
    private long transportSequence;

    /** Whether the packet that is being written takes a number. */
    private boolean numbered;

    /** Whether the viewer is not told of it, and knows the packet by its stream's own. */
    private boolean silently;

    /** Whether it was ever told of one: holes in what it knows would look like losses. */
    private boolean openly;

    private long resendTurnNanos;
    private int resends;
    private int lookups;

    /**
     * The way out through a loop's port.
     *
     * @param pads whether packets may be padded, so that they leave as one run
     * @param setup of what bounds how much is sent; null sends everything, whatever the viewer says
     * @param onDefect ends the transport; called on its loop
     */
    public Egress(
            UdpPort port,
            Scratch scratch,
            DropCounters drops,
            MediaCounters counters,
            ForwardingLatency latency,
            boolean pads,
            @Nullable CongestionSetup setup,
            Consumer<Throwable> onDefect) {
        this.pads = pads;
        this.setup = setup;
        this.onDefect = onDefect;
        this.port = port;
        this.scratch = scratch;
        this.drops = drops;
        this.counters = counters;
        this.latency = latency;
    }

    /** Keeps the headers of packets both ways from now on, or forgets them. */
    public void record(boolean on) {
        if (!on) {
            record = null;
        } else if (record == null) {
            record = new PacketRecord();
        }
    }

    /** The headers that are kept; null unless {@link #record} was asked to. */
    public @Nullable PacketRecord record() {
        return record;
    }

    /** Sets where to send from now on, or that there is no such place. */
    public void path(@Nullable Path path) {
        hasPath = path != null;
        pathFull(false);
        if (path == null) {
            return;
        }
        if (congestion != null) {
            congestion.onPathChanged();
        }
        socket = path.socket();
        remoteHigh = path.remoteHigh();
        remoteLow = path.remoteLow();
        remotePort = path.remotePort();
    }

    /** The path takes no more for now, or takes more again: video and data wait, as they do for the pacer. */
    public void pathFull(boolean full) {
        pathFull = full;
        if (congestion != null) {
            congestion.pathFull(full);
        }
    }

    /** Sets the keys, or takes them away. */
    public void keys(@Nullable SrtpContext context) {
        srtp = context;
        if (context == null && congestion != null) {
            congestion.end();
            congestion = null;
        }
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

    /** A packet leaves that has waited so long. */
    void waited(long nanos) {
        latency.onWaited(nanos);
    }

    public MemorySegment memory() {
        return port.egress();
    }

    /** Room for one datagram, or {@link UdpPort#NO_ROOM}, which is counted. */
    public long reserve() {
        long at = port.reserve();
        if (at == UdpPort.NO_ROOM) {
            drops.count(DropReason.EGRESS_FULL);
            numbered = false;
        }
        return at;
    }

    /** What is queued may leave if it is much: what comes next belongs to another run. */
    void endRun() {
        port.flushIfMany();
    }

    /** An invariant is broken here: the transport ends. */
    void fail(Throwable defect) {
        onDefect.accept(defect);
    }

    /** Whether one more packet may be sent again in this turn: the viewer chooses what it asks for. */
    boolean mayResend(long nowNanos) {
        beginResendTurn(nowNanos);
        return ++resends <= RESENDS_PER_TURN
                && (congestion == null || congestion.mayResend(nowNanos));
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

    /** The transport-wide sequence number of the packet that is written next, 16 bits. */
    int nextTransportSequence() {
        numbered = true;
        silently = false;
        openly = true;
        return (int) transportSequence & 0xffff;
    }

    /** The packet that is written next takes a number that it does not carry (RFC 8888). */
    void numberSilently() {
        numbered = !openly;
        silently = !openly;
    }

    /** How many packets with a transport-wide number were sent. */
    public long numberedPackets() {
        return transportSequence;
    }

    /** The packet that is being written does not fit and is dropped. */
    void tooLong() {
        drops.count(DropReason.HEADER_TOO_LONG);
        numbered = false;
    }

    /** The packet that is written next says again what it said before. */
    void repeatsNumber() {
        numbered = false;
    }

    /** What bounds how much is sent; null before there was media, or if nothing does. */
    public @Nullable CongestionControl congestion() {
        return congestion;
    }

    /** The same, made if it may be. */
    public @Nullable CongestionControl congestion(long nowNanos) {
        if (congestion == null && setup != null) {
            congestion =
                    new CongestionControl(
                            setup, streams, drops, counters, trace, onDefect, nowNanos);
            congestion.pathFull(pathFull);
        }
        return congestion;
    }

    /**
     * Lets time pass; see {@link io.sluice.loop.Ticking}.
     *
     * @param demandBps the most that could be used now
     */
    public void onTick(long demandBps, long nowNanos) {
        long demand = ready() ? demandBps : 0;
        boolean begins = demand > 0 && !streams.isEmpty();
        CongestionControl control = begins ? congestion(nowNanos) : congestion;
        if (control != null) {
            control.demand(demand);
            control.onTick(nowNanos);
        }
    }

    /** Writes down what is found of the path, if it is asked to. */
    public PathTrace trace() {
        return trace;
    }

    /** What may be sent to the viewer in all, in bits per second; {@link CongestionControl#UNBOUNDED} if all. */
    public long targetBitsPerSecond() {
        if (congestion != null) {
            return congestion.targetBitsPerSecond();
        }
        return setup == null ? CongestionControl.UNBOUNDED : setup.config().start();
    }

    /** Whether what the path carries is but a guess; see {@link Opening}. */
    boolean isGuess(long nowNanos) {
        return congestion == null ? setup != null : congestion.isGuess(nowNanos);
    }

    /** What the path to the viewer is thought to carry; as {@link #targetBitsPerSecond}. */
    public long estimateBitsPerSecond() {
        return congestion == null ? targetBitsPerSecond() : congestion.estimateBitsPerSecond();
    }

    /** Whether a packet of video has to wait for its turn. */
    boolean mustWait(ViewerStream stream, long nowNanos) {
        CongestionControl control = congestion;
        return control != null && control.mustWait(stream, nowNanos);
    }

    /** Has a packet wait; false if there is no room, which is counted. */
    boolean await(ViewerStream stream, long sequence, long nowNanos) {
        return congestion != null && congestion.await(stream, sequence, nowNanos);
    }

    /** Whether a packet that is to be sent again has to wait for its turn. */
    boolean resendMustWait(long nowNanos) {
        return congestion != null && congestion.resendMustWait(nowNanos);
    }

    /** A packet of so many bytes is sent again, or waits for it: it counts. */
    void onResend(int lengthBytes, long nowNanos) {
        if (congestion != null) {
            congestion.onResend(lengthBytes, nowNanos);
        }
    }

    /** As {@link #await}, for a packet to be sent again. */
    boolean awaitAgain(ViewerStream stream, long sequence, long nowNanos) {
        return congestion != null && congestion.awaitAgain(stream, sequence, nowNanos);
    }

    /** Whether a packet that is sent again should not go alone, for the path loses by itself. */
    boolean losesByItself() {
        return congestion != null && congestion.losesByItself();
    }

    /** Has a copy of a packet that is sent again follow it; a viewer who is not paced gets none. */
    void awaitCopy(ViewerStream stream, long sequence, long nowNanos) {
        if (congestion != null) {
            congestion.awaitCopy(stream, sequence, nowNanos);
        }
    }

    /** A stream of video begins. */
    void add(ViewerStream stream) {
        streams.add(stream);
    }

    /** Nothing of a stream that waits is sent any more. */
    void giveUp(ViewerStream stream) {
        if (congestion != null) {
            congestion.giveUp(stream);
        }
    }

    /** A stream ends: nothing of it waits any more. */
    void forget(ViewerStream stream) {
        streams.remove(stream);
        if (congestion != null) {
            congestion.forget(stream);
        }
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
            int payloadBytes,
            long nowNanos) {
        boolean takesNumber = numbered;
        numbered = false;
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
        if (record != null) {
            record.time(nowNanos);
        }
        if (!queue(at, length, MediaCount.RTP_PACKETS_SENT, MediaCount.RTP_BYTES_SENT)) {
            return false;
        }
        CongestionControl control = congestion(nowNanos);
        if (control != null) {
            if (takesNumber && silently) {
                control.onStreamSent(
                        Wire.i32(port.egress(), at + SSRC_AT),
                        Wire.u16(port.egress(), at + SEQUENCE_AT),
                        transportSequence);
            }
            control.onSent(
                    takesNumber ? transportSequence : CongestionControl.NO_NUMBER,
                    length,
                    nowNanos);
        }
        transportSequence += takesNumber ? 1 : 0;
        return true;
    }

    /** Protects and queues the compound RTCP packet that stands at {@code at}. */
    public boolean sendRtcp(long at, int length) {
        SrtpContext context = hasPath ? srtp : null;
        if (context == null) {
            drops.count(DropReason.VIEWER_NOT_CONNECTED);
            return false;
        }
        return queue(
                at,
                context.protectRtcp(port.egress(), at, length),
                MediaCount.RTCP_PACKETS_SENT,
                MediaCount.RTCP_BYTES_SENT);
    }

    /** Queues what protects itself (DTLS) and stands at the reserved place. */
    public void sendAsItIs(int length) {
        port.send(socket, remoteHigh, remoteLow, remotePort, length);
    }

    private boolean queue(long at, int length, MediaCount count, MediaCount bytes) {
        if (length < 0) {
            drops.count(DropReason.CIPHER_FAILED);
            return false;
        }
        if (record != null) {
            boolean rtp = count == MediaCount.RTP_PACKETS_SENT;
            record.sent(rtp ? Kind.RTP : Kind.RTCP, port.egress(), at, length);
        }
        port.send(socket, remoteHigh, remoteLow, remotePort, length);
        counters.count(count);
        counters.add(bytes, length);
        return true;
    }
}
