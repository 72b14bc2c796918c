package io.sluice.transport;

import io.sluice.codec.MediaKind;
import io.sluice.ice.Slab;
import io.sluice.loop.Scratch;
import io.sluice.receive.Track;
import io.sluice.receive.TransportFeedback;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtpPacket;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpError;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way in of one transport: from a protected datagram to the track that it feeds.
 *
 * <p>Owned by the transport's loop. An SSRC is looked up once per packet; one that was not declared in
 * the session description is latched by its MID (RFC 9143 9.2) or by a payload number that only one
 * section uses, and in a section of several encodings by its RID (RFC 8852), which senders leave out
 * once they know that it was understood. Sources of a sender that never names any are told apart by MID
 * only, in the order in which they come.
 */
final class Ingress {
    /**
     * What an SSRC stands for.
     *
     * @param encoding index within the track
     * @param declared in the session description, which may take it back; else it was latched
     */
    private record Source(
            Track track, int encoding, int ssrc, boolean retransmission, boolean declared) {
        /** Whether another SSRC has taken its place. */
        boolean isPast() {
            return !declared && !track.isSource(encoding, ssrc);
        }
    }

    /** By what a packet is named, for {@link RefusedSources}. */
    private static final int BY_MID = 1;

    private static final int BY_RID = 2;
    private static final int BY_REPAIRED_RID = 4;

    private static final int NO_ENCODING = -1;

    private final Slab slab;
    private final RtpPacket packet;
    private final DropCounters drops;
    private final MediaCounters counters;
    private final TransportFeedback feedback;
    private final int maxSources;
    private final ReceiveLimit limit = new ReceiveLimit();
    private final SsrcTable<Source> sources = new SsrcTable<>();
    private final RefusedSources refused = new RefusedSources();

    /** Tracks whose sender was seen to name its encodings. */
    private final Set<Track> naming = new HashSet<>();

    private List<ReceiveRoute> routes = List.of();
    private int midId;
    private int ridId;
    private int repairedRidId;
    private int transportSequenceId;

    Ingress(
            Slab slab,
            Scratch scratch,
            DropCounters drops,
            MediaCounters counters,
            int maxSources,
            TransportFeedback feedback) {
        this.slab = slab;
        packet = scratch.packet();
        this.drops = drops;
        this.counters = counters;
        this.maxSources = maxSources;
        this.feedback = feedback;
    }

    /** Sets what the client may send from now on; {@code srtp} lets go of what it may not send any more. */
    void routes(List<ReceiveRoute> newRoutes, @Nullable SrtpContext srtp) {
        routes = newRoutes;
        refused.clear();
        sources.removeIf(source -> !isRouted(source));
        naming.removeIf(track -> newRoutes.stream().noneMatch(route -> route.track() == track));
        for (ReceiveRoute route : newRoutes) {
            declare(route);
        }
        // Bundled sections share one id space (RFC 9143 9.1).
        midId = id(newRoutes, HeaderExtension.MID);
        ridId = id(newRoutes, HeaderExtension.RID);
        repairedRidId = id(newRoutes, HeaderExtension.REPAIRED_RID);
        transportSequenceId = id(newRoutes, HeaderExtension.TRANSPORT_WIDE_SEQUENCE);
        limit.estimating(transportSequenceId == 0 && hasVideo(newRoutes));
        if (srtp != null) {
            srtp.retainReceived(ssrc -> sources.find(ssrc) != null);
        }
    }

    private void declare(ReceiveRoute route) {
        int encodings = Math.max(1, route.section().rids().size());
        int at = 0;
        for (Map.Entry<Integer, Integer> declared : route.section().ssrcs().entrySet()) {
            // What is declared beyond the encodings is known, and nothing is taken from it.
            int encoding = Math.min(at, encodings - 1);
            boolean added =
                    addDeclared(route.track(), encoding, declared.getKey(), declared.getValue());
            if (added && at < encodings) {
                route.track().source(encoding, declared.getKey());
            }
            at++;
        }
    }

    private static boolean hasVideo(List<ReceiveRoute> routes) {
        return routes.stream().anyMatch(route -> route.section().kind() == MediaKind.VIDEO);
    }

    private static int id(List<ReceiveRoute> routes, HeaderExtension extension) {
        for (ReceiveRoute route : routes) {
            Integer id = route.section().extensions().get(extension);
            if (id != null) {
                return id;
            }
        }
        return 0;
    }

    private boolean isRouted(Source source) {
        for (ReceiveRoute route : routes) {
            if (route.track() == source.track()) {
                Map<Integer, Integer> ssrcs = route.section().ssrcs();
                return source.declared()
                        ? ssrcs.containsKey(source.ssrc()) || ssrcs.containsValue(source.ssrc())
                        : source.encoding() < Math.max(1, route.section().rids().size());
            }
        }
        return false;
    }

    /** Returns whether the media's SSRC is new. */
    private boolean addDeclared(Track track, int encoding, int ssrc, int rtxSsrc) {
        boolean added =
                sources.find(ssrc) == null
                        && add(new Source(track, encoding, ssrc, false, true)) != null;
        if (rtxSsrc != 0 && sources.find(rtxSsrc) == null) {
            add(new Source(track, encoding, rtxSsrc, true, true));
        }
        return added;
    }

    private @Nullable Source add(Source source) {
        if (sources.size() >= maxSources) {
            return null;
        }
        sources.put(source.ssrc(), source);
        return source;
    }

