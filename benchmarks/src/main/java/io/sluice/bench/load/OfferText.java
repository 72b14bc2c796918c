package io.sluice.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A client's offer (RFC 8829), which grows: sections that send come first, then those that receive.
 *
 * <p>Owned by the client's signaling.
 */
final class OfferText {
    private final LoadClient client;
    private final List<Boolean> receivingVideo = new ArrayList<>();
    private int version;

    OfferText(LoadClient client) {
        this.client = client;
    }

    /** Adds receiving sections. */
    void receive(int audio, int video) {
        for (int i = 0; i < audio; i++) {
            receivingVideo.add(false);
        }
        for (int i = 0; i < video; i++) {
            receivingVideo.add(true);
        }
    }

    String write() {
        List<PublishedStream> published = client.published();
        int sending = (int) published.stream().mapToInt(PublishedStream::mid).distinct().count();
        int sections = sending + receivingVideo.size();
        StringBuilder sdp = new StringBuilder();
        line(sdp, "v=0");
        line(sdp, "o=- 1 " + ++version + " IN IP4 127.0.0.1");
        line(sdp, "s=-");
        line(sdp, "t=0 0");
        line(
                sdp,
                "a=group:BUNDLE "
                        + Stream.concat(
                                        IntStream.range(0, sections).mapToObj(Integer::toString),
                                        client.hasData() ? Stream.of("data") : Stream.of())
                                .collect(Collectors.joining(" ")));
        line(sdp, "a=ice-ufrag:" + client.ufrag());
        line(sdp, "a=ice-pwd:" + client.password());
        line(sdp, "a=fingerprint:" + client.fingerprint());
        for (int mid = 0; mid < sending; mid++) {
            int number = mid;
            List<PublishedStream> encodings =
                    published.stream().filter(stream -> stream.mid() == number).toList();
            section(sdp, mid, encodings.getFirst().video(), "sendonly");
            if (encodings.size() > 1) {
                line(
                        sdp,
                        "a=ssrc-group:SIM "
                                + encodings.stream()
                                        .map(stream -> Integer.toUnsignedString(stream.ssrc()))
                                        .collect(Collectors.joining(" ")));
            }
            encodings.forEach(stream -> sources(sdp, stream));
        }
        for (int i = 0; i < receivingVideo.size(); i++) {
            section(sdp, sending + i, receivingVideo.get(i), "recvonly");
        }
        if (client.hasData()) {
            data(sdp, sections == 0);
        }
        return sdp.toString();
    }

    private void section(StringBuilder sdp, int mid, boolean video, String direction) {
        int type = video ? PublishedStream.VIDEO_PAYLOAD_TYPE : PublishedStream.AUDIO_PAYLOAD_TYPE;
        int rtx = PublishedStream.RTX_PAYLOAD_TYPE;
        line(
                sdp,
                "m=%s 9 UDP/TLS/RTP/SAVPF %d%s"
                        .formatted(video ? "video" : "audio", type, video ? " " + rtx : ""));
        line(sdp, "c=IN IP4 0.0.0.0");
        line(sdp, "a=setup:actpass");
        line(sdp, "a=mid:" + mid);
        if (mid == 0) {
            line(sdp, "a=candidate:" + client.candidate());
        }
        line(sdp, "a=" + direction);
        line(sdp, "a=rtcp-mux");
        line(
                sdp,
                "a=extmap:%d urn:ietf:params:rtp-hdrext:sdes:mid"
                        .formatted(PublishedStream.MID_EXTENSION));
        line(
                sdp,
                ("a=extmap:%d http://www.ietf.org/id/"
                                + "draft-holmer-rmcat-transport-wide-cc-extensions-01")
                        .formatted(PublishedStream.TRANSPORT_EXTENSION));
        if (video) {
            line(sdp, "a=rtpmap:%d VP8/90000".formatted(type));
            line(sdp, "a=rtcp-fb:%d nack".formatted(type));
            line(sdp, "a=rtcp-fb:%d nack pli".formatted(type));
            line(sdp, "a=rtpmap:%d rtx/90000".formatted(rtx));
            line(sdp, "a=fmtp:%d apt=%d".formatted(rtx, type));
        } else {
            line(sdp, "a=rtpmap:%d opus/48000/2".formatted(type));
        }
        line(sdp, "a=rtcp-fb:%d transport-cc".formatted(type));
    }

    private void data(StringBuilder sdp, boolean first) {
        line(sdp, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel");
        line(sdp, "c=IN IP4 0.0.0.0");
        line(sdp, "a=setup:actpass");
        line(sdp, "a=mid:data");
        if (first) {
            line(sdp, "a=candidate:" + client.candidate());
        }
        line(sdp, "a=sctp-port:5000");
        line(sdp, "a=max-message-size:262144");
    }

    private static void sources(StringBuilder sdp, PublishedStream stream) {
        String ssrc = Integer.toUnsignedString(stream.ssrc());
        if (stream.video()) {
            String rtx = Integer.toUnsignedString(stream.rtxSsrc());
            line(sdp, "a=ssrc-group:FID " + ssrc + " " + rtx);
            line(sdp, "a=ssrc:" + ssrc + " cname:load");
            line(sdp, "a=ssrc:" + rtx + " cname:load");
        } else {
            line(sdp, "a=ssrc:" + ssrc + " cname:load");
        }
    }

    private static void line(StringBuilder sdp, String text) {
        sdp.append(text).append("\r\n");
    }
}
