package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.check.CheckingSrtpContext;
import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.forward.CongestionSetup;
import io.sluice.forward.Egress;
import io.sluice.forward.MemoryUdpPort;
import io.sluice.forward.Subscription;
import io.sluice.forward.SubscriptionFormat;
import io.sluice.ice.Path;
import io.sluice.ice.Slab;
import io.sluice.loop.Departures;
import io.sluice.loop.ForwardingLatency;
import io.sluice.loop.HistoryConfig;
import io.sluice.loop.KeptPackets;
import io.sluice.loop.PathEstimates;
import io.sluice.loop.Scratch;
import io.sluice.loop.TestLoops;
import io.sluice.receive.NackGenerator;
import io.sluice.receive.Track;
import io.sluice.receive.TrackFormat;
import io.sluice.receive.TransportFeedback;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtcpMessage;
import io.sluice.rtp.RtcpReader;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * A publisher and two viewers with every class of the packet line between them, but no socket. The
 * first viewer has RTX, the second has not.
 */
abstract class PacketLineFixture {
    static final long SEED = 20_260_101;
    static final int PUBLISHER_SSRC = 0x11111111;
    static final int PUBLISHER_RTX_SSRC = 0x22222222;
    static final int MEDIA = 96;
    static final int RTX = 97;
    static final int MID = 4;
    static final int RID = 10;
    static final int REPAIRED_RID = 11;
    static final byte[] KEYFRAME = {0x10, 0x00, 0x00, 0x00, (byte) 0x9d, 0x01, 0x2a, 7, 7};
    static final byte[] INTERFRAME = {0x10, 0x01, 0x00, 0x00, 1, 2, 3, 4, 5};

    final Random random = new Random(SEED);
    final Slab slab = new Slab(1_024);
    final Scratch scratch = new Scratch();
    final DropCounters drops = new DropCounters();
    final MediaCounters counters = new MediaCounters();
    final KeptPackets kept = new KeptPackets(slab, HistoryConfig.defaults(), counters);
    final ForwardingLatency latency = new ForwardingLatency();
    final PathEstimates estimates = new PathEstimates();
    final SrtpKeys publisherKeys = keys();
    final SrtpContext publisher = SrtpContexts.open(publisherKeys, SrtpConfig.defaults());
    final SrtpContext server = SrtpContexts.open(mirror(publisherKeys), SrtpConfig.defaults());
    final Ingress ingress =
            new Ingress(
                    slab, scratch, drops, counters, maxSources(), new TransportFeedback(counters));
    final Codec codec;
    final Track track;
    final Departures departures = new Departures(TestLoops::fail);
    final List<Throwable> defects = new ArrayList<>();
    final Viewer first;
    final Viewer second;
    long nowNanos = 1_000_000_000;
    long betweenPacketsNanos = 1_000_000;

    final List<String> rids;

    PacketLineFixture(Codec codec) {
        this(codec, List.of());
    }

    /** A publisher of as many encodings as there are rids. */
    PacketLineFixture(Codec codec, List<String> rids) {
        this.codec = codec;
        this.rids = rids;
        Map<HeaderExtension, Integer> extensions =
                Map.of(HeaderExtension.MID, 4, HeaderExtension.VIDEO_ORIENTATION, 7);
        track =
                new Track(
                        "TR_1",
                        new TrackFormat(
                                codec, MEDIA, RTX, true, true, ExtensionMap.of(extensions), rids),
                        kept,
                        drops,
                        counters,
                        departures);
        first = new Viewer("2", 100, 101, 0xAAAA0001, 0xAAAA0002);
        second = new Viewer("0", 120, 0, 0xBBBB0001, 0);
    }

    /** A subscription with its keys on both sides. */
    final class Viewer {
        final MemoryUdpPort port = new MemoryUdpPort();
        final SrtpKeys keys = keys();
        final SrtpContext client = SrtpContexts.open(mirror(keys), SrtpConfig.defaults());
        final Egress egress =
                new Egress(port, scratch, drops, counters, latency, pads(), setup(), defects::add);
        final Subscription subscription;
        private int read;

        private Viewer(String mid, int payloadType, int rtx, int ssrc, int rtxSsrc) {
            egress.keys(new CheckingSrtpContext(SrtpContexts.open(keys, SrtpConfig.defaults())));
            egress.path(new Path(0, 0, 0, 9));
            SubscriptionFormat format =
                    new SubscriptionFormat(mid, payloadType, rtx, ssrc, rtxSsrc, extensions(9, 7));
            subscription = new Subscription(format, track.fanout(), egress, random);
        }

        /** The next packet that the viewer would see, decrypted. */
        RtpPacket next() {
            byte[] datagram = port.sent().get(read++);
            MemorySegment memory = Arena.ofAuto().allocate(Slab.SLOT_BYTES);
            MemorySegment.copy(datagram, 0, memory, ValueLayout.JAVA_BYTE, 0, datagram.length);
            int length = client.unprotectRtp(memory, 0, datagram.length);
            assertThat(length).isPositive();
            RtpPacket packet = new RtpPacket();
            assertThat(packet.wrap(memory, 0, length)).isTrue();
            return packet;
        }

        int waiting() {
            return port.sent().size() - read;
        }
    }

    /** SSRCs that the publisher may send on. */
    int maxSources() {
        return 8;
    }

    /** Whether viewers may be sent padding. */
    boolean pads() {
        return true;
    }

    /** What bounds how much viewers are sent: nothing. */
    @Nullable CongestionSetup setup() {
        return null;
    }

    static ExtensionMap extensions(int mid, int orientation) {
        return ExtensionMap.of(
                Map.of(
                        HeaderExtension.MID,
                        mid,
                        HeaderExtension.TRANSPORT_WIDE_SEQUENCE,
                        3,
                        HeaderExtension.VIDEO_ORIENTATION,
                        orientation));
    }

