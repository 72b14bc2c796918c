package io.sluice.transport;

import io.sluice.ice.Slab;
import io.sluice.loop.Scratch;
import io.sluice.receive.Track;
import io.sluice.receive.TransportFeedback;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtpPacket;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpError;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way in of one transport: from a protected datagram to the track that it feeds.
 *
 * <p>Owned by the transport's loop. An SSRC is looked up once per packet; one that was not declared in
 * the session description is latched by its MID (RFC 9143 9.2) or by a payload number that only one
 * section uses.
 */
final class Ingress {
    /**
     * What an SSRC stands for.
     *
     * @param declared in the session description, which may take it back; else it was latched
     */
    private record Source(Track track, int ssrc, boolean retransmission, boolean declared) {}

    private final Slab slab;
    private final RtpPacket packet;
    private final DropCounters drops;
    private final MediaCounters counters;
    private final TransportFeedback feedback;
    private final int maxSources;
    private final SsrcTable<Source> sources = new SsrcTable<>();
    private final RefusedSources refused = new RefusedSources();
    private List<ReceiveRoute> routes = List.of();
    private ExtensionMap extensions = ExtensionMap.EMPTY;
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
        for (ReceiveRoute route : newRoutes) {
            if (route == newRoutes.getFirst()) {
                // Bundled sections share one id space (RFC 9143 9.1).
                extensions = ExtensionMap.of(route.section().extensions());
            }
            boolean first = true;
            for (Map.Entry<Integer, Integer> declared : route.section().ssrcs().entrySet()) {
                boolean added = addDeclared(route.track(), declared.getKey(), declared.getValue());
                if (first && added) {
                    route.track().source(declared.getKey());
                }
                first = false;
            }
        }
        transportSequenceId = transportSequenceId(newRoutes);
        if (srtp != null) {
            srtp.retainReceived(ssrc -> sources.find(ssrc) != null);
        }
    }

    private static int transportSequenceId(List<ReceiveRoute> routes) {
        for (ReceiveRoute route : routes) {
            Integer id = route.section().extensions().get(HeaderExtension.TRANSPORT_WIDE_SEQUENCE);
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
                return !source.declared()
                        || ssrcs.containsKey(source.ssrc())
                        || ssrcs.containsValue(source.ssrc());
            }
        }
        return false;
    }

    /** Returns whether the media's SSRC is new. */
    private boolean addDeclared(Track track, int ssrc, int rtxSsrc) {
        boolean added =
                sources.find(ssrc) == null && add(new Source(track, ssrc, false, true)) != null;
        if (rtxSsrc != 0 && sources.find(rtxSsrc) == null) {
            add(new Source(track, rtxSsrc, true, true));
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
            source = latch();
            if (source == null) {
                drops.count(DropReason.NOT_NEGOTIATED);
                return;
            }
        }
        if (source.retransmission()) {
            source.track().onRetransmission(packet, slot, nowNanos);
        } else {
            source.track().onRtp(packet, slot, nowNanos);
        }
    }

    private @Nullable Source latch() {
        int payloadType = packet.payloadType();
        int midId = extensions.id(HeaderExtension.MID);
        boolean named = packet.find(midId) != RtpPacket.ABSENT;
        if (refused.contains(packet.ssrc(), payloadType, named)) {
            return null;
        }
        Source latched = search(payloadType, midId, named);
        if (latched == null) {
            refused.add(packet.ssrc(), payloadType, named);
        }
        return latched;
    }

    private @Nullable Source search(int payloadType, int midId, boolean named) {
        for (ReceiveRoute route : routes) {
            boolean here =
                    named
                            ? packet.textEquals(midId, route.section().mid())
                            : onlyIn(route, payloadType);
            NegotiatedCodec codec = route.section().codecs().getFirst();
            if (here && payloadType == codec.payloadType()) {
                Source media = add(new Source(route.track(), packet.ssrc(), false, false));
                if (media != null) {
                    route.track().source(packet.ssrc());
                }
                return media;
            }
            if (here && payloadType == codec.rtxPayloadType()) {
                return add(new Source(route.track(), packet.ssrc(), true, false));
            }
        }
        return null;
    }

    private boolean onlyIn(ReceiveRoute one, int payloadType) {
        for (ReceiveRoute route : routes) {
            NegotiatedCodec codec = route.section().codecs().getFirst();
            boolean uses =
                    codec.payloadType() == payloadType || codec.rtxPayloadType() == payloadType;
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
