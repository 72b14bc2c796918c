package io.sluice.server.client;

import io.sluice.server.client.ClientSection.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes the client's offers (RFC 8829 5.2), as browsers write them. */
record OfferSdp(
        String ufrag,
        String password,
        String fingerprint,
        String setup,
        List<String> candidates,
        String cname,
        long sessionId,
        int version,
        boolean data,
        boolean reportsByStream) {
    /** Of the section of data channels, which is the first. */
    static final String DATA_MID = "data";

    OfferSdp {
        candidates = List.copyOf(candidates);
    }

    String write(List<ClientSection> sections) {
        List<String> lines = new ArrayList<>();
        lines.add("v=0");
        lines.add("o=- %d %d IN IP4 127.0.0.1".formatted(sessionId, version));
        lines.add("s=-");
        lines.add("t=0 0");
        lines.add(
                "a=group:BUNDLE "
                        + (data ? DATA_MID + " " : "")
                        + sections.stream()
                                .map(ClientSection::mid)
                                .collect(Collectors.joining(" ")));
        lines.add("a=extmap-allow-mixed");
        lines.add("a=msid-semantic: WMS *");
        if (data) {
            lines.add("m=application 9 UDP/DTLS/SCTP webrtc-datachannel");
            transport(lines);
            lines.add("a=mid:" + DATA_MID);
            lines.add("a=sctp-port:5000");
            lines.add("a=max-message-size:262144");
        }
        for (ClientSection section : sections) {
            section(lines, section);
        }
        return String.join("\r\n", lines) + "\r\n";
    }

    private void section(List<String> lines, ClientSection section) {
        ClientSection.Numbers numbers = section.numbers();
        boolean rtx = numbers.rtxPayloadType() != ClientSection.NO_RTX;
        lines.add(
                "m=%s 9 UDP/TLS/RTP/SAVPF %d%s"
                        .formatted(
                                section.kind().name().toLowerCase(Locale.ROOT),
                                numbers.payloadType(),
                                rtx ? " " + numbers.rtxPayloadType() : ""));
        transport(lines);
        lines.add("a=rtcp:9 IN IP4 0.0.0.0");
        lines.add("a=mid:" + section.mid());
        for (Map.Entry<String, Integer> extension :
                new TreeMap<>(numbers.extensions()).entrySet()) {
            if (!reportsByStream || !extension.getKey().contains("transport-wide-cc")) {
                lines.add("a=extmap:%d %s".formatted(extension.getValue(), extension.getKey()));
            }
        }
        lines.add("a=" + section.direction().name().toLowerCase(Locale.ROOT));
        if (section.direction().sends()) {
            lines.add("a=msid:%s track-%s".formatted(cname, section.mid()));
        }
        lines.add("a=rtcp-mux");
        lines.add("a=rtcp-rsize");
        codecs(lines, section.kind(), numbers, rtx);
        if (section.direction().sends() && section.isSimulcast()) {
            List<String> rids =
                    section.encodings().stream().map(ClientSection.Encoding::rid).toList();
            rids.forEach(rid -> lines.add("a=rid:%s send".formatted(rid)));
            lines.add("a=simulcast:send " + String.join(";", rids));
        } else if (section.direction().sends()) {
            ssrcs(lines, section, rtx);
        }
    }

    private void transport(List<String> lines) {
        lines.add("c=IN IP4 0.0.0.0");
        candidates.forEach(candidate -> lines.add("a=candidate:" + candidate));
        lines.add("a=ice-ufrag:" + ufrag);
        lines.add("a=ice-pwd:" + password);
        lines.add("a=ice-options:trickle");
        lines.add("a=fingerprint:" + fingerprint);
        lines.add("a=setup:" + setup);
    }

    private void codecs(List<String> lines, Kind kind, ClientSection.Numbers numbers, boolean rtx) {
        int payloadType = numbers.payloadType();
        lines.add(
                "a=rtpmap:%d %s/%d%s"
                        .formatted(
                                payloadType,
                                kind.codec(),
                                kind.clockHz(),
                                kind == Kind.AUDIO ? "/2" : ""));
        lines.add(
                reportsByStream
                        ? "a=rtcp-fb:* ack ccfb"
                        : "a=rtcp-fb:%d transport-cc".formatted(payloadType));
        if (kind == Kind.AUDIO) {
            lines.add("a=fmtp:%d minptime=10;useinbandfec=1".formatted(payloadType));
            return;
        }
        lines.add("a=rtcp-fb:%d ccm fir".formatted(payloadType));
        lines.add("a=rtcp-fb:%d nack".formatted(payloadType));
        lines.add("a=rtcp-fb:%d nack pli".formatted(payloadType));
        if (rtx) {
            lines.add("a=rtpmap:%d rtx/90000".formatted(numbers.rtxPayloadType()));
            lines.add("a=fmtp:%d apt=%d".formatted(numbers.rtxPayloadType(), payloadType));
        }
    }

    private void ssrcs(List<String> lines, ClientSection section, boolean rtx) {
        long ssrc = Integer.toUnsignedLong(section.ssrc());
        long rtxSsrc = Integer.toUnsignedLong(section.rtxSsrc());
        if (rtx) {
            lines.add("a=ssrc-group:FID %d %d".formatted(ssrc, rtxSsrc));
        }
        lines.add("a=ssrc:%d cname:%s".formatted(ssrc, cname));
        if (rtx) {
            lines.add("a=ssrc:%d cname:%s".formatted(rtxSsrc, cname));
        }
    }
}
