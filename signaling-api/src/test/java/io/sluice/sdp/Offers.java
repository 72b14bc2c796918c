package io.sluice.sdp;

/** Small offers, written as a client writes them. */
final class Offers {
    private final StringBuilder sections = new StringBuilder();
    private final StringBuilder bundle = new StringBuilder();
    private String ufrag = "frag";
    private int ssrc = 1_000;

    static Offers offer() {
        return new Offers();
    }

    Offers ufrag(String value) {
        ufrag = value;
        return this;
    }

    Offers audio(String mid, String direction) {
        return section("audio 9", mid, "111", direction, "a=rtpmap:111 opus/48000/2\r\n");
    }

    /** VP8 with RTX, and one kind of H.264. */
    Offers video(String mid, String direction) {
        return section(
                "video 9",
                mid,
                "96 97 102",
                direction,
                """
                a=rtpmap:96 VP8/90000
                a=rtcp-fb:96 nack
                a=rtpmap:97 rtx/90000
                a=fmtp:97 apt=96
                a=rtpmap:102 H264/90000
                a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
                """);
    }

    Offers video(String mid, String direction, String msid) {
        video(mid, direction);
        sections.append("a=msid:s ").append(msid).append("\r\n");
        return this;
    }

    /** A video section that is stopped. */
    Offers stopped(String mid) {
        sections.append("m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:").append(mid).append("\r\n");
        return this;
    }

    Offers line(String line) {
        sections.append(line).append("\r\n");
        return this;
    }

    Offers section(String media, String mid, String formats, String direction, String lines) {
        bundle.append(' ').append(mid);
        sections.append("m=").append(media).append(" UDP/TLS/RTP/SAVPF ").append(formats);
        sections.append("\r\na=mid:").append(mid).append("\r\na=").append(direction);
        sections.append("\r\na=rtcp-mux\r\n").append(lines);
        if (direction.startsWith("send")) {
            sections.append("a=ssrc:").append(ssrc++).append(" cname:c\r\n");
        }
        return this;
    }

    String sdp() {
        return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE"
                + bundle
                + "\r\na=ice-ufrag:"
                + ufrag
                + "\r\na=ice-pwd:passwordpasswordpassword\r\na=fingerprint:sha-256 "
                + "CD:".repeat(31)
                + "CD\r\na=setup:actpass\r\n"
                + sections;
    }

    SessionDescription parsed() {
        return SessionDescription.parse(sdp());
    }
}
