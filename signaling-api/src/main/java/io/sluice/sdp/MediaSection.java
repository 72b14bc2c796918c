package io.sluice.sdp;

import io.sluice.codec.MediaKind;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One {@code m=} section. What may also stand in the session's part (fingerprint, setup, ICE
 * credentials, direction) is already resolved: the section's own value, else the session's.
 *
 * @param media the word after {@code m=}
 * @param port 0 if the section is stopped, or is {@code bundleOnly} in an offer
 * @param formats as they stand at the end of the {@code m=} line
 * @param payloads one for each of the formats in an RTP section; empty in others
 * @param mid empty if there was none
 * @param setup the value of {@code a=setup}; null if there was none
 * @param candidates values of {@code a=candidate}
 * @param fingerprints values of {@code a=fingerprint}
 * @param msid of the first {@code a=msid}, or of {@code a=ssrc:... msid:} where there is none
 * @param simulcast the value of {@code a=simulcast}
 * @param extmapAllowMixed as written in this section; the session's own is in {@link
 *     SessionDescription}
 * @param sctpPort 0 if not given
 * @param maxMessageSizeBytes of data channels; 0 if not given
 */
public record MediaSection(
        String media,
        int port,
        String protocol,
        List<String> formats,
        List<RtpPayload> payloads,
        String mid,
        Direction direction,
        @Nullable String iceUfrag,
        @Nullable String icePassword,
        boolean trickle,
        List<String> candidates,
        boolean endOfCandidates,
        List<String> fingerprints,
        @Nullable String setup,
        List<ExtensionMapping> extensions,
        boolean extmapAllowMixed,
        @Nullable Msid msid,
        List<SsrcAttribute> ssrcs,
        List<SsrcGroup> ssrcGroups,
        List<Rid> rids,
        @Nullable String simulcast,
        boolean rtcpMux,
        boolean rtcpReducedSize,
        boolean bundleOnly,
        int sctpPort,
        long maxMessageSizeBytes) {
    private static final Set<String> DATA_PROTOCOLS =
            Set.of("UDP/DTLS/SCTP", "TCP/DTLS/SCTP", "DTLS/SCTP");

    private static final String DATA_FORMAT = "webrtc-datachannel";

    public MediaSection {
        formats = List.copyOf(formats);
        payloads = List.copyOf(payloads);
        candidates = List.copyOf(candidates);
        fingerprints = List.copyOf(fingerprints);
        extensions = List.copyOf(extensions);
        ssrcs = List.copyOf(ssrcs);
        ssrcGroups = List.copyOf(ssrcGroups);
        rids = List.copyOf(rids);
    }

    /**
     * One {@code a=msid} line (RFC 8830).
     *
     * @param stream {@code -} for none
     * @param track empty if there was none
     */
    public record Msid(String stream, String track) {}

    /**
     * One {@code a=ssrc} line (RFC 5576 4.1).
     *
     * @param value empty where there was no colon
     */
    public record SsrcAttribute(int ssrc, String name, String value) {}

    /** One {@code a=ssrc-group} line (RFC 5576 4.2). */
    public record SsrcGroup(String semantics, List<Integer> ssrcs) {
        public SsrcGroup {
            ssrcs = List.copyOf(ssrcs);
        }
    }

    /**
     * One {@code a=rid} line (RFC 8851).
     *
     * @param sends whether it is one that the writer sends
     * @param restrictions after the direction; mostly empty
     */
    public record Rid(String id, boolean sends, String restrictions) {}

    /** The same, but for what is sent in it and nothing received. */
    MediaSection sending(Msid sentMsid, List<SsrcAttribute> sentSsrcs, List<SsrcGroup> sentGroups) {
        return new MediaSection(
                media,
                port,
                protocol,
                formats,
                payloads,
                mid,
                Direction.SENDONLY,
                iceUfrag,
                icePassword,
                trickle,
                candidates,
                endOfCandidates,
                fingerprints,
                setup,
                extensions,
                extmapAllowMixed,
                sentMsid,
                sentSsrcs,
                sentGroups,
                List.of(),
                null,
                rtcpMux,
                rtcpReducedSize,
                bundleOnly,
                sctpPort,
                maxMessageSizeBytes);
    }

    /** Audio or video; null for what is neither. */
    public @Nullable MediaKind kind() {
        return switch (media.toLowerCase(Locale.ROOT)) {
            case "audio" -> MediaKind.AUDIO;
            case "video" -> MediaKind.VIDEO;
            default -> null;
        };
    }

    /** Whether it is for data channels (RFC 8841). */
    public boolean isData() {
        return media.equalsIgnoreCase("application")
                && DATA_PROTOCOLS.contains(protocol)
                && formats.contains(DATA_FORMAT);
    }

    /** Whether the section is given up: its place may be taken by another one (RFC 8829 5.2.2). */
    public boolean stopped() {
        return port == 0 && !bundleOnly;
    }
}
