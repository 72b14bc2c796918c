package io.sluice.sdp;

import io.sluice.codec.Codec;
import io.sluice.codec.MediaKind;
import io.sluice.rtp.HeaderExtension;
import io.sluice.sctp.RemoteSctp;
import io.sluice.sctp.SctpConfig;
import io.sluice.sdp.MediaSection.Msid;
import io.sluice.sdp.MediaSection.SsrcAttribute;
import io.sluice.sdp.MediaSection.SsrcGroup;
import io.sluice.sdp.SectionState.Forwarded;
import io.sluice.sdp.SectionState.Published;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.NegotiatedCodec;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.SendSection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers one section with its own payload numbers and extension ids, after the {@link Negotiator}
 * decided what flows in it.
 */
final class SectionAnswer {
    /** With ICE the port means nothing but that the section is in use (RFC 8840 4.1.1). */
    private static final int PORT = 9;

    /** RFC 8888 6: read where nothing better is offered, and not written, so for viewers only. */
    private static final String PACKET_REPORTS = "ack ccfb";

    private static final Set<String> VIDEO_FEEDBACK =
            Set.of("nack", "nack pli", "ccm fir", "transport-cc", "goog-remb", PACKET_REPORTS);
    private static final Set<String> AUDIO_FEEDBACK = Set.of("transport-cc", PACKET_REPORTS);

    private final MediaSection offered;
    private final List<Codec> codecs;
    private final @Nullable Published published;
    private final @Nullable Forwarded forwarded;
    private final @Nullable RtpPayload received;
    private final @Nullable RtpPayload sent;
    private final AnsweredExtensions extensions;
    private final OfferedSimulcast simulcast;

    SectionAnswer(
            MediaSection offered,
            SectionState state,
            List<Codec> codecs,
            boolean sessionAllowsMixed) {
        this.offered = offered;
        this.codecs = codecs;
        published = state.published();
        forwarded = state.forwarded();
        received =
                published == null
                        ? null
                        : Codecs.ofPublisher(
                                offered.payloads(),
                                Codecs.first(published.format().codec(), codecs));
        sent = forwarded == null ? null : Codecs.ofViewer(offered.payloads(), forwarded.format());
        extensions =
                new AnsweredExtensions(
                        offered,
                        sessionAllowsMixed,
                        received != null,
                        forwarded == null ? null : forwarded.format().codec());
        // Packets tell their encoding by the extension only.
        simulcast =
                extensions.received().containsKey(HeaderExtension.RID)
                        ? OfferedSimulcast.of(offered)
                        : OfferedSimulcast.NONE;
    }

    /** A section that is answered with port 0 (RFC 3264 6). */
    static MediaSection rejected(MediaSection offered) {
        List<String> formats = List.of(offered.formats().getFirst());
        List<RtpPayload> payloads =
                offered.payloads().isEmpty()
                        ? List.of()
                        : List.of(bare(offered.payloads().getFirst(), Map.of(), List.of()));
        return withoutTracks(
                offered, 0, formats, payloads, Direction.INACTIVE, null, null, false, 0, 0);
    }

    /** The section of data channels (RFC 8841); the rest is agreed on within the association. */
    static MediaSection data(
            MediaSection offered, LocalTransport local, String setup, boolean first) {
        return withoutTracks(
                offered,
                PORT,
                offered.formats(),
                List.of(),
                Direction.SENDRECV,
                local,
                setup,
                first,
                RemoteSctp.DEFAULT_PORT,
                SctpConfig.defaults().maxMessageBytes());
    }

    /**
     * A section in which no track flows.
     *
     * @param local null where the section is not in use, and so says nothing of the transport
     */
    private static MediaSection withoutTracks(
            MediaSection offered,
            int port,
            List<String> formats,
            List<RtpPayload> payloads,
            Direction direction,
            @Nullable LocalTransport local,
            @Nullable String setup,
            boolean first,
            int sctpPort,
            long maxMessageBytes) {
        return new MediaSection(
                offered.media(),
                port,
                offered.protocol(),
                formats,
                payloads,
                offered.mid(),
                direction,
                local == null ? null : local.iceUfrag(),
                local == null ? null : local.icePassword(),
                local != null,
                local != null && first ? local.candidates() : List.of(),
                first,
                local == null ? List.of() : List.of(local.fingerprint()),
                setup,
                List.of(),
                false,
                null,
                List.of(),
                List.of(),
                List.of(),
                null,
                false,
                false,
                false,
                sctpPort,
                maxMessageBytes);
    }

