package io.sluice.transport;

import io.sluice.dtls.DtlsAssociation;
import io.sluice.dtls.DtlsFailure;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.dtls.DtlsListener;
import io.sluice.dtls.DtlsRole;
import io.sluice.forward.Egress;
import io.sluice.forward.Subscription;
import io.sluice.forward.SubscriptionFormat;
import io.sluice.forward.ViewerWish;
import io.sluice.ice.IceCredentials;
import io.sluice.ice.IceFailure;
import io.sluice.ice.IceListener;
import io.sluice.ice.IceSession;
import io.sluice.ice.Path;
import io.sluice.ice.Slab;
import io.sluice.ice.UdpPort;
import io.sluice.loop.Loop;
import io.sluice.loop.Ticking;
import io.sluice.receive.Track;
import io.sluice.receive.TrackFormat;
import io.sluice.receive.TransportFeedback;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.Wire;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpKeys;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one ICE, DTLS and SRTP path of a participant, with the tracks it feeds and the subscriptions it
 * carries.
 *
 * <p>Owned by the loop it was made on, for life: every method is called there, those of its listeners
 * too. A broken invariant closes this transport and nothing else.
 */
public final class Transport implements IceListener, DtlsListener, Ticking {
    private static final int CNAME_BYTES = 12;

    /** RFC 5761 4: what an RTCP packet type looks like where RTP has marker and payload type. */
    private static final int RTCP_TYPE_MIN = 192;

    private static final int RTCP_TYPE_MAX = 223;

    private final Loop loop;
    private final TransportConfig config;
    private final DtlsIdentity identity;
    private final DtlsHandshakes handshakes;
    private final SecureRandom random;
    private final TransportListener listener;
    private final IceSession ice;
    private final Egress egress;
    private final Ingress ingress;
    private final TransportFeedback feedback;
    private final SsrcTable<Subscription> subscriptions = new SsrcTable<>();
    private final PathMeter meter = new PathMeter();
    private final Rtcp rtcp;
    private final String cname;
    private @Nullable DtlsAssociation dtls;
    private boolean dtlsAwaitsPath;
    private boolean dtlsStarted;
    private @Nullable SrtpContext srtp;
    private boolean closed;

    /** Opens an ICE session with new credentials; nothing is sent before the client's side is known. */
    public Transport(
            Loop loop,
            TransportConfig config,
            DtlsIdentity identity,
            DtlsHandshakes handshakes,
            SecureRandom random,
            TransportListener listener) {
        this.loop = loop;
        this.config = config;
        this.identity = identity;
        this.handshakes = handshakes;
        this.random = random;
        this.listener = listener;
        feedback = new TransportFeedback(loop.counters());
        egress =
                new Egress(
                        loop.port(),
                        loop.scratch(),
                        loop.drops(),
                        loop.counters(),
                        loop.latency(),
                        config.padding(),
                        this::defect);
        ingress =
                new Ingress(
                        loop.slab(),
                        loop.scratch(),
                        loop.drops(),
                        loop.counters(),
                        config.maxReceiveStreams(),
                        feedback);
        byte[] name = new byte[CNAME_BYTES];
        random.nextBytes(name);
        cname = HexFormat.of().formatHex(name);
        rtcp =
                new Rtcp(
                        loop.slab(),
                        loop.scratch(),
                        loop.drops(),
                        loop.counters(),
                        egress,
                        ingress,
                        subscriptions,
                        feedback,
                        meter,
                        new Rtcp.Settings(random.nextInt(), cname, config.reportIntervalNanos()));
        ice = loop.ice().open(this);
        loop.register(this);
    }

    /** The track that a section will feed, its publisher on {@code loop}; from any thread. */
    public static Track track(ReceiveSection section, Loop loop) {
        return new Track(
                section.trackId(),
                format(section),
                loop.kept(),
                loop.drops(),
                loop.counters(),
                loop.departures());
    }

    private static TrackFormat format(ReceiveSection section) {
        NegotiatedCodec codec = section.codecs().getFirst();
        return new TrackFormat(
                codec.format().codec(),
                codec.payloadType(),
                codec.rtxPayloadType(),
                codec.redPayloadType(),
                codec.nack(),
                codec.pictureLoss(),
                ExtensionMap.of(section.extensions()),
                section.rids());
    }

