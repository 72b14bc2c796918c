package io.sluice.forward;

import io.sluice.bandwidth.BandwidthConfig;
import io.sluice.bandwidth.SendSideEstimator;
import io.sluice.bandwidth.SimulatedLink;
import io.sluice.bandwidth.TransportWideReports;
import io.sluice.codec.Codec;
import io.sluice.codec.PayloadInfo;
import io.sluice.ice.Path;
import io.sluice.ice.Slab;
import io.sluice.loop.Departures;
import io.sluice.loop.FineTicks;
import io.sluice.loop.ForwardingLatency;
import io.sluice.loop.HistoryConfig;
import io.sluice.loop.KeptPackets;
import io.sluice.loop.LayerCeiling;
import io.sluice.loop.PathEstimates;
import io.sluice.loop.Scratch;
import io.sluice.loop.TestLoops;
import io.sluice.receive.KeyframeRequester;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtcpReader;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A publisher of three encodings, one viewer of the server, and the network to it, in simulated time: whatever stands
 * between the publisher's packets and those that the viewer gets is the server's own.
 */
final class SimulatedCall implements AutoCloseable {
    private static final long SECOND = 1_000_000_000;
    private static final long STEP_NANOS = 1_000_000;
    private static final int FRAMES_PER_SECOND = 15;
    private static final long FRAME_NANOS = SECOND / FRAMES_PER_SECOND;
    private static final int FRAME_TICKS = 6_000;
    private static final int PACKET_BYTES = 1_150;
    private static final int SOURCE_SSRC = 100;
    private static final long WATCH_NANOS = 25_000_000;
    private static final long FINE_NANOS = 2_000_000;
    private static final long REPORT_NANOS = 100_000_000;

    /** From the request for a keyframe to what the encoder sees of it. */
    private static final long REQUEST_NANOS = 15_000_000;

    /** Of the way of a datagram: UDP and IP. */
    private static final int OVERHEAD_BYTES = 28;

    private static final int TRANSPORT_SEQUENCE = 3;
    private static final long FIRST_NUMBER = 1 << 16;

    /** As Chromium sends the picture that the browsers' test has: by lines, bits a second, and bytes of a keyframe. */
    private static final int[] LINES = {135, 270, 540};

    private static final int[] BITS = {40_000, 230_000, 1_600_000};
    private static final int[] KEYFRAME_BYTES = {3_000, 10_000, 40_000};

    /** What the publisher says of them. */
    private static final int[] SAID_BITS = {150_000, 500_000, 1_700_000};

    private record Due(long atNanos, Runnable what) {}

    private final SimulatedLink link;
    final SimulatedScreen screen;
    private final DropCounters drops = new DropCounters();
    private final Egress egress;
    private final Allocation allocation;
    private final Random random;
    private final Slab slab = new Slab(4_096);
    private final MediaCounters counters = new MediaCounters();
    private final Departures departures = new Departures(TestLoops::fail);
    private final Fanout fanout;
    private final Subscription viewer;
    private final MemoryUdpPort port = new MemoryUdpPort();
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final RtpPacket packet = new RtpPacket();
    private final PayloadInfo info = new PayloadInfo();
    private final TransportWideReports reports = new TransportWideReports(FIRST_NUMBER);
    private final ArrayDeque<Due> publishing = new ArrayDeque<>();
    private final ArrayDeque<Due> returning = new ArrayDeque<>();
    private final KeyframeRequester[] requesters = new KeyframeRequester[LINES.length];
    private final long[] keyframeNanos = new long[LINES.length];
    private final long[] sequences = new long[LINES.length];
    private final MemorySegment memory = Arena.ofAuto().allocate(1 << 16);
    private final RtcpReader reader = new RtcpReader();
    private int frame;

    /** From an odd moment, as real clocks have them. */
    long nowNanos = 12_345 * SECOND;

    private long nextFrameNanos;
    private long nextReportNanos;

    SimulatedCall(long seed) {
        random = new Random(seed);
        link = new SimulatedLink(seed);
        link.delayNanos = 15_000_000;
        link.jitterNanos = 3_000_000;
        egress =
                new Egress(
                        port,
                        new Scratch(),
                        drops,
                        counters,
                        new ForwardingLatency(),
                        true,
                        new CongestionSetup(
                                SendSideEstimator::new,
                                BandwidthConfig.defaults(),
                                new FineTicks(() -> {}, TestLoops::fail),
                                new PathEstimates()),
                        TestLoops::fail);
        egress.keys(new PlainSrtp());
        egress.path(new Path(0, 0, 0, 9));
        KeptPackets kept = new KeptPackets(slab, HistoryConfig.defaults(), counters);
        fanout = new Fanout(kept, Codec.VP8, ExtensionMap.EMPTY, drops, departures);
        fanout.news().layers(layers());
        screen = new SimulatedScreen();
        Map<HeaderExtension, Integer> ids =
                Map.of(HeaderExtension.TRANSPORT_WIDE_SEQUENCE, TRANSPORT_SEQUENCE);
        viewer =
                new Subscription(
                        new SubscriptionFormat(
                                "0",
                                100,
                                101,
                                SimulatedScreen.SSRC,
                                SimulatedScreen.SSRC + 1,
                                ExtensionMap.of(ids)),
                        fanout,
                        egress,
                        random);
        allocation = new Allocation((_, _) -> {}, new LayerCeiling());
        allocation.add(viewer);
        allocation.settle(egress, nowNanos);
        viewer.begin();
        for (int i = 0; i < LINES.length; i++) {
            requesters[i] = new KeyframeRequester(KeyframeRequester.DEFAULT_INTERVAL_NANOS);
            keyframeNanos[i] = nowNanos;
        }
        port.onSend(() -> {
            int index = port.sent().size() - 1;
            link.send(
                    this::onArrival,
                    index,
                    port.sent().get(index).length + OVERHEAD_BYTES,
                    nowNanos);
        });
        nextFrameNanos = nowNanos;
        nextReportNanos = nowNanos + random.nextLong(REPORT_NANOS);
    }

