package io.sluice.bench;

import io.sluice.bandwidth.BandwidthConfig;
import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.dtls.DtlsConfig;
import io.sluice.dtls.DtlsFailure;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.ice.IceConfig;
import io.sluice.ice.IceWarmUp;
import io.sluice.ice.Slab;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.receive.Track;
import io.sluice.rtp.HeaderExtension;
import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import io.sluice.transport.NegotiatedCodec;
import io.sluice.transport.PathMeasure;
import io.sluice.transport.ReceiveRoute;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.RemoteTransport;
import io.sluice.transport.SendRoute;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import io.sluice.transport.Transport;
import io.sluice.transport.TransportConfig;
import io.sluice.transport.TransportEnd;
import io.sluice.transport.TransportListener;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A publisher and many viewers on one loop of the server, with its transports, its port and everything
 * between: only ICE and DTLS never happen. They are told keys and paths instead.
 *
 * <p>Opened and closed by any one thread; the rest runs on the loop.
 */
final class PacketLine implements AutoCloseable {
    private static final long SEED = 20_260_101;
    private static final Duration NEVER = Duration.ofDays(10);
    private static final int RTX_PAYLOAD_TYPE = 97;
    private static final int FIRST_VIEWER_SSRC = 1_000;

    /** Bits per second to one viewer: a burst of a whole turn's packets fits. */
    private static final long WIDE = 1_000_000_000_000L;

    private static final RemoteTransport REMOTE =
            new RemoteTransport(
                    "abcd",
                    "abcdefghijklmnopqrstuvwx",
                    List.of("sha-256 " + "AA:".repeat(31) + "AA"),
                    false,
                    false,
                    List.of());
    private static final Map<HeaderExtension, Integer> EXTENSIONS =
            Map.of(
                    HeaderExtension.MID,
                    Publisher.MID,
                    HeaderExtension.TRANSPORT_WIDE_SEQUENCE,
                    Publisher.TRANSPORT_WIDE_SEQUENCE);
    private static final NegotiatedCodec VP8 =
            new NegotiatedCodec(
                    new CodecFormat(Codec.VP8, Map.of()),
                    Publisher.PAYLOAD_TYPE,
                    RTX_PAYLOAD_TYPE,
                    true,
                    true,
                    true);

    private final Random random = new Random(SEED);
    private final SecureRandom secureRandom = new SecureRandom();
    private final SrtpProfile profile;
    private final Loop loop;
    private final DtlsIdentity identity = DtlsIdentity.generate(secureRandom, Instant.now());
    private final DtlsHandshakes handshakes =
            new DtlsHandshakes(
                    new DtlsConfig(1_000, Math.toIntExact(NEVER.toMillis()), 4_096, 1, 1));
    private final List<Transport> transports = new ArrayList<>();
    private final Publisher publisher;
    private final Transport ingress;
    private final int viewers;
    private final boolean rtx;
    private final TransportConfig config;

    /** The first frame is a keyframe. */
    private boolean begun;

    /** Nobody listens: what ends here was closed by us. */
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
        public void onEnded(TransportEnd reason) {
            throw new IllegalStateException("a transport of the packet line ended: " + reason);
        }
    }

    /**
     * A line whose viewers have said nothing of their paths: each estimate is what it begins with, and that is
     * more than any turn sends. What the bounds cost by packet is there.
     *
     * @param rtx whether viewers have negotiated it, and may be sent padding
     */
    static PacketLine wide(SrtpProfile profile, int viewers, boolean rtx, Receivers receivers) {
        BandwidthConfig bounds = new BandwidthConfig(WIDE, 1, WIDE);
        return new PacketLine(
                profile, viewers, rtx, receivers, TransportConfig.defaults().withBandwidth(bounds));
    }

    /** A line without congestion control: what is sent goes by no clock. */
    static PacketLine unbounded(
            SrtpProfile profile, int viewers, boolean rtx, Receivers receivers) {
        return new PacketLine(
                profile, viewers, rtx, receivers, TransportConfig.defaults().withEstimators(null));
    }

    private PacketLine(
            SrtpProfile profile,
            int viewers,
            boolean rtx,
            Receivers receivers,
            TransportConfig config) {
        this.rtx = rtx;
        this.config = config;
        this.profile = profile;
        this.viewers = viewers;
        IceWarmUp.warmUp();
        IceConfig ice = IceConfig.defaults().withLoopback(true).withTimeouts(NEVER, NEVER, NEVER);
        loop =
                new Loop(
                        0,
                        LoopConfig.defaults(),
                        ice,
                        List.of(InetAddress.getLoopbackAddress()),
                        0,
                        secureRandom);
        SrtpKeys keys = Keys.random(profile, random);
        publisher = onLoop(() -> publisher(keys));
        ingress = onLoop(() -> connect(keys, receivers));
    }

    private <T> T onLoop(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, loop).join();
    }

    private static Publisher publisher(SrtpKeys keys) {
        return new Publisher(SrtpContexts.open(Keys.mirror(keys), SrtpConfig.defaults()));
    }

    private Transport connect(SrtpKeys keys, Receivers receivers) {
        ReceiveSection section =
                new ReceiveSection(
                        "0",
                        "TR_1",
                        MediaKind.VIDEO,
                        TrackSource.CAMERA,
                        List.of(VP8),
                        EXTENSIONS,
                        Map.of(Publisher.SSRC, 0),
                        List.of());
        Track track = Transport.track(section, loop);
        Transport publishing = open();
        publishing.negotiated(REMOTE, List.of(new ReceiveRoute(section, track)), List.of());
        publishing.onDtlsConnected(keys);
        for (int i = 0; i < viewers; i++) {
            Transport viewing = open();
            int ssrc = FIRST_VIEWER_SSRC + 2 * i;
            SendSection sent =
                    new SendSection("0", "TR_1", VP8, EXTENSIONS, ssrc, rtx ? ssrc + 1 : 0);
            viewing.negotiated(REMOTE, List.of(), List.of(new SendRoute(sent, track.fanout())));
            viewing.onDtlsConnected(Keys.random(profile, random));
            viewing.onPath(receivers.path(i));
        }
        return publishing;
    }

    /** Whose turn it is, off the clock or on it; on the loop. */
    Loop loop() {
        return loop;
    }

    int viewers() {
        return viewers;
    }

    /**
     * Writes the publisher's next packet into a slot of the loop, protected; on the loop.
     *
     * @param first of its frame; the frame before is over
     * @param last of its frame
     * @return its length
     */
    int write(int slot, int payloadBytes, boolean first, boolean last) {
        if (first) {
            publisher.nextFrame();
        }
        int length =
                publisher.write(
                        loop.slab().memory(), Slab.offset(slot), payloadBytes, first, !begun, last);
        begun |= last;
        return length;
    }

    /** The packet in a slot comes in, as from the port; on the loop. */
    void arrive(int slot, int length, long nowNanos) {
        if (!ingress.onMedia(slot, length, nowNanos)) {
            loop.slab().release(slot);
        }
    }

    private Transport open() {
        Transport transport =
                new Transport(loop, config, identity, handshakes, secureRandom, new Silent(), null);
        transports.add(transport);
        return transport;
    }

    @Override
    public void close() {
        CompletableFuture.runAsync(() -> transports.forEach(Transport::close), loop).join();
        loop.close();
        loop.freeMemory();
    }
}
