package io.sluice.sdp;

import io.sluice.sdp.MediaSection.Msid;
import io.sluice.sdp.MediaSection.Rid;
import io.sluice.sdp.MediaSection.SsrcAttribute;
import io.sluice.sdp.MediaSection.SsrcGroup;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Writes one description, in the order of lines that Chromium uses.
 *
 * <p>Owned by the caller of {@link #write}; used once.
 */
final class SdpWriter {
    private final StringBuilder out = new StringBuilder(4_096);

    String write(SessionDescription description) {
        line("v=0");
        // The address is meaningless with ICE; RFC 8829 5.2.1 asks for one that tells nothing.
        line(
                "o=- %s %d IN IP4 127.0.0.1"
                        .formatted(description.sessionId(), description.sessionVersion()));
        line("s=-");
        line("t=0 0");
        if (!description.bundle().isEmpty()) {
            line("a=group:BUNDLE " + String.join(" ", description.bundle()));
        }
        flag(description.extmapAllowMixed(), "extmap-allow-mixed");
        flag(description.iceLite(), "ice-lite");
        line("a=msid-semantic: WMS *");
        for (MediaSection section : description.sections()) {
            writeSection(section);
        }
        return out.toString();
    }

    private void writeSection(MediaSection section) {
        line(
                "m=%s %d %s %s"
                        .formatted(
                                section.media(),
                                section.port(),
                                section.protocol(),
                                String.join(" ", section.formats())));
        line("c=IN IP4 0.0.0.0");
        writeTransport(section);
        if (!section.mid().isEmpty()) {
            attribute("mid", section.mid());
        }
        flag(section.bundleOnly(), "bundle-only");
        for (ExtensionMapping extension : section.extensions()) {
            writeExtension(extension);
        }
        flag(section.extmapAllowMixed(), "extmap-allow-mixed");
        line("a=" + section.direction().word());
        Msid msid = section.msid();
        if (msid != null) {
            attribute("msid", (msid.stream() + " " + msid.track()).strip());
        }
        flag(section.rtcpMux(), "rtcp-mux");
        flag(section.rtcpReducedSize(), "rtcp-rsize");
        for (RtpPayload payload : section.payloads()) {
            writePayload(payload);
        }
        writeStreams(section);
        if (section.sctpPort() > 0) {
            attribute("sctp-port", Integer.toString(section.sctpPort()));
        }
        if (section.maxMessageSizeBytes() > 0) {
            attribute("max-message-size", Long.toString(section.maxMessageSizeBytes()));
        }
    }

    private void writeTransport(MediaSection section) {
        for (String candidate : section.candidates()) {
            attribute("candidate", candidate);
        }
        flag(section.endOfCandidates(), "end-of-candidates");
        optional("ice-ufrag", section.iceUfrag());
        optional("ice-pwd", section.icePassword());
        if (section.trickle()) {
            attribute("ice-options", "trickle");
        }
        for (String fingerprint : section.fingerprints()) {
            attribute("fingerprint", fingerprint);
        }
        optional("setup", section.setup());
    }

    private void writeExtension(ExtensionMapping extension) {
        String way =
                extension.direction() == Direction.SENDRECV
                        ? ""
                        : "/" + extension.direction().word();
        String value = extension.id() + way + " " + extension.uri() + " " + extension.attributes();
        attribute("extmap", value.strip());
    }

    private void writePayload(RtpPayload payload) {
        if (payload.encoding() != null) {
            String channels = payload.channels() > 0 ? "/" + payload.channels() : "";
            attribute(
                    "rtpmap",
                    "%d %s/%d%s"
                            .formatted(
                                    payload.number(),
                                    payload.encoding(),
                                    payload.clockRateHz(),
                                    channels));
        }
        for (String feedback : payload.feedback()) {
            attribute("rtcp-fb", payload.number() + " " + feedback);
        }
        if (!payload.parameters().isEmpty()) {
            StringJoiner parameters = new StringJoiner(";");
            for (Map.Entry<String, String> parameter : payload.parameters().entrySet()) {
                String value = parameter.getValue();
                parameters.add(parameter.getKey() + (value.isEmpty() ? "" : "=" + value));
            }
            attribute("fmtp", payload.number() + " " + parameters);
        }
    }

    private void writeStreams(MediaSection section) {
        for (Rid rid : section.rids()) {
            String way = rid.sends() ? "send" : "recv";
            attribute("rid", (rid.id() + " " + way + " " + rid.restrictions()).strip());
        }
        optional("simulcast", section.simulcast());
        for (SsrcGroup group : section.ssrcGroups()) {
            StringJoiner members = new StringJoiner(" ").add(group.semantics());
            group.ssrcs().forEach(ssrc -> members.add(Integer.toUnsignedString(ssrc)));
            attribute("ssrc-group", members.toString());
        }
        for (SsrcAttribute ssrc : section.ssrcs()) {
            String value = ssrc.value().isEmpty() ? "" : ":" + ssrc.value();
            attribute("ssrc", Integer.toUnsignedString(ssrc.ssrc()) + " " + ssrc.name() + value);
        }
    }

    private void optional(String name, @Nullable String value) {
        if (value != null) {
            attribute(name, value);
        }
    }

    private void attribute(String name, String value) {
        line("a=" + name + ":" + value);
    }

    private void flag(boolean present, String name) {
        if (present) {
            line("a=" + name);
        }
    }

    private void line(String line) {
        out.append(line).append("\r\n");
    }
}