    /** Takes one protected RTP packet to its track. */
    void onRtp(SrtpContext srtp, int slot, int length, long nowNanos) {
        long offset = Slab.offset(slot);
        int plain = srtp.unprotectRtp(slab.memory(), offset, length);
        if (plain < 0) {
            drops.count(reason(SrtpError.of(plain)));
            return;
        }
        if (!packet.wrap(slab.memory(), offset, plain)) {
            drops.count(DropReason.MALFORMED_RTP);
            return;
        }
        counters.count(MediaCount.RTP_PACKETS_RECEIVED);
        counters.add(MediaCount.RTP_BYTES_RECEIVED, plain);
        int transportSequence = packet.transportWideSequence(transportSequenceId);
        if (transportSequence != RtpPacket.ABSENT) {
            feedback.onPacket(transportSequence, nowNanos);
        }
        Source source = sources.find(packet.ssrc());
        if (source == null) {
            source = latch(srtp);
            if (source == null) {
                return;
            }
        }
        boolean video = source.track().format().codec().kind() == MediaKind.VIDEO;
        boolean policed = !limit.admits(plain, video, nowNanos);
        if (source.retransmission()) {
            source.track().onRetransmission(source.encoding(), packet, slot, policed, nowNanos);
        } else {
            source.track().onRtp(source.encoding(), packet, slot, policed, nowNanos);
        }
    }

    /** Finds out what an SSRC stands for by its first packet; counts what it refuses. */
    private @Nullable Source latch(SrtpContext srtp) {
        int payloadType = packet.payloadType();
        int names =
                (packet.find(midId) != RtpPacket.ABSENT ? BY_MID : 0)
                        | (packet.find(ridId) != RtpPacket.ABSENT ? BY_RID : 0)
                        | (packet.find(repairedRidId) != RtpPacket.ABSENT ? BY_REPAIRED_RID : 0);
        Source latched = null;
        if (!refused.contains(packet.ssrc(), payloadType, names)) {
            latched = search(srtp, payloadType, (names & BY_MID) != 0);
        }
        if (latched == null) {
            refused.add(packet.ssrc(), payloadType, names);
            drops.count(
                    (names & ~BY_MID) == 0
                            ? DropReason.NOT_NEGOTIATED
                            : DropReason.UNKNOWN_ENCODING);
        }
        return latched;
    }

    private @Nullable Source search(SrtpContext srtp, int payloadType, boolean named) {
        for (ReceiveRoute route : routes) {
            boolean here =
                    named
                            ? packet.textEquals(midId, route.section().mid())
                            : onlyIn(route, payloadType);
            NegotiatedCodec codec = route.section().codecs().getFirst();
            boolean media = codec.isMedia(payloadType);
            if (here && (media || payloadType == codec.rtxPayloadType())) {
                int encoding = encoding(route, media, named);
                return encoding == NO_ENCODING ? null : latch(srtp, route.track(), encoding, media);
            }
        }
        return null;
    }

    /** The index of the encoding that the packet is of, or {@link #NO_ENCODING}. */
    private int encoding(ReceiveRoute route, boolean media, boolean named) {
        List<String> rids = route.section().rids();
        if (rids.isEmpty()) {
            return 0;
        }
        int nameId = media ? ridId : repairedRidId;
        for (int i = 0; i < rids.size(); i++) {
            if (packet.textEquals(nameId, rids.get(i))) {
                naming.add(route.track());
                return i;
            }
        }
        boolean names = naming.contains(route.track()) || packet.find(nameId) != RtpPacket.ABSENT;
        return named && !names ? unnamed(route.track(), rids.size(), media) : NO_ENCODING;
    }

    /** Some clients offer names and never send them: their sources are taken for encodings as they come. */
    private static int unnamed(Track track, int encodings, boolean media) {
        int sources = 0;
        while (sources < encodings && track.hasSource(sources)) {
            sources++;
        }
        if (media) {
            return sources < encodings ? sources : NO_ENCODING;
        }
        // Of which one of several a retransmission is, nothing tells.
        return sources == 1 ? 0 : NO_ENCODING;
    }

    private @Nullable Source latch(SrtpContext srtp, Track track, int encoding, boolean media) {
        if (sources.size() >= maxSources) {
            sources.removeIf(Source::isPast);
            srtp.retainReceived(ssrc -> sources.find(ssrc) != null);
        }
        Source source = add(new Source(track, encoding, packet.ssrc(), !media, false));
        if (source != null && media) {
            track.source(encoding, packet.ssrc());
        } else if (source != null) {
            track.repairSource(encoding, packet.ssrc());
        }
        return source;
    }

    private boolean onlyIn(ReceiveRoute one, int payloadType) {
        for (ReceiveRoute route : routes) {
            NegotiatedCodec codec = route.section().codecs().getFirst();
            boolean uses = codec.isMedia(payloadType) || codec.rtxPayloadType() == payloadType;
            if (uses != (route == one)) {
                return false;
            }
        }
        return true;
    }

    /** The track of an SSRC, if it is one of media. */
    @Nullable Track trackOf(int ssrc) {
        Source source = sources.find(ssrc);
        return source == null || source.retransmission() ? null : source.track();
    }

    /** How much the client may send. */
    ReceiveLimit limit() {
        return limit;
    }

    /** Any SSRC of the client's, for feedback that is about all of them. */
    int mediaSsrc() {
        return routes.isEmpty() ? 0 : routes.getFirst().track().ssrc();
    }

    List<ReceiveRoute> routes() {
        return routes;
    }

    static DropReason reason(SrtpError error) {
        return switch (error) {
            case MALFORMED -> DropReason.MALFORMED_RTP;
            case AUTHENTICATION -> DropReason.UNAUTHENTICATED;
            case REPLAYED -> DropReason.REPLAYED;
            case TOO_OLD -> DropReason.TOO_OLD;
            case TOO_MANY_SSRCS -> DropReason.TOO_MANY_SSRCS;
            case CIPHER -> DropReason.CIPHER_FAILED;
        };
    }
}