    /**
     * @param setup our part in the DTLS handshake
     * @param first whether the bundle's transport is described in this section
     */
    MediaSection section(LocalTransport local, String setup, boolean first) {
        List<RtpPayload> payloads = payloads();
        return new MediaSection(
                offered.media(),
                PORT,
                offered.protocol(),
                payloads.stream().map(payload -> Integer.toString(payload.number())).toList(),
                payloads,
                offered.mid(),
                Direction.of(sent != null, received != null),
                local.iceUfrag(),
                local.icePassword(),
                true,
                first ? local.candidates() : List.of(),
                first,
                List.of(local.fingerprint()),
                setup,
                extensions.lines(),
                offered.extmapAllowMixed(),
                msid(),
                ssrcs(local.cname()),
                ssrcGroups(),
                // Without a=rid and a=simulcast a client sends one encoding (RFC 8853 5.3.2).
                simulcast.answeredRids(),
                simulcast.rids().isEmpty() ? null : simulcast.answered(),
                true,
                offered.rtcpReducedSize(),
                false,
                0,
                0);
    }

    /** What the client sends first, then what it receives; all that can be, if it does neither. */
    private List<RtpPayload> payloads() {
        Set<RtpPayload> chosen = new LinkedHashSet<>();
        if (received != null) {
            chosen.add(received);
        }
        if (sent != null) {
            chosen.add(sent);
        }
        if (chosen.isEmpty()) {
            chosen.addAll(Codecs.supported(offered.payloads(), codecs));
        }
        List<RtpPayload> answered = new ArrayList<>();
        for (RtpPayload payload : chosen) {
            Codec codec = Codecs.codec(payload).orElseThrow();
            RtpPayload red = Codecs.red(offered.payloads(), payload);
            if (red != null && prefersRed(red, payload)) {
                answered.add(bare(red, red.parameters(), List.of()));
            }
            answered.add(
                    bare(
                            payload,
                            Codecs.answeredParameters(codec, payload),
                            feedback(codec.kind(), payload)));
            if (red != null && !prefersRed(red, payload)) {
                answered.add(bare(red, red.parameters(), List.of()));
            }
            RtpPayload rtx = Codecs.rtx(offered.payloads(), payload);
            if (rtx != null) {
                Map<String, String> parameters = Map.of("apt", Integer.toString(payload.number()));
                answered.add(bare(rtx, parameters, List.of()));
            }
        }
        return answered;
    }

    /**
     * Who offers redundancy before plain Opus wants to send it, and who has said so: the first that is answered is
     * sent.
     */
    private boolean prefersRed(RtpPayload red, RtpPayload opus) {
        boolean declared = published != null && published.redundant();
        return declared || offered.payloads().indexOf(red) < offered.payloads().indexOf(opus);
    }

    private static RtpPayload bare(
            RtpPayload payload, Map<String, String> parameters, List<String> feedback) {
        return new RtpPayload(
                payload.number(),
                payload.encoding(),
                payload.clockRateHz(),
                payload.channels(),
                parameters,
                feedback);
    }

    private List<String> feedback(MediaKind kind, RtpPayload payload) {
        Set<String> known = kind == MediaKind.VIDEO ? VIDEO_FEEDBACK : AUDIO_FEEDBACK;
        boolean numbered = extensions.has(HeaderExtension.TRANSPORT_WIDE_SEQUENCE);
        boolean views = sent != null && received == null;
        return payload.feedback().stream()
                .filter(known::contains)
                // What a client sends without transport-wide feedback it is told by REMB.
                .filter(feedback -> numbered || !feedback.equals("transport-cc"))
                .filter(feedback -> !numbered || !feedback.equals("goog-remb"))
                .filter(feedback -> (views && !numbered) || !feedback.equals(PACKET_REPORTS))
                .toList();
    }

