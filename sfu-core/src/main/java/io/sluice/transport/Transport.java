package io.sluice.transport;

import io.sluice.dtls.DtlsAssociation;
import io.sluice.dtls.DtlsFailure;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.dtls.DtlsListener;
import io.sluice.dtls.DtlsRole;
import io.sluice.forward.Egress;
import io.sluice.forward.PathTrace;
import io.sluice.forward.Subscription;
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
import io.sluice.receive.TransportFeedback;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.PacketRecord;
import io.sluice.rtp.PacketRecord.Kind;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpKeys;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
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

    /**
     * How often it is looked at what the client is sent, and how. What is urgent of it is done as packets come, or
     * in fine ticks; and most of a loop's memory is that of those who only watch.
     */
    private static final long WATCHING_TICK_NANOS = 25_000_000;

    private final Loop loop;
    private final TransportConfig config;
    private final DtlsIdentity identity;
    private final DtlsHandshakes handshakes;
    private final SecureRandom random;
    private final TransportListener listener;
    private final DataLink data;
    private final IceSession ice;
    private final Egress egress;
    private final Ingress ingress;
    private final TransportFeedback feedback;
    private final Subscriptions subscriptions;
    private final PathMeter meter = new PathMeter();
    private final Rtcp rtcp;
    private final String cname;
    private @Nullable DtlsAssociation dtls;
    private boolean dtlsAwaitsPath;
    private boolean dtlsStarted;
    private @Nullable SrtpContext srtp;

    /** Whether there is something to look at with each tick: what comes in, or data. */
    private boolean busy;

    private long watchedNanos;

    /** When what DTLS hears now has arrived. */
    private long heardNanos;

    private boolean closed;

    /**
     * Opens an ICE session with new credentials; nothing is sent before the client's side is known.
     *
     * @param dataListener null: no data channels are taken
     */
    public Transport(
            Loop loop,
            TransportConfig config,
            DtlsIdentity identity,
            DtlsHandshakes handshakes,
            SecureRandom random,
            TransportListener listener,
            @Nullable DataListener dataListener) {
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
                        config.congestion(loop),
                        this::defect);
        ingress =
                new Ingress(
                        loop.slab(),
                        loop.scratch(),
                        loop.drops(),
                        loop.counters(),
                        config.maxReceiveStreams(),
                        feedback);
        data = new DataLink(loop, config.sctp(), random, egress, dataListener, this::defect);
        byte[] name = new byte[CNAME_BYTES];
        random.nextBytes(name);
        cname = HexFormat.of().formatHex(name);
        SsrcTable<Subscription> bySsrc = new SsrcTable<>();
        rtcp =
                new Rtcp(
                        loop.slab(),
                        loop.scratch(),
                        loop.drops(),
                        loop.counters(),
                        egress,
                        ingress,
                        bySsrc,
                        feedback,
                        meter,
                        new Rtcp.Settings(random.nextInt(), cname, config.reportIntervalNanos()));
        subscriptions =
                new Subscriptions(
                        bySsrc, egress, rtcp, random, listener::onAllocated, loop.ceiling());
        ice = loop.ice().open(this);
        loop.register(this);
    }

    /** The track that a section will feed, its publisher on {@code loop}; from any thread. */
    public static Track track(ReceiveSection section, Loop loop) {
        return new Track(
                section.trackId(),
                section.format(),
                loop.kept(),
                loop.drops(),
                loop.counters(),
                loop.departures());
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

    /** Writes down what is found of the path to the client, if it is asked to. */
    public PathTrace trace() {
        return egress.trace();
    }

    /** Keeps the headers of packets both ways from now on, or forgets them. */
    public void record(boolean on) {
        egress.record(on);
    }

    /** The headers that are kept; null unless {@link #record} was asked to. */
    public @Nullable PacketRecord record() {
        return egress.record();
    }

    /** How many packets the client could report on by their transport-wide numbers. */
    long numberedPackets() {
        return egress.numberedPackets();
    }

    /** Sets how much the client may send, in bits per second: more of video than that is dropped. */
    public void allow(long bitsPerSecond) {
        ingress.limit().allow(bitsPerSecond);
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
        data.negotiated(remote);
        busy = !receive.isEmpty() || data.path() != null;
        receive(receive);
        subscriptions.routes(send, loop.lastTickNanos());
        loop.endTurn();
    }

    /** Its data channels; null if none were negotiated. */
    public @Nullable DataPath data() {
        return data.path();
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
        routes.forEach(route -> route.track().update(route.section().format()));
        List<Track> before = ingress.routes().stream().map(ReceiveRoute::track).toList();
        ingress.routes(routes, srtp);
        List<Track> after = routes.stream().map(ReceiveRoute::track).toList();
        before.stream().filter(track -> !after.contains(track)).forEach(Track::close);
    }

    /** What the viewer wants of a subscription, by its SSRC; ignored if it has ended. */
    public void want(int ssrc, ViewerWish wish) {
        subscriptions.want(ssrc, wish);
    }

    @Override
    public void onPath(Path path) {
        egress.path(path);
        startDtls();
        data.onPathChanged();
    }

    @Override
    public void onPathLost() {
        egress.path(null);
    }

    @Override
    public void onPathFull(boolean full) {
        egress.pathFull(full);
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
            boolean isRtcp = Rtcp.isRtcp(loop.slab().memory(), Slab.offset(slot), length);
            note(isRtcp ? Kind.RTCP : Kind.RTP, slot, length, nowNanos);
            if (isRtcp) {
                rtcp.onPacket(context, slot, length, nowNanos);
            } else {
                ingress.onRtp(context, slot, length, nowNanos);
            }
        } catch (RuntimeException | Error e) {
            defect(e);
        }
        if (!loop.slab().isShared(slot)) {
            return false;
        }
        // Others hold the slot now; the port's own hold ends here.
        loop.slab().release(slot);
        return true;
    }

    private void note(Kind kind, int slot, int length, long nowNanos) {
        PacketRecord record = egress.record();
        if (record != null) {
            long offset = Slab.offset(slot);
            record.received(kind, loop.slab().memory(), offset, length, nowNanos);
        }
    }

    @Override
    public void onDtls(int slot, int length, long nowNanos) {
        heardNanos = nowNanos;
        note(Kind.DTLS, slot, length, nowNanos);
        if (dtls != null) {
            dtls.onDatagram(loop.slab().memory(), Slab.offset(slot), length);
            try {
                data.onDatagramEnd(nowNanos);
            } catch (RuntimeException | Error e) {
                defect(e);
            }
        }
    }

    @Override
    public void onDtlsSend(byte[] data, int offset, int length) {
        onDtlsSendRecord(MemorySegment.ofArray(data), offset, length);
        if (srtp == null) {
            // A handshake's flights come from tasks; what follows leaves with the turn.
            loop.endTurn();
        }
    }

    @Override
    public void onDtlsSendRecord(MemorySegment memory, long offset, int length) {
        long at = egress.hasPath() ? egress.reserve() : UdpPort.NO_ROOM;
        if (at != UdpPort.NO_ROOM) {
            MemorySegment.copy(memory, offset, egress.memory(), at, length);
            PacketRecord record = egress.record();
            if (record != null) {
                record.sent(Kind.DTLS, egress.memory(), at, length);
            }
            egress.sendAsItIs(length);
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
            // What came early is heard next.
            heardNanos = loop.nowNanos();
            if (dtls != null) {
                data.connect(dtls, heardNanos);
            }
            listener.onConnected();
        } catch (RuntimeException | Error e) {
            // Nobody above ends a transport that is left half open.
            defect(e);
        }
    }

    @Override
    public boolean onDtlsData(byte[] bytes, int offset, int length) {
        try {
            return data.onPacket(bytes, offset, length, heardNanos);
        } catch (RuntimeException | Error e) {
            defect(e);
            return true;
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
        PacketRecord record = egress.record();
        if (record != null) {
            record.time(nowNanos);
        }
        boolean watches = nowNanos - watchedNanos >= WATCHING_TICK_NANOS;
        if (srtp == null || !(busy || watches)) {
            return;
        }
        try {
            if (watches) {
                watchedNanos = nowNanos;
                watch(nowNanos);
            }
            if (busy) {
                rtcp.onTick(nowNanos);
                data.onTick(nowNanos);
            }
        } catch (RuntimeException | Error e) {
            defect(e);
        }
    }

    private void watch(long nowNanos) {
        subscriptions.onTick(nowNanos);
        egress.onTick(subscriptions.demandBps(), nowNanos);
        if (!busy) {
            rtcp.onTick(nowNanos);
        }
        if (meter.due(nowNanos)) {
            listener.onMeasured(
                    meter.measure(
                            ingress.routes(),
                            ice.lastConsentNanos(),
                            rtcp.roundTripNanos(),
                            nowNanos));
        }
    }

    /** Ends it for an invariant of ours that was found broken. */
    public void defect(Throwable e) {
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
        for (Subscription subscription : subscriptions.takeAll()) {
            closing(subscription::end);
            closing(() -> rtcp.bye(subscription));
        }
        for (ReceiveRoute route : ingress.routes()) {
            closing(route.track()::close);
        }
        closing(() -> ingress.routes(List.of(), null));
        closing(data::close);
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
        } catch (RuntimeException | Error e) {
            loop.countDefect(e);
        }
    }
}
