package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.dtls.DtlsConfig;
import io.sluice.dtls.DtlsFailure;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.ice.Path;
import io.sluice.ice.Slab;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.loop.TestLoops;
import io.sluice.receive.Track;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.ReportBlock;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.Wire;
import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The packet line of whole transports makes no garbage: from the datagram that ICE passes on to the
 * socket that it leaves by, with what viewers report and ask for again at their usual rates. What lies
 * before, from the socket to ICE, has a test of its own.
 */
@SuppressWarnings("NullAway.Init")
final class LineAllocationTest {
    private static final int VIEWERS = 20;
    private static final int PACKETS_PER_FRAME = 9;
    private static final int FRAMES_PER_SECOND = 30;
    private static final int FRAMES_PER_ROUND = 20;

    /** After some of them all is compiled. */
    private static final int ROUNDS_MAX = 200;

    /**
     * The JDK makes a view of where errno goes for each system call, until the call is compiled, which
     * takes longer than a test: a turn makes one for all its packets. A packet of any kind that made
     * garbage would make more than this.
     */
    private static final long SYSTEM_CALL_BYTES = 40;

    private static final int TURNS_PER_FRAME = 2;

    private static final int PAYLOAD_BYTES = 1_100;
    private static final int PUBLISHER_SSRC = 0x11111111;
    private static final int VIEWER_SSRC = 0x22220000;
    private static final int FIRST_SEQUENCE = 500;
    private static final int MEDIA = 96;
    private static final int TRANSPORT_SEQUENCE = 3;
    private static final int HOUR_SECONDS = 3_600;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long TICK_NANOS = 10_000_000;
    private static final Map<HeaderExtension, Integer> EXTENSIONS =
            Map.of(
                    HeaderExtension.MID,
                    4,
                    HeaderExtension.TRANSPORT_WIDE_SEQUENCE,
                    TRANSPORT_SEQUENCE);
    private static final RemoteTransport REMOTE =
            new RemoteTransport(
                    "abcd",
                    "abcdefghijklmnopqrstuvwx",
                    List.of("sha-256 " + "AA:".repeat(31) + "AA"),
                    false,
                    false,
                    List.of());

    private final Random random = new Random(20_260_101);
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final LoopConfig room = LoopConfig.defaults().withRoom(4_096, 64);

    /** Ticks come from the test, in the time that it plays. */
    private final TestLoops loops =
            new TestLoops(
                    1,
                    new LoopConfig(
                            room.slabSlots(),
                            room.handoffCapacity(),
                            HOUR_SECONDS * NANOS_PER_SECOND,
                            room.udp(),
                            room.history()));

    private final Loop loop = loops.all().getFirst();
    private final MemorySegment memory = loop.slab().memory();
    private final DtlsIdentity identity =
            DtlsIdentity.generate(new SecureRandom(), Instant.ofEpochSecond(1_800_000_000));
    private final DtlsHandshakes handshakes = new DtlsHandshakes(DtlsConfig.defaults());
    private final MemorySegment payload = Arena.ofAuto().allocate(Slab.SLOT_BYTES);
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final RtcpWriter rtcp = new RtcpWriter();
    private final long[] lost = new long[1];
    private final long[] arrivals = new long[2 * PACKETS_PER_FRAME];
    private final List<Client> viewers = new ArrayList<>();
    private DatagramSocket sink;
    private Client publisher;
    private long nowNanos = HOUR_SECONDS * NANOS_PER_SECOND;
    private long tickNanos = nowNanos;
    private int frame;
    private int sequence = FIRST_SEQUENCE;
    private long lineBytes;
    private long tickBytes;

    /** The other end of a transport. */
    private final class Client {
        private final SrtpContext srtp;
        private final Transport transport;
        private final int ssrc;
        private final ReportBlock block;

        /** Of the viewer's numbers beside the publisher's. */
        private int sequenceShift;

