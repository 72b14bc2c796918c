package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.forward.Egress;
import io.sluice.forward.Fanout;
import io.sluice.forward.MemoryUdpPort;
import io.sluice.forward.Subscription;
import io.sluice.forward.SubscriptionFormat;
import io.sluice.forward.ViewerWish;
import io.sluice.ice.Path;
import io.sluice.ice.Slab;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.loop.TestLoops;
import io.sluice.receive.Track;
import io.sluice.receive.TrackFormat;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;

/**
 * A publisher of VP8 on one loop and its viewer on another, with real hand-off between them. The
 * publisher's SSRCs count from {@link #SSRC} on, one for each encoding.
 */
final class TwoLoops implements AutoCloseable {
    static final int HANDOFF_CAPACITY = 64;

    private static final int SSRC = 7;
    private static final int PAYLOAD_TYPE = 96;

    private final Random random = new Random(PacketLineFixture.SEED);
    private final RtpPacket packet = new RtpPacket();
    private final MemoryUdpPort port = new MemoryUdpPort();
    private final TestLoops loops =
            new TestLoops(2, LoopConfig.defaults().withRoom(256, HANDOFF_CAPACITY));
    final Loop publishers = loops.all().get(0);
    final Loop viewers = loops.all().get(1);
    final Track track;
    final Fanout fanout;
    private long nowNanos = 1_000_000_000L;

    @SuppressWarnings("NullAway.Init")
    private Subscription subscription;

    TwoLoops() {
        this(List.of());
    }

    TwoLoops(List<String> rids) {
        track =
                new Track(
                        "TR_1",
                        new TrackFormat(
                                Codec.VP8, PAYLOAD_TYPE, 97, true, true, ExtensionMap.EMPTY, rids),
                        publishers.kept(),
                        publishers.drops(),
                        publishers.counters(),
                        publishers.departures());
        fanout = TestLoops.on(viewers, this::watch);
        publish(() -> {
            for (int i = 0; i < track.format().encodings(); i++) {
                track.source(i, SSRC + i);
            }
            track.fanOutTo(publishers.handoffTo(viewers), fanout);
        });
    }

    /** A turn of the publisher's loop. */
    void publish(Runnable turn) {
        run(
                publishers,
                () -> {
                    turn.run();
                    publishers.endTurn();
                });
    }

    private static void run(Loop loop, Runnable work) {
        TestLoops.on(
                loop,
                () -> {
                    work.run();
                    return 0;
                });
    }

    /** A packet comes from the publisher; in {@link #publish}. */
    void send(int sequence, byte[] payload) {
        send(0, sequence, payload);
    }

    void send(int encoding, int sequence, byte[] payload) {
        Slab slab = publishers.slab();
        int slot = slab.take();
        RtpHeaderWriter writer = new RtpHeaderWriter();
        writer.begin(
                slab.memory(),
                Slab.offset(slot),
                64,
                true,
                PAYLOAD_TYPE,
                sequence,
                sequence * 3_000L,
                SSRC + encoding);
        int header = writer.end();
        MemorySegment.copy(
                payload,
                0,
                slab.memory(),
                ValueLayout.JAVA_BYTE,
                Slab.offset(slot) + header,
                payload.length);
        assertThat(packet.wrap(slab.memory(), Slab.offset(slot), header + payload.length)).isTrue();
        track.onRtp(encoding, packet, slot, false, nowNanos);
        slab.release(slot);
    }

    private Fanout watch() {
        byte[][] parts = {new byte[16], new byte[12], new byte[16], new byte[12]};
        Fanout made =
                new Fanout(
                        viewers.kept(),
                        Codec.VP8,
                        ExtensionMap.EMPTY,
                        viewers.drops(),
                        viewers.departures());
        Egress egress =
                new Egress(
                        port,
                        viewers.scratch(),
                        viewers.drops(),
                        viewers.counters(),
                        viewers.latency(),
                        true,
                        null,
                        viewers::countDefect);
        egress.keys(
                SrtpContexts.open(
                        new SrtpKeys(
                                SrtpProfile.AEAD_AES_128_GCM,
                                parts[0],
                                parts[1],
                                parts[2],
                                parts[3]),
                        SrtpConfig.defaults()));
        egress.path(new Path(0, 0, 0, 9));
        SubscriptionFormat format =
                new SubscriptionFormat("0", PAYLOAD_TYPE, 0, 0xAAAA0001, 0, ExtensionMap.EMPTY);
        subscription = new Subscription(format, made, egress, random);
        subscription.begin();
        return made;
    }

    /** What the viewer asks of the track from now on. */
    void want(int maxHeight) {
        ViewerWish wish = new ViewerWish(false, maxHeight, Integer.MAX_VALUE, 0);
        run(viewers, () -> subscription.want(wish));
    }

    /** Time goes on, on both loops, and the publisher is told what to do. */
    void pass(long nanos) {
        nowNanos += nanos;
        long now = nowNanos;
        run(viewers, () -> fanout.expire(now));
        publish(() -> {
            RtcpWriter writer = new RtcpWriter();
            writer.begin(Arena.ofAuto().allocate(Slab.SLOT_BYTES), 0, Slab.SLOT_BYTES);
            track.writeFeedback(writer, 1, 0, now);
        });
    }

    /** The numbers under which the viewer was sent something. */
    List<Integer> received() {
        return TestLoops.on(
                viewers,
                () ->
                        port.sent().stream()
                                .map(sent -> (sent[2] & 0xff) << 8 | (sent[3] & 0xff))
                                .toList());
    }

    /** Packets that the viewer's loop has not taken yet. */
    int underWay() {
        return TestLoops.on(publishers, () -> publishers.handoffTo(viewers).depth());
    }

    @Override
    public void close() {
        run(publishers, track::close);
        run(viewers, fanout::close);
        loops.close();
    }
}