    /** Times that the viewer asked for what has just made way for a smaller picture. */
    long asksForWhatIsLeft() {
        return drops.of(DropReason.RESEND_LEFT_BEHIND);
    }

    private static TrackLayers layers() {
        List<EncodingLayers> all = new ArrayList<>();
        for (int i = 0; i < LINES.length; i++) {
            Layer layer = new Layer(0, 0, LINES[i] * 16 / 9, LINES[i], 15, SAID_BITS[i]);
            all.add(new EncodingLayers("r" + i, true, List.of(layer)));
        }
        return new TrackLayers(all);
    }

    /** Lets time pass over a link that carries so much. */
    void run(double seconds, long bitsPerSecond) {
        link.bitsPerSecond = bitsPerSecond;
        for (long end = nowNanos + (long) (seconds * SECOND); nowNanos < end; ) {
            step();
        }
    }

    private void step() {
        carry(publishing);
        if (nowNanos >= nextFrameNanos) {
            nextFrameNanos += FRAME_NANOS;
            capture();
        }
        departures.departAll();
        carry(returning);
        CongestionControl control = egress.congestion();
        if (control != null && nowNanos / FINE_NANOS != (nowNanos - STEP_NANOS) / FINE_NANOS) {
            boolean _ = control.onFineTick(nowNanos);
        }
        if (nowNanos / WATCH_NANOS != (nowNanos - STEP_NANOS) / WATCH_NANOS) {
            allocation.onTick(egress, nowNanos);
            egress.onTick(allocation.demandBps(), nowNanos);
        }
        for (int i = 0; i < LINES.length; i++) {
            if (fanout.takeKeyframeWish(i)) {
                requesters[i].request();
            }
            if (requesters[i].poll(nowNanos, false, 0)) {
                keyframeNanos[i] = Math.min(keyframeNanos[i], nowNanos + REQUEST_NANOS);
            }
        }
        link.pass(nowNanos, nowNanos + STEP_NANOS);
        nowNanos += STEP_NANOS;
        answer();
    }

    private void carry(ArrayDeque<Due> way) {
        while (!way.isEmpty() && way.peek().atNanos <= nowNanos) {
            way.remove().what.run();
        }
    }

    /** What the viewer says, which arrives a way later. */
    private void answer() {
        screen.missing(nowNanos, 2 * link.delayNanos)
                .forEach(first -> answer(() -> viewer.onNack(first, 0, nowNanos)));
        if (screen.isStuck(nowNanos)) {
            answer(viewer::onPictureLoss);
        }
        if (nowNanos >= nextReportNanos) {
            nextReportNanos += REPORT_NANOS;
            reports.take().forEach(bytes -> answer(() -> read(bytes)));
        }
    }

    private void answer(Runnable what) {
        returning.add(new Due(nowNanos + link.delayNanos, what));
    }

    private void read(byte[] bytes) {
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, 0, bytes.length);
        reader.wrap(memory, 0, bytes.length);
        CongestionControl control = egress.congestion();
        while (reader.advance() && control != null) {
            control.onFeedback(reader, nowNanos);
        }
    }

    private void capture() {
        int number = frame++;
        long atNanos = nowNanos + 8 * STEP_NANOS;
        for (int encoding = 0; encoding < LINES.length; encoding++) {
            boolean isKey = nowNanos >= keyframeNanos[encoding];
            int size = BITS[encoding] / 8 / FRAMES_PER_SECOND;
            size += size * (random.nextInt(41) - 20) / 100;
            if (isKey) {
                keyframeNanos[encoding] = Long.MAX_VALUE;
                requesters[encoding].onKeyframe(nowNanos);
                size = KEYFRAME_BYTES[encoding];
            }
            int packets = size / PACKET_BYTES + 1;
            for (int i = 0; i < packets; i++) {
                byte[] payload =
                        SimulatedScreen.payload(
                                Math.max(60, size / packets), isKey, encoding, number, i, packets);
                int at = encoding;
                boolean last = i == packets - 1;
                publishing.add(
                        new Due(atNanos, () -> deliver(at, number * FRAME_TICKS, last, payload)));
                // Five packets each millisecond: 46 Mbit/s.
                atNanos += STEP_NANOS / 5;
            }
        }
    }

    private void deliver(int encoding, int timestamp, boolean last, byte[] payload) {
        int slot = slab.take();
        long at = Slab.offset(slot);
        long sequence = ++sequences[encoding];
        header.begin(
                slab.memory(),
                at,
                200,
                last,
                96,
                (int) sequence & 0xffff,
                timestamp,
                SOURCE_SSRC + encoding);
        int headerBytes = header.end();
        MemorySegment source = MemorySegment.ofArray(payload);
        MemorySegment.copy(source, 0, slab.memory(), at + headerBytes, payload.length);
        if (!packet.wrap(slab.memory(), at, headerBytes + payload.length)) {
            throw new IllegalStateException("what is published cannot be malformed");
        }
        fanout.payloads().read(packet, encoding, info);
        fanout.forward(packet, info, TrackSequence.of(encoding, sequence), slot, nowNanos);
        slab.release(slot);
    }

    private void onArrival(long index, int sizeBytes, long arrivalNanos) {
        byte[] datagram = port.sent().get((int) index);
        int number = screen.onPacket(datagram, arrivalNanos);
        reports.onArrival(number, arrivalNanos);
    }

    @Override
    public void close() {
        fanout.close();
        slab.close();
    }
}