    /** Our side, for a session description. */
    public LocalTransport local() {
        IceCredentials credentials = ice.credentials();
        return new LocalTransport(
                credentials.ufrag(),
                credentials.password(),
                identity.fingerprint(),
                ice.candidates(),
                cname);
    }

    /** Begins an ICE restart: new local credentials, the old path goes on until the new one stands. */
    public LocalTransport restartIce() {
        if (!closed) {
            ice.restart();
        }
        return local();
    }

    /** One more address of the client. */
    public void addRemoteCandidate(String candidate) {
        if (!closed) {
            ice.addRemoteCandidate(candidate);
        }
    }

    /**
     * Carries out a session description: the first one starts ICE and DTLS, each says all that flows
     * from now on.
     */
    public void negotiated(
            RemoteTransport remote, List<ReceiveRoute> receive, List<SendRoute> send) {
        if (closed) {
            return;
        }
        ice.setRemote(
                new IceCredentials(remote.iceUfrag(), remote.icePassword()), remote.iceLite());
        remote.candidates().forEach(ice::addRemoteCandidate);
        if (dtls == null) {
            dtls =
                    new DtlsAssociation(
                            identity,
                            remote.passive() ? DtlsRole.CLIENT : DtlsRole.SERVER,
                            remote.fingerprints(),
                            handshakes,
                            loop,
                            random,
                            this);
            dtlsAwaitsPath = remote.passive();
            startDtls();
        }
        receive(receive);
        send(send);
        loop.endTurn();
    }

    /** A ClientHello of ours would be lost before there is a path, and sent again only a second later. */
    private void startDtls() {
        DtlsAssociation association = dtls;
        if (association != null && !dtlsStarted && (egress.hasPath() || !dtlsAwaitsPath)) {
            dtlsStarted = true;
            association.start();
        }
    }

    private void receive(List<ReceiveRoute> routes) {
        routes.forEach(route -> route.track().update(format(route.section())));
        List<Track> before = ingress.routes().stream().map(ReceiveRoute::track).toList();
        ingress.routes(routes, srtp);
        List<Track> after = routes.stream().map(ReceiveRoute::track).toList();
        before.stream().filter(track -> !after.contains(track)).forEach(Track::close);
    }

    private void send(List<SendRoute> routes) {
        subscriptions.removeIf(subscription -> {
            boolean gone =
                    routes.stream().noneMatch(r -> r.section().ssrc() == subscription.ssrc());
            if (gone) {
                end(subscription);
            }
            return gone;
        });
        for (SendRoute route : routes) {
            Subscription subscription = subscriptions.find(route.section().ssrc());
            if (subscription == null) {
                subscribe(route);
            } else {
                subscription.update(format(route.section()));
            }
        }
    }

    private void subscribe(SendRoute route) {
        Subscription subscription =
                new Subscription(format(route.section()), route.fanout(), egress, random);
        subscriptions.put(subscription.ssrc(), subscription);
        subscription.begin();
    }

    /** What the viewer wants of a subscription, by its SSRC; ignored if it has ended. */
    public void want(int ssrc, ViewerWish wish) {
        Subscription subscription = subscriptions.find(ssrc);
        if (subscription != null) {
            subscription.want(wish);
        }
    }

    private static SubscriptionFormat format(SendSection section) {
        return new SubscriptionFormat(
                section.mid(),
                section.codec().payloadType(),
                section.codec().rtxPayloadType(),
                section.codec().redPayloadType(),
                section.ssrc(),
                section.rtxSsrc(),
                ExtensionMap.of(section.extensions()));
    }

    private void end(Subscription subscription) {
        subscription.end();
        rtcp.bye(subscription);
    }

    @Override
    public void onPath(Path path) {
        egress.path(path);
        startDtls();
    }

    @Override
    public void onPathLost() {
        egress.path(null);
    }

    @Override
    public void onIceFailed(IceFailure reason) {
        // Without consent not even a goodbye (RFC 7675 5.1).
        egress.path(null);
        fail(TransportEnd.CONNECTION_LOST);
    }