    private NegotiatedCodec negotiated(RtpPayload payload) {
        Codec codec = Codecs.codec(payload).orElseThrow();
        List<String> feedback = feedback(codec.kind(), payload);
        RtpPayload rtx = Codecs.rtx(offered.payloads(), payload);
        RtpPayload red = Codecs.red(offered.payloads(), payload);
        return new NegotiatedCodec(
                Codecs.format(payload),
                payload.number(),
                rtx == null ? NegotiatedCodec.NO_RTX : rtx.number(),
                red == null ? NegotiatedCodec.NO_RED : red.number(),
                feedback.contains("nack"),
                feedback.contains("nack pli"),
                feedback.contains("transport-cc"),
                feedback.contains(PACKET_REPORTS));
    }

    /** What is received in it; null if nothing is. */
    @Nullable ReceiveSection receive() {
        if (published == null || received == null) {
            return null;
        }
        return new ReceiveSection(
                offered.mid(),
                published.trackId(),
                Objects.requireNonNull(offered.kind()),
                published.source(),
                List.of(negotiated(received)),
                extensions.received(),
                clientSsrcs(),
                encodings());
    }

    /** Names of the encodings; numbers where the client has none for them. */
    private List<String> encodings() {
        if (!simulcast.rids().isEmpty()) {
            return simulcast.rids();
        }
        int declared = offersRids() ? 0 : OfferedSimulcast.ssrcs(offered).size();
        return IntStream.range(0, declared < 2 ? 0 : declared).mapToObj(Integer::toString).toList();
    }

    private boolean offersRids() {
        return offered.rids().stream().anyMatch(MediaSection.Rid::sends);
    }

    /** What is sent in it; null if nothing is. */
    @Nullable SendSection send() {
        if (forwarded == null || sent == null) {
            return null;
        }
        return new SendSection(
                offered.mid(),
                forwarded.track().trackId(),
                negotiated(sent),
                extensions.sent(),
                forwarded.ssrc(),
                forwarded.rtxSsrc());
    }

    /**
     * Media SSRCs with those of their retransmissions, simulcast first. A client that offers rids chooses
     * its SSRCs itself: they are learned from the names in its packets.
     */
    private Map<Integer, Integer> clientSsrcs() {
        if (offersRids()) {
            return Map.of();
        }
        Map<Integer, Integer> rtx = new HashMap<>();
        Set<Integer> repairs = new HashSet<>();
        for (SsrcGroup group : offered.ssrcGroups()) {
            if (group.ssrcs().size() != 2 || group.semantics().equals("SIM")) {
                continue;
            }
            repairs.add(group.ssrcs().getLast());
            if (group.semantics().equals("FID")) {
                rtx.put(group.ssrcs().getFirst(), group.ssrcs().getLast());
            }
        }
        Map<Integer, Integer> ssrcs = new LinkedHashMap<>();
        for (int ssrc : OfferedSimulcast.ssrcs(offered)) {
            ssrcs.put(ssrc, rtx.getOrDefault(ssrc, 0));
        }
        for (SsrcAttribute attribute : offered.ssrcs()) {
            if (attribute.ssrc() != 0 && !repairs.contains(attribute.ssrc())) {
                ssrcs.put(attribute.ssrc(), rtx.getOrDefault(attribute.ssrc(), 0));
            }
        }
        return ssrcs;
    }

    private @Nullable Msid msid() {
        if (forwarded == null || sent == null) {
            return null;
        }
        return new Msid(forwarded.stream(), forwarded.track().trackId());
    }

    private List<SsrcGroup> ssrcGroups() {
        if (forwarded == null || forwarded.rtxSsrc() == 0) {
            return List.of();
        }
        return List.of(new SsrcGroup("FID", List.of(forwarded.ssrc(), forwarded.rtxSsrc())));
    }

    private List<SsrcAttribute> ssrcs(String cname) {
        Msid msid = msid();
        if (forwarded == null || msid == null) {
            return List.of();
        }
        List<SsrcAttribute> lines = new ArrayList<>();
        for (int ssrc : new int[] {forwarded.ssrc(), forwarded.rtxSsrc()}) {
            if (ssrc != 0) {
                lines.add(new SsrcAttribute(ssrc, "cname", cname));
                lines.add(new SsrcAttribute(ssrc, "msid", msid.stream() + " " + msid.track()));
            }
        }
        return lines;
    }
}
