package io.sluice.forward;

import io.sluice.codec.Codec;
import io.sluice.codec.PayloadInfo;
import io.sluice.ice.Path;
import io.sluice.ice.Slab;
import io.sluice.loop.Departures;
import io.sluice.loop.ForwardingLatency;
import io.sluice.loop.HistoryConfig;
import io.sluice.loop.KeptPackets;
import io.sluice.loop.Scratch;
import io.sluice.loop.TestLoops;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Plays tapes to one viewer over a network that loses and reorders, by a seed, while its wish changes. Memory is used
 * again from tape to tape.
 */
final class LayerStage {
    static final int SSRC = 0x5000;
    static final int DESCRIPTOR = 5;
    private static final int SOURCE_DESCRIPTOR = 9;
    private static final int SOURCE_SSRC = 100;
    private static final int ROOM_BYTES = 512;
    private static final int FRAME_TICKS_PER_SECOND = 90_000;

    /** What the network does: of so many packets each, in thousandths. */
    record Network(int lostPerMille, int repairedPerMille, int swappedPerMille) {
        static final Network GOOD = new Network(0, 0, 0);
        static final Network FAIR = new Network(0, 20, 30);
        static final Network BAD = new Network(15, 15, 30);
    }

    /** A wish that begins with a packet. */
    record Change(int packet, ViewerWish wish) {}

    /**
     * What came of it.
     *
     * @param lost packets of the tape that never came in
     * @param arrivals as how manieth the others came
     * @param pauses before how manieth the viewer paused
     */
    record Played(
            List<byte[]> sent,
            boolean[] lost,
            int[] arrivals,
            List<Integer> pauses,
            List<Throwable> defects) {}

    private final boolean describes;
    private final Slab slab = new Slab(2_048);
    private final MediaCounters counters = new MediaCounters();
    private final KeptPackets kept = new KeptPackets(slab, HistoryConfig.defaults(), counters);
    private final Scratch scratch = new Scratch();
    private final DropCounters drops = new DropCounters();
    private final Departures departures = new Departures(TestLoops::fail);
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final RtpPacket packet = new RtpPacket();
    private final PayloadInfo info = new PayloadInfo();

    LayerStage() {
        this(true);
    }

    /** For viewers that take dependency descriptors, or do not. */
    LayerStage(boolean describes) {
        this.describes = describes;
    }

    /** An arrival: which packet, and after which one of the others. */
    private record Arrival(int packet, int at) {}

    private static List<Arrival> arrivals(
            Tape tape, Network network, boolean[] lost, Random random) {
        List<Arrival> arrivals = new ArrayList<>();
        for (int i = 0; i < tape.packets().size(); i++) {
            int fate = random.nextInt(1_000);
            int late = network.lostPerMille + network.repairedPerMille;
            if (fate < network.lostPerMille) {
                lost[i] = true;
            } else if (fate < late) {
                arrivals.add(new Arrival(i, i + 10 + random.nextInt(60)));
            } else if (fate < late + network.swappedPerMille) {
                arrivals.add(new Arrival(i, i + 1 + random.nextInt(5)));
            } else {
                arrivals.add(new Arrival(i, i));
            }
        }
        arrivals.sort(Comparator.comparingInt(Arrival::at));
        return arrivals;
    }