    @Override
    public boolean onMedia(int slot, int length, long nowNanos) {
        SrtpContext context = srtp;
        if (context == null) {
            loop.drops().count(DropReason.BEFORE_KEYS);
            return false;
        }
        meter.onPacket(nowNanos);
        try {
            boolean isRtcp = isRtcp(slot, length);
            if (isRtcp) {
                rtcp.onPacket(context, slot, length, nowNanos);
            } else {
                ingress.onRtp(context, slot, length, nowNanos);
            }
        } catch (RuntimeException e) {
            defect(e);
        }
        if (!loop.slab().isShared(slot)) {
            return false;
        }
        // Others hold the slot now; the port's own hold ends here.
        loop.slab().release(slot);
        return true;
    }

    private boolean isRtcp(int slot, int length) {
        if (length < 2) {
            return false;
        }
        int type = Wire.u8(loop.slab().memory(), Slab.offset(slot) + 1);
        return type >= RTCP_TYPE_MIN && type <= RTCP_TYPE_MAX;
    }

    @Override
    public void onDtls(int slot, int length, long nowNanos) {
        if (dtls != null) {
            dtls.onDatagram(loop.slab().memory(), Slab.offset(slot), length);
        }
    }

    @Override
    public void onDtlsSend(byte[] data, int offset, int length) {
        long at = egress.hasPath() ? egress.reserve() : UdpPort.NO_ROOM;
        if (at != UdpPort.NO_ROOM) {
            MemorySegment.copy(data, offset, egress.memory(), ValueLayout.JAVA_BYTE, at, length);
            egress.sendAsItIs(length);
            loop.endTurn();
        }
    }

    @Override
    public void onDtlsConnected(SrtpKeys keys) {
        if (closed) {
            return;
        }
        try {
            SrtpContext context = SrtpContexts.open(keys, config.srtp(), loop.scratch().srtp());
            srtp = config.srtpWatch().apply(context);
            egress.keys(srtp);
            listener.onConnected();
        } catch (RuntimeException e) {
            // Nobody above ends a transport that is left half open.
            defect(e);
        }
    }

    @Override
    public void onDtlsFailed(DtlsFailure reason) {
        if (!closed) {
            listener.onHandshakeFailed(reason);
        }
        fail(TransportEnd.HANDSHAKE_FAILED);
    }

    @Override
    public void onDtlsClosed() {
        fail(TransportEnd.CLOSED_BY_CLIENT);
    }

    @Override
    public void onTick(long nowNanos) {
        if (srtp == null) {
            return;
        }
        try {
            rtcp.onTick(nowNanos);
            if (meter.due(nowNanos)) {
                listener.onMeasured(
                        meter.measure(
                                ingress.routes(),
                                ice.lastConsentNanos(),
                                rtcp.roundTripNanos(),
                                nowNanos));
            }
        } catch (RuntimeException e) {
            defect(e);
        }
    }

    private void defect(RuntimeException e) {
        loop.countDefect(e);
        fail(TransportEnd.DEFECT);
    }

    private void fail(TransportEnd reason) {
        if (!closed) {
            close();
            listener.onEnded(reason);
        }
    }

    /** Ends everything; says goodbye where there is somebody to hear it. */
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        List<Subscription> ending = new ArrayList<>();
        subscriptions.removeIf(ending::add);
        for (Subscription subscription : ending) {
            closing(subscription::end);
            closing(() -> rtcp.bye(subscription));
        }
        for (ReceiveRoute route : ingress.routes()) {
            closing(route.track()::close);
        }
        closing(() -> ingress.routes(List.of(), null));
        DtlsAssociation association = dtls;
        if (association != null) {
            closing(association::close);
        }
        closing(loop::endTurn);
        egress.keys(null);
        SrtpContext context = srtp;
        srtp = null;
        if (context != null) {
            closing(context::close);
        }
        closing(ice::close);
        loop.unregister(this);
    }

    /** One step of {@link #close}: whatever broke, nothing else may be left behind. */
    private void closing(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            loop.countDefect(e);
        }
    }
}
