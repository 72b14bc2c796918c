package io.sluice.sdp;

import io.sluice.codec.Codec;
import io.sluice.rtp.HeaderExtension;
import io.sluice.sctp.RemoteSctp;
import io.sluice.sdp.MediaSection.SsrcAttribute;
import io.sluice.transport.RemoteTransport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A description that passed the checks of an offer: what is accepted of it, and over which transport.
 *
 * @param accepted mids of the sections that get a port, in the order of the BUNDLE group; the transport
 *     is that of the first (RFC 9143 7.3)
 * @param setup what the transport's section says of DTLS (RFC 8842 5.1); null if nothing
 * @param remote null if no section has a transport, because all are stopped
 * @param clientSsrcs all that are declared
 */
record Offer(
        SessionDescription description,
        List<String> accepted,
        @Nullable String setup,
        @Nullable RemoteTransport remote,
        Set<Integer> clientSsrcs) {
    private static final Set<String> PROTOCOLS =
            Set.of("UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF", "RTP/SAVPF");

    private static final String PASSIVE = "passive";

    /** Those that set up an association (RFC 4145 4); {@code holdconn} does not. */
    private static final Set<String> SETUPS = Set.of("actpass", "active", PASSIVE);

    /**
     * @throws SdpException if it cannot be answered
     */
    static Offer check(SessionDescription description, List<Codec> codecs) {
        Map<String, MediaSection> acceptable = new HashMap<>();
        MediaSection data = null;
        int index = 0;
        for (MediaSection section : description.sections()) {
            // One transport has one association: a second section for it is refused.
            boolean second = section.isData() && data != null;
            if (isAcceptable(section, codecs) && !second) {
                checkSection(section, index, description.bundle());
                acceptable.put(section.mid(), section);
                data = section.isData() ? section : data;
            }
            index++;
        }
        List<String> accepted =
                description.bundle().stream().filter(acceptable::containsKey).toList();
        checkExtensionIds(acceptable.values());
        MediaSection first =
                accepted.isEmpty()
                        ? firstWithTransport(description)
                        : acceptable.get(accepted.getFirst());
        RemoteTransport remote =
                first == null ? null : transport(first, description.iceLite()).withSctp(sctp(data));
        return new Offer(
                description,
                accepted,
                first == null ? null : first.setup(),
                remote,
                Set.copyOf(ssrcs(acceptable.values())));
    }

    /**
     * The transport that a description leaves, after the one of the description before.
     *
     * @throws SdpException if it cannot follow, or there is none
     */
    RemoteTransport transportAfter(@Nullable RemoteTransport before) {
        RemoteTransport described = remote;
        if (described == null) {
            if (before == null) {
                throw new SdpException("all sections are stopped; nothing to connect");
            }
            return before;
        }
        boolean sameCertificate =
                before == null
                        || Set.copyOf(before.fingerprints())
                                .equals(Set.copyOf(described.fingerprints()));
        if (!sameCertificate) {
            throw new SdpException(
                    "the fingerprint changed; a new RTCPeerConnection has to join anew");
        }
        if (before == null || before.passive() == described.passive()) {
            return described;
        }
        if (!leavesSetup()) {
            throw new SdpException(
                    "a=setup:%s turns the DTLS association around, which stands already; offer actpass"
                            .formatted(setup));
        }
        return described.withPassive(before.passive());
    }

    /** Whether the client leaves it to us who sends the ClientHello. */
    boolean leavesSetup() {
        return setup == null || setup.equals("actpass");
    }

    boolean accepts(MediaSection section) {
        return accepted.contains(section.mid());
    }

    private static boolean isAcceptable(MediaSection section, List<Codec> codecs) {
        return !section.stopped() && (section.isData() || isMedia(section, codecs));
    }

    private static boolean isMedia(MediaSection section, List<Codec> codecs) {
        return section.kind() != null
                && PROTOCOLS.contains(section.protocol())
                && !Codecs.supported(section.payloads(), codecs).isEmpty();
    }

    private static void checkSection(MediaSection section, int index, List<String> bundle) {
        String where = "section %d (mid %s): ".formatted(index, section.mid());
        if (section.mid().isEmpty()) {
            throw new SdpException("section " + index + " has no a=mid; each needs one");
        }
        if (!bundle.contains(section.mid())) {
            throw new SdpException(
                    where
                            + "is not in a BUNDLE group; all media must share one transport, "
                            + "as with bundlePolicy max-bundle");
        }
        if (!section.rtcpMux() && !section.isData()) {
            throw new SdpException(where + "lacks a=rtcp-mux; RTP and RTCP share one port here");
        }
        String setup = section.setup();
        if (setup != null && !SETUPS.contains(setup)) {
            throw new SdpException(
                    where + "a=setup:" + setup + " cannot be answered; offer actpass");
        }
    }

    /** Within a bundle an id has one meaning (RFC 9143 16.1); we read it before we know the section. */
    private static void checkExtensionIds(Iterable<MediaSection> sections) {
        Map<Integer, String> uris = new HashMap<>();
        for (MediaSection section : sections) {
            for (ExtensionMapping extension : section.extensions()) {
                if (HeaderExtension.of(extension.uri()).isEmpty()) {
                    continue;
                }
                String other = uris.putIfAbsent(extension.id(), extension.uri());
                if (other != null && !other.equals(extension.uri())) {
                    throw new SdpException(
                            "extension id %d stands for two URIs in bundled sections (RFC 9143 16.1)"
                                    .formatted(extension.id()));
                }
            }
        }
    }

    private static Set<Integer> ssrcs(Iterable<MediaSection> sections) {
        Set<Integer> all = new HashSet<>();
        for (MediaSection section : sections) {
            Set<Integer> own = new HashSet<>();
            for (SsrcAttribute attribute : section.ssrcs()) {
                own.add(attribute.ssrc());
            }
            for (int ssrc : own) {
                if (!all.add(ssrc) && section.direction().sends()) {
                    throw new SdpException(
                            "SSRC %s is declared in two sections; each stream has its own"
                                    .formatted(Integer.toUnsignedString(ssrc)));
                }
            }
        }
        return all;
    }

    private static @Nullable MediaSection firstWithTransport(SessionDescription description) {
        for (MediaSection section : description.sections()) {
            if (!section.stopped()) {
                return section;
            }
        }
        return null;
    }

    private static @Nullable RemoteSctp sctp(@Nullable MediaSection data) {
        if (data == null) {
            return null;
        }
        int port = data.sctpPort() == 0 ? RemoteSctp.DEFAULT_PORT : data.sctpPort();
        long most =
                data.maxMessageSizeBytes() == 0
                        ? RemoteSctp.DEFAULT_MAX_MESSAGE_BYTES
                        : data.maxMessageSizeBytes();
        return new RemoteSctp(port, (int) Math.min(most, Integer.MAX_VALUE));
    }

    private static RemoteTransport transport(MediaSection section, boolean iceLite) {
        String ufrag = section.iceUfrag();
        String password = section.icePassword();
        if (ufrag == null || password == null) {
            throw new SdpException(
                    "mid " + section.mid() + " lacks a=ice-ufrag or a=ice-pwd; ICE needs both");
        }
        if (section.fingerprints().isEmpty()) {
            throw new SdpException(
                    "mid " + section.mid() + " lacks a=fingerprint; media is encrypted always");
        }
        return new RemoteTransport(
                ufrag,
                password,
                section.fingerprints(),
                iceLite,
                PASSIVE.equals(section.setup()),
                section.candidates());
    }
}
