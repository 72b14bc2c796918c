package io.sluice.bandwidth;

import io.sluice.rtp.RtcpReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A source that takes what it may have, its estimator, and the client that reports, over one link. */
final class SimulatedViewer implements SimulatedLink.Receiver {
    private static final int PACKET_BYTES = 1_200;
    private static final int PADDING_BYTES = 600;
    private static final long FRAME_NANOS = 33_333_333;
    private static final long BACKLOG_NANOS = 250_000_000;
    private static final int ROOM_BYTES = 1 << 16;
    private static final double BITS_NANOS = 8e9;
    private static final long TICK_NANOS = 10_000_000;

    /** Of a source that takes what it may have. */
    private static final long DEMAND = 20_000_000;

    private record Report(long atNanos, byte[] bytes) {}

    final BandwidthEstimator estimator;
    long reportNanos = 100_000_000;
    double reportLoss;

    /** Reports by streams (RFC 8888) instead of by transport-wide numbers. */
    @Nullable PacketReportWriter byStreams;

    /** Instead of a source that takes what it may have: the rungs of this. */
    private @Nullable Picture picture;

    private long topBitsPerSecond;

    /** More is never sent, whatever fits. */
    long mostBitsPerSecond = Long.MAX_VALUE;

    /** Told which layer is sent. */
    @Nullable BandwidthTrace trace;

    long paddingBytes;
    long sentBytes;
    long arrivedBytes;
    private final SimulatedLink link;
    private final ArrayDeque<Integer> backlog = new ArrayDeque<>();
    private final ArrayDeque<Report> reports = new ArrayDeque<>();
    private final TransportWideReports byWhole = new TransportWideReports(70_000);
    private final MemorySegment memory = Arena.ofAuto().allocate(ROOM_BYTES);
    private final RtcpReader reader = new RtcpReader();
    private long sequence = 70_000;
    private long nextFrameNanos;
    private long nextReportNanos;
    private long backlogBytes;
    private final Pacer pacer = new Pacer();
    private final BandwidthAllocator allocator = new BandwidthAllocator();
    private double probeBytes;
    private @Nullable ProbePlan plan;
    private int planBytes;
    private int planPackets;

    SimulatedViewer(SimulatedLink link, BandwidthEstimator estimator, long nowNanos) {
        this.link = link;
        this.estimator = estimator;
        nextFrameNanos = nowNanos;
        nextReportNanos = nowNanos + reportNanos;
    }

    /** Lets a short time pass. */
    void pass(long nowNanos, long stepNanos) {
        while (!reports.isEmpty() && reports.peek().atNanos <= nowNanos) {
            byte[] bytes = reports.remove().bytes;
            MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, 0, bytes.length);
            reader.wrap(memory, 0, bytes.length);
            while (reader.advance()) {
                estimator.onFeedback(reader, nowNanos);
            }
        }
        if (nowNanos / TICK_NANOS != (nowNanos - stepNanos) / TICK_NANOS) {
            estimator.onTick(nowNanos);
            if (picture != null) {
                allocator.allocate(estimator.targetBitsPerSecond(), nowNanos);
            }
            estimator.demand(picture == null ? DEMAND : allocator.demandBps());
            if (trace != null && picture != null) {
                trace.layer(rate());
            }
        }
        if (nowNanos >= nextFrameNanos) {
            nextFrameNanos += FRAME_NANOS;
            frame();
        }
        send(nowNanos, stepNanos);
        if (nowNanos >= nextReportNanos) {
            nextReportNanos += reportNanos;
            report(nowNanos);
        }
    }

    /** Watches a picture of so many layers instead, of these rates. */
    void watch(long... bitsPerSecond) {
        List<Rung> rungs = new ArrayList<>();
        for (int i = 0; i < bitsPerSecond.length; i++) {
            rungs.add(new Rung(i, 0, 0, 180 << i, 30, bitsPerSecond[i], true));
        }
        topBitsPerSecond = bitsPerSecond[bitsPerSecond.length - 1];
        Picture watched = new Picture(Ladder.of(rungs, false, true), () -> {});
        allocator.add(watched);
        picture = watched;
    }

    /** What the source sends now. */
    long rate() {
        Picture watched = picture;
        if (watched == null) {
            return Math.min(estimator.targetBitsPerSecond(), mostBitsPerSecond);
        }
        Rung bound = watched.bound();
        return watched.isPaused() ? 0 : bound == null ? topBitsPerSecond : bound.bitrateBps();
    }

    private void frame() {
        long rate = rate();
        if (backlogBytes > rate * (BACKLOG_NANOS / BITS_NANOS)) {
            backlog.clear();
            backlogBytes = 0;
        }
        int bytes = (int) Math.max(rate * (FRAME_NANOS / BITS_NANOS), 100);
        while (bytes > 0) {
            int size = Math.min(bytes, PACKET_BYTES);
            backlog.add(Math.max(size, 100));
            backlogBytes += Math.max(size, 100);
            bytes -= size;
        }
    }

    private void send(long nowNanos, long stepNanos) {
        if (plan == null) {
            plan = estimator.poll(nowNanos);
            planBytes = 0;
            planPackets = 0;
            probeBytes = 0;
        }
        ProbePlan probe = plan;
        if (probe != null) {
            sendProbe(probe, nowNanos, stepNanos);
            return;
        }
        pacer.rates(estimator.pacingBitsPerSecond(), estimator.targetBitsPerSecond());
        while (!backlog.isEmpty() && pacer.isOpen(nowNanos)) {
            int size = backlog.remove();
            backlogBytes -= size;
            transmit(size, BandwidthEstimator.NO_PROBE, nowNanos);
        }
    }

    /** What waits goes first, padding after it. */
    private void sendProbe(ProbePlan probe, long nowNanos, long stepNanos) {
        probeBytes += probe.bitsPerSecond() * (stepNanos / BITS_NANOS);
        while (planBytes < probeBytes) {
            Integer waiting = backlog.poll();
            backlogBytes -= waiting == null ? 0 : waiting;
            int size = waiting == null ? Math.min(PADDING_BYTES, probe.sizeBytes() / 5) : waiting;
            paddingBytes += waiting == null ? size : 0;
            transmit(size, probe.id(), nowNanos);
            planBytes += size;
            if (++planPackets >= probe.packets() && planBytes >= probe.sizeBytes()) {
                plan = null;
                break;
            }
        }
    }

    private void transmit(int size, int probe, long nowNanos) {
        sequence++;
        sentBytes += size;
        pacer.onSent(size, nowNanos);
        if (byStreams != null) {
            estimator.onStreamSent(
                    PacketReportWriter.ssrc(sequence),
                    (int) PacketReportWriter.sequence(sequence) & 0xffff,
                    sequence);
        }
        estimator.onSent(sequence, size, probe, nowNanos);
        link.send(this, sequence, size, nowNanos);
    }

    @Override
    public void onArrival(long number, int sizeBytes, long arrivalNanos) {
        arrivedBytes += sizeBytes;
        if (byStreams != null) {
            byStreams.onArrival(number, arrivalNanos);
            return;
        }
        byWhole.onArrival(number, arrivalNanos);
    }

    private void report(long nowNanos) {
        if (byStreams != null) {
            post(byStreams.report(nowNanos), nowNanos);
            return;
        }
        byWhole.take().forEach(bytes -> post(bytes, nowNanos));
    }

    private void post(byte[] bytes, long nowNanos) {
        if (bytes.length > 0 && link.random.nextDouble() >= reportLoss) {
            reports.add(new Report(nowNanos + link.delayNanos, bytes));
        }
    }
}
