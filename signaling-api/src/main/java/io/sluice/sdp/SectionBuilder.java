package io.sluice.sdp;

import io.sluice.sdp.MediaSection.Msid;
import io.sluice.sdp.MediaSection.Rid;
import io.sluice.sdp.MediaSection.SsrcAttribute;
import io.sluice.sdp.MediaSection.SsrcGroup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the lines of one section.
 *
 * <p>Owned by its {@link SdpParser}.
 */
final class SectionBuilder {
    private final int line;
    private final String media;
    private final int port;
    private final String protocol;
    private final List<String> formats;
    private final PayloadLines payloads;
    private final int maxCandidates;

    private String mid = "";
    private @Nullable Direction direction;
    private @Nullable String iceUfrag;
    private @Nullable String icePassword;
    private @Nullable String setup;
    private boolean trickle;
    private final List<String> candidates = new ArrayList<>();
    private boolean endOfCandidates;
    private final List<String> fingerprints = new ArrayList<>();
    private final List<ExtensionMapping> extensions = new ArrayList<>();
    private boolean extmapAllowMixed;
    private @Nullable Msid msid;
    private final List<SsrcAttribute> ssrcs = new ArrayList<>();
    private final List<SsrcGroup> ssrcGroups = new ArrayList<>();
    private final List<Rid> rids = new ArrayList<>();
    private @Nullable String simulcast;
    private boolean rtcpMux;
    private boolean rtcpReducedSize;
    private boolean bundleOnly;
    private int sctpPort;
    private long maxMessageSizeBytes;

    /**
     * @param value of the {@code m=} line
     */
    SectionBuilder(int line, String value, int maxCandidates) {
        this.line = line;
        this.maxCandidates = maxCandidates;
        List<String> words = SdpFields.words(value);
        if (words.size() < 4) {
            throw SdpException.atLine(
                    line, "expected m=<media> <port> <protocol> <format>, as RFC 8866 5.14 says");
        }
        media = SdpFields.token(line, words.get(0), "the media");
        String portWord = words.get(1);
        int slash = portWord.indexOf('/');
        String portNumber = slash < 0 ? portWord : portWord.substring(0, slash);
        port = (int) SdpFields.number(line, portNumber, 65_535, "the port");
        protocol = words.get(2);
        formats = words.subList(3, words.size());
        boolean rtp = (media.equals("audio") || media.equals("video")) && protocol.contains("RTP/");
        payloads = new PayloadLines(line, rtp ? formats : List.of());
    }

    int line() {
        return line;
    }

    void readAttribute(int at, String name, String value) {
        switch (name) {
            case "mid" -> mid = SdpFields.token(at, value, "a mid");
            case "sendrecv" -> direction = Direction.SENDRECV;
            case "sendonly" -> direction = Direction.SENDONLY;
            case "recvonly" -> direction = Direction.RECVONLY;
            case "inactive" -> direction = Direction.INACTIVE;
            case "rtpmap" -> payloads.readMap(at, value);
            case "fmtp" -> payloads.readParameters(at, value);
            case "rtcp-fb" -> payloads.readFeedback(at, value);
            case "extmap" -> readExtension(at, value);
            case "extmap-allow-mixed" -> extmapAllowMixed = true;
            case "msid" -> readMsid(at, value);
            case "ssrc" -> readSsrc(at, value);
            case "ssrc-group" -> readSsrcGroup(at, value);
            case "rid" -> readRid(at, value);
            case "simulcast" -> simulcast = value.strip();
            case "rtcp-mux" -> rtcpMux = true;
            case "rtcp-rsize" -> rtcpReducedSize = true;
            case "bundle-only" -> bundleOnly = true;
            case "sctp-port" ->
                    sctpPort = (int) SdpFields.number(at, value, 65_535, "the SCTP port");
            case "max-message-size" ->
                    maxMessageSizeBytes =
                            SdpFields.number(at, value, Long.MAX_VALUE, "the message size");
            default -> readTransportAttribute(at, name, value);
        }
    }

    private void readTransportAttribute(int at, String name, String value) {
        switch (name) {
            case "ice-ufrag" -> iceUfrag = SdpFields.iceString(at, value, 4, "ice-ufrag");
            case "ice-pwd" -> icePassword = SdpFields.iceString(at, value, 22, "ice-pwd");
            case "ice-options" -> trickle = SdpFields.words(value).contains("trickle");
            case "fingerprint" -> SessionPart.addFingerprint(at, fingerprints, value);
            case "setup" -> setup = SdpFields.setup(at, value);
            case "candidate" -> addCandidate(at, value);
            case "end-of-candidates" -> endOfCandidates = true;
            default -> {
                // RFC 8866 6: what is not known is left alone.
            }
        }
    }