        private Client(int ssrc) {
            this.ssrc = ssrc;
            block = new ReportBlock(ssrc, 2, 3, 4, 5, 0, 0);
            byte[][] parts = {new byte[16], new byte[12], new byte[16], new byte[12]};
            for (byte[] part : parts) {
                random.nextBytes(part);
            }
            SrtpProfile profile = SrtpProfile.AEAD_AES_128_GCM;
            srtp =
                    SrtpContexts.open(
                            new SrtpKeys(profile, parts[2], parts[3], parts[0], parts[1]),
                            SrtpConfig.defaults());
            transport =
                    new Transport(
                            loop,
                            TransportConfig.defaults(),
                            identity,
                            handshakes,
                            new SecureRandom(),
                            new Listener());
            transport.onPath(new Path(0, 0, 0xffff_7f00_0001L, sink.getLocalPort()));
            transport.onDtlsConnected(
                    new SrtpKeys(profile, parts[0], parts[1], parts[2], parts[3]));
        }

        private void sendRtcp(int slot) {
            long at = Slab.offset(slot);
            send(slot, srtp.protectRtcp(memory, at, rtcp.lengthBytes()));
        }

        /** As the port does: its hold on the slot ends, unless the transport took it over. */
        private void send(int slot, int length) {
            if (!transport.onMedia(slot, length, nowNanos)) {
                loop.slab().release(slot);
            }
        }
    }

    private static final class Listener implements TransportListener {
        @Override
        public void onConnected() {}

        @Override
        public void onHandshakeFailed(DtlsFailure reason) {}

        @Override
        public void onMeasured(PathMeasure measure) {}

        @Override
        public void onEnded(TransportEnd reason) {
            throw new IllegalStateException("a transport ended: " + reason);
        }
    }

    @BeforeEach
    void connect() throws IOException {
        sink = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        sink.setSoTimeout(5_000);
        onLoop(this::connectAll);
        // One packet to each viewer, so that it is known where its numbers begin.
        onLoop(() -> {
            sendMedia(PACKETS_PER_FRAME - 1);
            loop.endTurn();
            frame++;
        });
        for (int i = 0; i < VIEWERS; i++) {
            DatagramPacket packet = new DatagramPacket(new byte[Slab.SLOT_BYTES], Slab.SLOT_BYTES);
            sink.receive(packet);
            ByteBuffer data = ByteBuffer.wrap(packet.getData());
            Client viewer = viewers.get((data.getInt(8) - VIEWER_SSRC) / 2);
            viewer.sequenceShift = Short.toUnsignedInt(data.getShort(2)) - FIRST_SEQUENCE;
        }
    }

    private void connectAll() {
        CodecFormat vp8 = new CodecFormat(Codec.VP8, Map.of());
        ReceiveSection receives =
                new ReceiveSection(
                        "0",
                        "TR_1",
                        MediaKind.VIDEO,
                        TrackSource.CAMERA,
                        List.of(new NegotiatedCodec(vp8, MEDIA, MEDIA + 1, true, true, true)),
                        EXTENSIONS,
                        Map.of(PUBLISHER_SSRC, PUBLISHER_SSRC + 1),
                        List.of());
        Track track = Transport.track(receives, loop);
        publisher = new Client(PUBLISHER_SSRC);
        publisher.transport.negotiated(
                REMOTE, List.of(new ReceiveRoute(receives, track)), List.of());
        for (int i = 0; i < VIEWERS; i++) {
            Client viewer = new Client(VIEWER_SSRC + 2 * i);
            SendSection sends =
                    new SendSection(
                            "0",
                            "TR_1",
                            new NegotiatedCodec(vp8, 100, 101, true, true, true),
                            EXTENSIONS,
                            viewer.ssrc,
                            viewer.ssrc + 1);
            viewer.transport.negotiated(
                    REMOTE, List.of(), List.of(new SendRoute(sends, track.fanout())));
            viewers.add(viewer);
        }
    }

    @AfterEach
    void close() {
        onLoop(() -> {
            publisher.transport.close();
            viewers.forEach(viewer -> viewer.transport.close());
            assertThat(loop.kept().size()).isZero();
        });
        loops.close();
        sink.close();
    }

    private void onLoop(Runnable work) {
        TestLoops.on(
                loop,
                () -> {
                    work.run();
                    return 0;
                });
    }

    @Test
    void shouldAllocateNothingForAPacket() {
        long callBytes = FRAMES_PER_ROUND * TURNS_PER_FRAME * SYSTEM_CALL_BYTES;
        long packets = 0;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            long before = packetsOut();
            onLoop(this::playRound);
            packets = packetsOut() - before;
            if (lineBytes <= callBytes && tickBytes < packets) {
                break;
            }
        }

