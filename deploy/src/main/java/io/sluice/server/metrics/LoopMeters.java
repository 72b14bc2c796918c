package io.sluice.server.metrics;

import static io.sluice.server.metrics.Meters.label;

import io.sluice.ice.CandidateDrop;
import io.sluice.ice.DatagramDrop;
import io.sluice.ice.IceFailure;
import io.sluice.ice.IceServer;
import io.sluice.ice.IceState;
import io.sluice.ice.UdpCounters;
import io.sluice.loop.Loop;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCount;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** The numbers of one event loop, under its label {@code loop}. */
final class LoopMeters {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Meters meters;
    private final Loop loop;
    private final String index;
    private final LongSupplier clockNanos;

    LoopMeters(Meters meters, Loop loop, LongSupplier clockNanos) {
        this.meters = meters;
        this.loop = loop;
        this.clockNanos = clockNanos;
        index = Integer.toString(loop.index());
    }

    void bind() {
        bindLoop();
        bindUdp();
        bindIce();
        new DataMeters(meters, loop.data(), index).bind();
        for (DropReason reason : DropReason.values()) {
            meters.counter(
                    "sluice.media.packets.dropped",
                    "RTP and RTCP packets that went no further, by reason; for a packet to several"
                            + " viewers, each viewer counts.",
                    () -> loop.drops().of(reason),
                    "loop",
                    index,
                    "reason",
                    label(reason));
        }
        for (MediaCount what : MediaCount.values()) {
            bind(what);
        }
    }

    private void bindLoop() {
        gauge(
                "sluice.loop.busy.ratio",
                "Share of the last second that the loop's thread was computing, 0 to 1.",
                loop::busyShare);
        counter(
                "sluice.loop.allocated.bytes",
                "Heap memory that the loop's thread has taken, all of it garbage sooner or later.",
                loop::allocatedBytes);
        gauge(
                "sluice.loop.tick.age.seconds",
                "Time since the loop last looked at its timers: every 10 ms when all is well, every 100 ms"
                        + " where it carries nobody.",
                () -> (clockNanos.getAsLong() - loop.lastTickNanos()) / NANOS_PER_SECOND);
        gauge(
                "sluice.loop.handoff.packets",
                "Packets that wait on the way to other loops.",
                loop::handoffDepth);
        gauge(
                "sluice.viewers.estimated",
                "Viewers for whom there is an estimate of what their path carries.",
                () -> loop.estimates().viewers());
        gauge(
                "sluice.viewers.estimated.bytes.per.second",
                "What the paths to the viewers with an estimate are thought to carry, together, in bytes per second.",
                () -> loop.estimates().bitsPerSecond() / (double) Byte.SIZE);
        gauge(
                "sluice.layers.shed",
                "Layers that viewers would get if the loop had less to do; audio and the lowest layers are never"
                        + " among them.",
                () -> loop.ceiling().shedLayers());
        gauge("sluice.transports", "Transports, one a participant.", loop::residents);
        meters.gauge(
                "sluice.slab.slots",
                "Slots of 2 KiB of the loop's packet memory.",
                loop::slotsInUse,
                "loop",
                index,
                "state",
                "used");
        meters.gauge(
                "sluice.slab.slots",
                "Slots of 2 KiB of the loop's packet memory.",
                () -> loop.slab().slots() - loop.slotsInUse(),
                "loop",
                index,
                "state",
                "free");
        gauge(
                "sluice.history.packets",
                "Packets kept for resending, each in a slot of 2 KiB.",
                loop::keptPackets);
        counter(
                "sluice.loop.defects",
                "Broken invariants of the server's own; each costs what met it and no more: a"
                        + " transport, a task, a message, or what a track sends in one turn.",
                loop::defects);
    }

    private void bindUdp() {
        UdpCounters udp = loop.port().counters();
        counter("sluice.udp.datagrams.received", "Datagrams received.", udp::packetsIn);
        counter("sluice.udp.received.bytes", "Payload bytes of datagrams received.", udp::bytesIn);
        counter("sluice.udp.datagrams.sent", "Datagrams that the kernel took.", udp::packetsOut);
        counter(
                "sluice.udp.messages.sent",
                "Messages that the kernel took: a run of datagrams of one length is one.",
                udp::messagesOut);
        counter(
                "sluice.udp.datagrams.deferred",
                "Datagrams that found the socket's send buffer full and waited for a later turn.",
                udp::deferred);
        counter("sluice.udp.sent.bytes", "Payload bytes that the kernel took.", udp::bytesOut);
        for (DatagramDrop reason : DatagramDrop.values()) {
            meters.counter(
                    "sluice.udp.datagrams.dropped",
                    "Datagrams dropped before or after the media line, by reason.",
                    () -> udp.drops(reason),
                    "loop",
                    index,
                    "reason",
                    label(reason));
        }
    }

    private void bindIce() {
        IceServer ice = loop.ice();
        counter(
                "sluice.ice.stun.answers",
                "Plain Binding requests that were answered, as by any STUN server.",
                ice::plainAnswers);
        for (IceState state : IceState.values()) {
            meters.gauge(
                    "sluice.ice.sessions",
                    "ICE sessions by state.",
                    () -> ice.sessions(state),
                    "loop",
                    index,
                    "state",
                    label(state));
        }
        for (IceFailure reason : IceFailure.values()) {
            meters.counter(
                    "sluice.ice.failures",
                    "ICE sessions that got no path or lost it, by reason.",
                    () -> ice.failures(reason),
                    "loop",
                    index,
                    "reason",
                    label(reason));
        }
        for (CandidateDrop reason : CandidateDrop.values()) {
            meters.counter(
                    "sluice.ice.candidates.dropped",
                    "Candidates of clients that were not used, by reason.",
                    () -> ice.drops(reason),
                    "loop",
                    index,
                    "reason",
                    label(reason));
        }
    }

    private void bind(MediaCount what) {
        MediaName named = MediaName.of(what);
        counter(named.name(), named.help(), () -> loop.counters().of(what));
    }

    private void counter(String name, String help, LongSupplier value) {
        meters.counter(name, help, value, "loop", index);
    }

    private void gauge(String name, String help, DoubleSupplier value) {
        meters.gauge(name, help, value, "loop", index);
    }
}