    Played play(
            Tape tape,
            TrackLayers layers,
            List<Change> changes,
            Network network,
            boolean clocks,
            Random random) {
        MemoryUdpPort port = new MemoryUdpPort();
        List<Throwable> defects = new ArrayList<>();
        Egress egress =
                new Egress(
                        port,
                        scratch,
                        drops,
                        counters,
                        new ForwardingLatency(),
                        true,
                        null,
                        defects::add);
        egress.keys(new PlainSrtp());
        egress.path(new Path(0, 0, 0, 9));
        Fanout fanout = new Fanout(kept, tape.codec(), source(tape), drops, departures);
        fanout.news().layers(layers);
        if (clocks) {
            clocks(tape, fanout);
        }
        Subscription viewer = new Subscription(format(), fanout, egress, random);
        viewer.begin();
        boolean[] lost = new boolean[tape.packets().size()];
        int[] places = new int[lost.length];
        List<Integer> pauses = new ArrayList<>();
        int place = 0;
        long nowNanos = 0;
        int change = 0;
        for (Arrival arrival : arrivals(tape, network, lost, random)) {
            while (change < changes.size() && changes.get(change).packet <= arrival.at) {
                if (changes.get(change).wish.paused()) {
                    pauses.add(place);
                }
                viewer.want(changes.get(change++).wish);
            }
            places[arrival.packet] = place++;
            Tape.Packet next = tape.packets().get(arrival.packet);
            nowNanos = Math.max(nowNanos, next.atNanos());
            deliver(fanout, next, nowNanos);
            if (random.nextInt(3) == 0) {
                departures.departAll();
            }
        }
        departures.departAll();
        fanout.close();
        return new Played(port.sent(), lost, places, pauses, defects);
    }

    private static ExtensionMap source(Tape tape) {
        return tape.packets().getFirst().descriptor().length == 0
                ? ExtensionMap.EMPTY
                : ExtensionMap.of(Map.of(HeaderExtension.DEPENDENCY_DESCRIPTOR, SOURCE_DESCRIPTOR));
    }

    private SubscriptionFormat format() {
        Map<HeaderExtension, Integer> ids = new HashMap<>();
        ids.put(HeaderExtension.MID, 1);
        ids.put(HeaderExtension.TRANSPORT_WIDE_SEQUENCE, 3);
        if (describes) {
            ids.put(HeaderExtension.DEPENDENCY_DESCRIPTOR, DESCRIPTOR);
        }
        return new SubscriptionFormat("0", 100, 101, SSRC, SSRC + 1, ExtensionMap.of(ids));
    }

    /** Of each encoding, at its first packet: captures have one time on all clocks. */
    private static void clocks(Tape tape, Fanout fanout) {
        for (int encoding = 0; encoding < TrackSequence.ENCODINGS_MAX; encoding++) {
            for (Tape.Frame frame : tape.frames()) {
                if (frame.encoding() == encoding) {
                    long ntp = (frame.atNanos() << 32) / 1_000_000_000;
                    fanout.news()
                            .senderClock(
                                    encoding,
                                    new SenderClock(
                                            SOURCE_SSRC + encoding,
                                            ntp,
                                            frame.timestamp(),
                                            frame.atNanos()));
                    break;
                }
            }
        }
    }

    private void deliver(Fanout fanout, Tape.Packet next, long nowNanos) {
        int slot = slab.take();
        long at = Slab.offset(slot);
        header.begin(
                slab.memory(),
                at,
                ROOM_BYTES,
                next.marker(),
                96,
                next.sequence(),
                next.timestamp(),
                SOURCE_SSRC + next.encoding());
        if (next.descriptor().length > 0) {
            MemorySegment descriptor = MemorySegment.ofArray(next.descriptor());
            header.add(SOURCE_DESCRIPTOR, descriptor, 0, next.descriptor().length);
        }
        int headerBytes = header.end();
        MemorySegment payload = MemorySegment.ofArray(next.payload());
        MemorySegment.copy(payload, 0, slab.memory(), at + headerBytes, next.payload().length);
        if (!packet.wrap(slab.memory(), at, headerBytes + next.payload().length)) {
            throw new IllegalStateException("a tape's packet cannot be malformed");
        }
        fanout.payloads().read(packet, next.encoding(), info);
        long sequence = TrackSequence.of(next.encoding(), next.sequence());
        fanout.forward(packet, info, sequence, slot, nowNanos);
        slab.release(slot);
    }

    static int ticks(long nanos) {
        return (int) (nanos * (FRAME_TICKS_PER_SECOND / 1_000) / 1_000_000);
    }

    static boolean numbersPictures(Codec codec) {
        return codec == Codec.VP8;
    }
}
