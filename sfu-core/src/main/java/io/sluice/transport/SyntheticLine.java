package io.sluice.transport;

import io.sluice.bandwidth.BandwidthConfig;
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
import io.sluice.receive.Track;
import io.sluice.rtp.Arrivals;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.ReportBlock;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.Wire;
import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A publisher of video, in one encoding or several, and its viewers, with real transports on a loop but
 * nobody behind them: packets are made here, and come in as if ICE had passed them on. Time is the
 * caller's, and goes on by a frame with each {@link #playFrame}.
 *
 * <p>Owned by the loop.
 */
final class SyntheticLine {
    static final int PACKETS_PER_FRAME = 9;
    static final int FRAMES_PER_SECOND = 30;

    private static final int PAYLOAD_BYTES = 1_100;
    private static final int HEADER_ROOM_BYTES = 64;

    /** Of the first encoding; retransmissions and the other encodings follow. */
    private static final int PUBLISHER_SSRC = 1;

    private static final List<String> RIDS = List.of("q", "h", "f");
    private static final int VIEWER_SSRC = 1_000;
    private static final int MEDIA = 96;
    private static final int RTX = 97;
    private static final int MID = 4;
    private static final int TRANSPORT_SEQUENCE = 3;
    private static final int RID = 10;

    /** Senders name an encoding until they hear that it was understood. */
    private static final int NAMED_FRAMES = 10;

    /** Every how many frames of simulcast there is a keyframe of each encoding: viewers can change with it. */
    private static final int FRAMES_PER_KEYFRAME = 10;

    private static final int TICKS_PER_FRAME = 90_000 / FRAMES_PER_SECOND;
    private static final long FRAME_NANOS = 1_000_000_000L / FRAMES_PER_SECOND;
    private static final long TICK_NANOS = 10_000_000;

    /** Every how many frames a viewer asks for a packet again, and tells when packets came. */
    private static final int FRAMES_PER_NACK = 3;

    private static final int FRAMES_PER_FEEDBACK = 2;

    /** What is sent here fits from the beginning. */
    private static final BandwidthConfig WIDE = BandwidthConfig.defaults().startingAt(100_000_000);

    private static final Map<HeaderExtension, Integer> EXTENSIONS =
            Map.of(
                    HeaderExtension.MID,
                    MID,
                    HeaderExtension.TRANSPORT_WIDE_SEQUENCE,
                    TRANSPORT_SEQUENCE,
                    HeaderExtension.RID,
                    RID);
    private static final NegotiatedCodec VP8 =
            new NegotiatedCodec(new CodecFormat(Codec.VP8, Map.of()), MEDIA, RTX, true, true, true);

    /** Of no use: nobody is there to be let in. */
    private static final RemoteTransport NOBODY =
            new RemoteTransport(
                    "none",
                    "nobody-is-there-to-ask",
                    List.of("sha-256 " + "00:".repeat(31) + "00"),
                    false,
                    false,
                    List.of());

    private final Loop loop;
    private final SrtpProfile profile;
    private final DtlsIdentity identity;
    private final DtlsHandshakes handshakes = new DtlsHandshakes(DtlsConfig.defaults());
    private final SecureRandom random = new KnownNumbers();
    private final MemorySegment memory;
    private final MemorySegment payload;
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final RtcpWriter rtcp = new RtcpWriter();
    private final long[] lost = new long[1];
    private final long[] arrivals = new long[4 * PACKETS_PER_FRAME * FRAMES_PER_FEEDBACK];
    private final int encodings;
    private final int[] sequences;
    private final Client publisher;
    private final List<Client> viewers = new ArrayList<>();
    private long nowNanos;
    private long tickNanos;
    private int frame;
    private int transportSequence;

    /** A viewer asks for packets by numbers that begin at random: here it has to know them. */
    private static final class KnownNumbers extends SecureRandom {
        @Override
        public int nextInt(int origin, int bound) {
            return origin;
        }
    }

    /** The other end of a transport. */
    private final class Client {
        private final Transport transport;
        private final SrtpContext srtp;
        private final int ssrc;
        private final ReportBlock block;