    MediaSection build(SessionPart session) {
        return new MediaSection(
                media,
                port,
                protocol,
                formats,
                payloads.build(),
                mid,
                direction == null ? session.direction : direction,
                iceUfrag == null ? session.iceUfrag : iceUfrag,
                icePassword == null ? session.icePassword : icePassword,
                trickle || session.trickle,
                candidates,
                endOfCandidates,
                fingerprints.isEmpty() ? session.fingerprints : fingerprints,
                setup == null ? session.setup : setup,
                extensions,
                extmapAllowMixed,
                msid == null ? msidOfSsrc() : msid,
                ssrcs,
                ssrcGroups,
                rids,
                simulcast,
                rtcpMux,
                rtcpReducedSize,
                bundleOnly,
                sctpPort,
                maxMessageSizeBytes);
    }

    private @Nullable Msid msidOfSsrc() {
        for (SsrcAttribute attribute : ssrcs) {
            List<String> words = SdpFields.words(attribute.value());
            if (attribute.name().equals("msid") && !words.isEmpty()) {
                return new Msid(words.getFirst(), words.size() > 1 ? words.get(1) : "");
            }
        }
        return null;
    }

    private void addCandidate(int at, String value) {
        if (candidates.size() == maxCandidates) {
            throw SdpException.atLine(
                    at, "at most %d candidates are read of a section".formatted(maxCandidates));
        }
        candidates.add(value);
    }

    private void readExtension(int at, String value) {
        List<String> words = SdpFields.words(value);
        if (words.size() < 2) {
            throw SdpException.atLine(at, "expected a=extmap:<id> <URI> (RFC 8285 8)");
        }
        String first = words.getFirst();
        int slash = first.indexOf('/');
        String number = slash < 0 ? first : first.substring(0, slash);
        // RFC 8285 7: 4096 and more may be offered by who has more extensions than numbers.
        int id = (int) SdpFields.number(at, number, 4_351, "an extension id");
        Direction way = slash < 0 ? Direction.SENDRECV : way(at, first.substring(slash + 1));
        for (ExtensionMapping other : extensions) {
            if (other.id() == id) {
                throw SdpException.atLine(at, "extension id " + id + " is in use for another URI");
            }
        }
        String attributes = String.join(" ", words.subList(2, words.size()));
        extensions.add(new ExtensionMapping(id, way, words.get(1), attributes));
    }

    private static Direction way(int at, String word) {
        for (Direction direction : Direction.values()) {
            if (direction.word().equals(word)) {
                return direction;
            }
        }
        throw SdpException.atLine(at, "the way of an extension is sendonly, recvonly or sendrecv");
    }

    private void readMsid(int at, String value) {
        List<String> words = SdpFields.words(value);
        if (words.isEmpty()) {
            throw SdpException.atLine(at, "expected a=msid:<stream> <track> (RFC 8830 2)");
        }
        if (msid == null) {
            msid = new Msid(words.getFirst(), words.size() > 1 ? words.get(1) : "");
        }
    }

    private void readSsrc(int at, String value) {
        int space = value.indexOf(' ');
        if (space < 0) {
            throw SdpException.atLine(at, "expected a=ssrc:<ssrc> <attribute> (RFC 5576 4.1)");
        }
        int ssrc = SdpFields.ssrc(at, value.substring(0, space));
        String attribute = value.substring(space + 1).strip();
        int colon = attribute.indexOf(':');
        ssrcs.add(
                colon < 0
                        ? new SsrcAttribute(ssrc, attribute, "")
                        : new SsrcAttribute(
                                ssrc,
                                attribute.substring(0, colon),
                                attribute.substring(colon + 1)));
    }

    private void readSsrcGroup(int at, String value) {
        List<String> words = SdpFields.words(value);
        if (words.isEmpty()) {
            throw SdpException.atLine(at, "expected a=ssrc-group:FID <ssrc> <ssrc>");
        }
        List<Integer> members = new ArrayList<>();
        for (String word : words.subList(1, words.size())) {
            members.add(SdpFields.ssrc(at, word));
        }
        ssrcGroups.add(new SsrcGroup(words.getFirst(), members));
    }

    private void readRid(int at, String value) {
        List<String> words = SdpFields.words(value);
        boolean known =
                words.size() >= 2 && (words.get(1).equals("send") || words.get(1).equals("recv"));
        if (!known) {
            throw SdpException.atLine(at, "expected a=rid:<id> send or recv (RFC 8851 10)");
        }
        String id = SdpFields.token(at, words.getFirst(), "a rid");
        for (Rid rid : rids) {
            if (rid.id().equals(id)) {
                throw SdpException.atLine(at, "rid " + id + " stands twice in one section");
            }
        }
        String restrictions = String.join(" ", words.subList(2, words.size()));
        rids.add(new Rid(id, words.get(1).equals("send"), restrictions));
    }
}