        assertThat(lineBytes)
                .as("bytes for what comes in, and what leaves for it")
                .isLessThanOrEqualTo(callBytes);
        assertThat(tickBytes / packets).as("bytes a packet for reports of our own").isZero();
        assertThat(packets).isGreaterThan(VIEWERS * FRAMES_PER_ROUND * PACKETS_PER_FRAME);
        assertThat(loop.counters().of(MediaCount.RETRANSMISSIONS_SENT)).isPositive();
        assertThat(loop.counters().of(MediaCount.TRANSPORT_FEEDBACK_RECEIVED)).isPositive();
        assertThat(loop.port().counters().sendFailures()).isZero();
        assertThat(loop.defects()).isZero();
    }

    private long packetsOut() {
        return loop.port().counters().packetsOut();
    }

    private void playRound() {
        lineBytes = 0;
        tickBytes = 0;
        for (int i = 0; i < FRAMES_PER_ROUND; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            playFrame();
            long between = threads.getCurrentThreadAllocatedBytes();
            tick();
            lineBytes += between - before;
            tickBytes += threads.getCurrentThreadAllocatedBytes() - between;
        }
    }

    private void playFrame() {
        for (int i = 0; i < PACKETS_PER_FRAME; i++) {
            sendMedia(i);
        }
        loop.endTurn();
        for (int i = 0; i < VIEWERS; i++) {
            report(i);
        }
        loop.endTurn();
        frame++;
        nowNanos += NANOS_PER_SECOND / FRAMES_PER_SECOND;
    }

    /** What happens with time, and the publisher's report, which is remembered for all to read. */
    private void tick() {
        if (frame % FRAMES_PER_SECOND == 0) {
            int slot = loop.slab().take();
            rtcp.begin(memory, Slab.offset(slot), Slab.SLOT_BYTES / 2);
            rtcp.senderReport(PUBLISHER_SSRC, nowNanos << 10, 3_000 * frame, 100, 100);
            publisher.sendRtcp(slot);
        }
        while (tickNanos < nowNanos) {
            tickNanos += TICK_NANOS;
            publisher.transport.onTick(tickNanos);
            for (int i = 0; i < VIEWERS; i++) {
                viewers.get(i).transport.onTick(tickNanos);
            }
            loop.endTurn();
        }
    }

    /** A packet of VP8, of a frame of two lengths. */
    private void sendMedia(int inFrame) {
        int slot = loop.slab().take();
        long at = Slab.offset(slot);
        boolean last = inFrame == PACKETS_PER_FRAME - 1;
        header.begin(memory, at, 200, last, MEDIA, sequence, 3_000L * frame, PUBLISHER_SSRC);
        header.add(4, '0', 1);
        header.add(TRANSPORT_SEQUENCE, sequence, 2);
        sequence++;
        int headerBytes = header.end();
        Wire.put8(payload, 0, inFrame == 0 || frame == 0 ? 0x10 : 0);
        Wire.put8(payload, 1, frame == 0 ? 0 : 1);
        Wire.put8(payload, 4, 0x9d);
        Wire.put8(payload, 5, 0x01);
        Wire.put8(payload, 6, 0x2a);
        int payloadBytes = inFrame < PACKETS_PER_FRAME / 2 ? PAYLOAD_BYTES - 1 : PAYLOAD_BYTES;
        publisher.send(
                slot,
                publisher.srtp.protectRtp(memory, at, headerBytes, 0, payload, 0, payloadBytes));
    }

    /** What a viewer says after a frame: it wants some packets again. */
    private void report(int index) {
        Client viewer = viewers.get(index);
        int slot = loop.slab().take();
        rtcp.begin(memory, Slab.offset(slot), Slab.SLOT_BYTES / 2);
        rtcp.receiverReport(1);
        int turn = frame + index;
        if (turn % FRAMES_PER_SECOND == 0) {
            rtcp.reportBlock(viewer.block);
        }
        if (turn % 2 == 0) {
            for (int i = 0; i < arrivals.length; i++) {
                arrivals[i] = i;
            }
            rtcp.transportWide(1, viewer.ssrc, turn & 0xff, sequence, arrivals, arrivals.length);
        }
        if (turn % 3 == 0) {
            lost[0] = sequence - 4L + viewer.sequenceShift & 0xffff;
            rtcp.nack(1, viewer.ssrc, lost, 0, 1);
        }
        viewer.sendRtcp(slot);
    }
}