        /** How many packets it has said something of. */
        private long reported;

        private Client(int ssrc, Path path) {
            this.ssrc = ssrc;
            block = new ReportBlock(ssrc, 0, 0, 0, 0, 0, 0);
            // No two may be the same (RFC 3711 8.1), not even here.
            byte[] ours = key(ssrc);
            byte[] theirs = key(ssrc + 1);
            byte[] salt = new byte[profile.saltBytes()];
            srtp =
                    SrtpContexts.open(
                            new SrtpKeys(profile, theirs, salt, ours, salt), SrtpConfig.defaults());
            transport =
                    new Transport(
                            loop,
                            TransportConfig.defaults().withBandwidth(WIDE),
                            identity,
                            handshakes,
                            random,
                            new Silent(),
                            null);
            transport.onPath(path);
            transport.onDtlsConnected(new SrtpKeys(profile, ours, salt, theirs, salt));
        }

        private void sendRtcp(int slot) {
            long at = Slab.offset(slot);
            send(slot, srtp.protectRtcp(memory, at, rtcp.lengthBytes()));
        }

        /** As a port does: its hold on the slot ends, unless the transport took it over. */
        private void send(int slot, int length) {
            if (!transport.onMedia(slot, length, nowNanos)) {
                loop.slab().release(slot);
            }
        }

        private void close() {
            transport.close();
            srtp.close();
        }
    }

    /** Nobody waits for anything here. */
    private static final class Silent implements TransportListener {
        @Override
        public void onConnected() {}

        @Override
        public void onHandshakeFailed(DtlsFailure reason) {}

        @Override
        public void onMeasured(PathMeasure measure) {}

        @Override
        public void onAllocated(int ssrc, int encoding) {}

        @Override
        public void onEnded(TransportEnd reason) {}
    }

    /**
     * Makes the transports.
     *
     * @param encodings up to three
     * @param path where all that is sent goes
     */
    SyntheticLine(
            Loop loop,
            SrtpProfile profile,
            DtlsIdentity identity,
            int encodings,
            int viewerCount,
            Path path,
            long nowNanos) {
        this.loop = loop;
        this.profile = profile;
        this.identity = identity;
        this.nowNanos = nowNanos;
        this.encodings = encodings;
        sequences = new int[encodings];
        tickNanos = nowNanos;
        memory = loop.slab().memory();
        payload = Arena.ofAuto().allocate(PAYLOAD_BYTES);
        ReceiveSection receives =
                new ReceiveSection(
                        "0",
                        "TR_synthetic",
                        MediaKind.VIDEO,
                        TrackSource.CAMERA,
                        List.of(VP8),
                        EXTENSIONS,
                        encodings == 1 ? Map.of(PUBLISHER_SSRC, PUBLISHER_SSRC + 1) : Map.of(),
                        encodings == 1 ? List.of() : RIDS.subList(0, encodings));
        Track track = Transport.track(receives, loop);
        publisher = new Client(PUBLISHER_SSRC, path);
        publisher.transport.negotiated(
                NOBODY, List.of(new ReceiveRoute(receives, track)), List.of());
        for (int i = 0; i < viewerCount; i++) {
            Client viewer = new Client(VIEWER_SSRC + 2 * i, path);
            SendSection sends =
                    new SendSection(
                            "0", "TR_synthetic", VP8, EXTENSIONS, viewer.ssrc, viewer.ssrc + 1);
            viewer.transport.negotiated(
                    NOBODY, List.of(), List.of(new SendRoute(sends, track.fanout())));
            viewers.add(viewer);
        }
    }

    private byte[] key(int number) {
        byte[] key = new byte[profile.keyBytes()];
        key[0] = (byte) number;
        key[1] = (byte) (number >>> 8);
        return key;
    }

    /** One frame of the publisher's, in a turn, and in another what the viewers say of it. */
    void playFrame() {
        for (int encoding = 0; encoding < encodings; encoding++) {
            for (int i = 0; i < PACKETS_PER_FRAME; i++) {
                sendMedia(encoding, i);
            }
        }
        loop.endTurn();
        for (int i = 0; i < viewers.size(); i++) {
            report(viewers.get(i), frame + i);
        }
        loop.endTurn();
        frame++;
        nowNanos += FRAME_NANOS;
    }