    private SrtpKeys keys() {
        byte[][] parts = {new byte[16], new byte[12], new byte[16], new byte[12]};
        for (byte[] part : parts) {
            random.nextBytes(part);
        }
        return new SrtpKeys(SrtpProfile.AEAD_AES_128_GCM, parts[0], parts[1], parts[2], parts[3]);
    }

    private static SrtpKeys mirror(SrtpKeys keys) {
        return new SrtpKeys(
                keys.profile(),
                keys.receiveKey(),
                keys.receiveSalt(),
                keys.sendKey(),
                keys.sendSalt());
    }

    void publish() {
        ingress.routes(
                List.of(new ReceiveRoute(section(PUBLISHER_SSRC, PUBLISHER_RTX_SSRC), track)),
                server);
        first.subscription.begin();
        second.subscription.begin();
    }

    /** The track's section as the client would declare it. */
    ReceiveSection section(int ssrc, int rtxSsrc) {
        return section(Map.of(ssrc, rtxSsrc));
    }

    ReceiveSection section(Map<Integer, Integer> ssrcs) {
        NegotiatedCodec negotiated =
                new NegotiatedCodec(new CodecFormat(codec, Map.of()), MEDIA, RTX, true, true, true);
        return new ReceiveSection(
                "1",
                "TR_1",
                MediaKind.VIDEO,
                TrackSource.CAMERA,
                List.of(negotiated),
                Map.of(
                        HeaderExtension.MID,
                        MID,
                        HeaderExtension.RID,
                        RID,
                        HeaderExtension.REPAIRED_RID,
                        REPAIRED_RID),
                ssrcs,
                rids);
    }

    /** A turn that brings one packet. */
    void send(int ssrc, int payloadType, int sequence, int timestamp, byte[] payload) {
        deliver(ssrc, payloadType, sequence, timestamp, payload);
        departures.departAll();
    }

    /** Sends one packet as the publisher would, and gives the port's hold back as the port would. */
    void deliver(int ssrc, int payloadType, int sequence, int timestamp, byte[] payload) {
        deliver(ssrc, payloadType, sequence, timestamp, payload, true);
    }

    void deliver(
            int ssrc,
            int payloadType,
            int sequence,
            int timestamp,
            byte[] payload,
            boolean marker) {
        deliver(ssrc, payloadType, sequence, timestamp, payload, marker, false);
    }

    void deliver(
            int ssrc,
            int payloadType,
            int sequence,
            int timestamp,
            byte[] payload,
            boolean marker,
            boolean padded) {
        RtpHeaderWriter writer = new RtpHeaderWriter();
        int slot = slab.take();
        long at = Slab.offset(slot);
        writer.begin(slab.memory(), at, 200, marker, payloadType, sequence, timestamp, ssrc);
        writer.add(MID, '1', 1);
        int header = writer.end();
        if (padded) {
            writer.setPadding();
        }
        deliver(slot, header, payload);
    }

    /** Sends the packet whose header stands in a slot. */
    void deliver(int slot, int header, byte[] payload) {
        long at = Slab.offset(slot);
        MemorySegment source = Arena.ofAuto().allocate(payload.length);
        MemorySegment.copy(payload, 0, source, ValueLayout.JAVA_BYTE, 0, payload.length);
        int length = publisher.protectRtp(slab.memory(), at, header, 0, source, 0, payload.length);
        nowNanos += betweenPacketsNanos;
        ingress.onRtp(server, slot, length, nowNanos);
        slab.release(slot);
    }

    /** A packet as its retransmission carries it (RFC 4588 4). */
    static byte[] wrapped(int sequence, byte[] payload) {
        byte[] wrapped = new byte[payload.length + 2];
        wrapped[0] = (byte) (sequence >> 8);
        wrapped[1] = (byte) sequence;
        System.arraycopy(payload, 0, wrapped, 2, payload.length);
        return wrapped;
    }

    /** The numbers that the publisher is asked for again now. */
    List<Integer> asked() {
        List<Integer> asked = new ArrayList<>();
        for (RtcpMessage message : feedback(Slab.SLOT_BYTES)) {
            if (message instanceof RtcpMessage.Nack(_, _, int begin, int bitmap)) {
                for (int i = 0; i <= 16; i++) {
                    if (i == 0 || (bitmap >>> (i - 1) & 1) != 0) {
                        asked.add(begin + i);
                    }
                }
            }
        }
        return asked;
    }

    /** What the publisher is told now, in {@code roomBytes} at most. */
    List<RtcpMessage> feedback(int roomBytes) {
        MemorySegment memory = Arena.ofAuto().allocate(Slab.SLOT_BYTES);
        RtcpWriter writer = new RtcpWriter();
        writer.begin(memory, 0, roomBytes);
        track.writeFeedback(writer, 1, 0, nowNanos + NackGenerator.REORDER_NANOS);
        RtcpReader reader = new RtcpReader();
        reader.wrap(memory, 0, writer.lengthBytes());
        List<RtcpMessage> messages = new ArrayList<>();
        for (RtcpMessage message = reader.next(); message != null; message = reader.next()) {
            messages.add(message);
        }
        return messages;
    }

    static byte[] payload(RtpPacket packet) {
        return packet.memory()
                .asSlice(packet.payloadOffset(), packet.payloadBytes())
                .toArray(ValueLayout.JAVA_BYTE);
    }

    @AfterEach
    void everySlotIsFree() {
        track.close();
        assertThat(defects).isEmpty();
        assertThat(slab.slotsInUse()).isZero();
        slab.close();
    }
}