    /** The ticks of the time that was played, and the publisher's report when it is due. */
    void tick() {
        if (frame % FRAMES_PER_SECOND == 0) {
            int slot = loop.slab().take();
            rtcp.begin(memory, Slab.offset(slot), Slab.SLOT_BYTES / 2);
            rtcp.senderReport(PUBLISHER_SSRC, nowNanos, TICKS_PER_FRAME * frame, frame, 0);
            publisher.sendRtcp(slot);
        }
        while (tickNanos < nowNanos) {
            tickNanos += TICK_NANOS;
            publisher.transport.onTick(tickNanos);
            for (int i = 0; i < viewers.size(); i++) {
                viewers.get(i).transport.onTick(tickNanos);
            }
            loop.endTurn();
        }
    }

    /** A packet of VP8 (RFC 7741 4), of a frame of two lengths. The first frame is a keyframe. */
    private void sendMedia(int encoding, int inFrame) {
        int slot = loop.slab().take();
        long at = Slab.offset(slot);
        header.begin(
                memory,
                at,
                HEADER_ROOM_BYTES,
                inFrame == PACKETS_PER_FRAME - 1,
                MEDIA,
                sequences[encoding]++,
                (long) TICKS_PER_FRAME * frame,
                PUBLISHER_SSRC + 2 * encoding);
        header.add(MID, '0', 1);
        header.add(TRANSPORT_SEQUENCE, transportSequence++ & 0xffff, 2);
        if (encodings > 1 && frame < NAMED_FRAMES) {
            header.add(RID, RIDS.get(encoding).charAt(0), 1);
        }
        int headerBytes = header.end();
        Wire.put8(payload, 0, inFrame == 0 ? 0x10 : 0);
        Wire.put8(payload, 1, isKeyframe() ? 0 : 1);
        Wire.put8(payload, 4, 0x9d);
        Wire.put8(payload, 5, 0x01);
        Wire.put8(payload, 6, 0x2a);
        int payloadBytes = inFrame < PACKETS_PER_FRAME / 2 ? PAYLOAD_BYTES - 1 : PAYLOAD_BYTES;
        publisher.send(
                slot,
                publisher.srtp.protectRtp(memory, at, headerBytes, 0, payload, 0, payloadBytes));
    }

    private boolean isKeyframe() {
        return frame == 0 || (encodings > 1 && frame % FRAMES_PER_KEYFRAME == 0);
    }

    /** What a viewer says after a frame: when packets came, and that it wants one again. */
    private void report(Client viewer, int turn) {
        int slot = loop.slab().take();
        rtcp.begin(memory, Slab.offset(slot), Slab.SLOT_BYTES / 2);
        rtcp.receiverReport(PUBLISHER_SSRC);
        if (turn % FRAMES_PER_SECOND == 0) {
            rtcp.reportBlock(viewer.block);
        }
        if (turn % FRAMES_PER_FEEDBACK == 0) {
            // They came when they left: nothing is as quick as this network.
            long sent = viewer.transport.numberedPackets();
            int count = (int) Math.min(sent - viewer.reported, arrivals.length);
            Arrays.fill(arrivals, 0, count, nowNanos / Arrivals.TICK_NANOS);
            rtcp.transportWide(
                    PUBLISHER_SSRC, viewer.ssrc, turn & 0xff, sent - count, arrivals, count);
            viewer.reported = sent;
        }
        if (turn % FRAMES_PER_NACK == 0) {
            // A viewer's numbers begin at 1, the publisher's at 0.
            lost[0] = (long) (frame + 1) * PACKETS_PER_FRAME - 2 & 0xffff;
            rtcp.nack(PUBLISHER_SSRC, viewer.ssrc, lost, 0, 1);
        }
        viewer.sendRtcp(slot);
    }

    void close() {
        publisher.close();
        viewers.forEach(Client::close);
    }
}
