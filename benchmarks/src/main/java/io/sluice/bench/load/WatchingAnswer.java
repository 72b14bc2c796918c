package io.sluice.bench.load;

import java.util.List;

/** The answer of a client that takes whatever a server offers, and sends nothing (RFC 9429 5.3). */
final class WatchingAnswer {
    /** What an answer repeats of an offered section: formats, and how they are carried. */
    private static final List<String> REPEATED =
            List.of("a=mid:", "a=rtpmap:", "a=fmtp:", "a=rtcp-fb:", "a=extmap:", "a=rtcp-mux");

    private WatchingAnswer() {}

    static String write(String offer, LoadClient client) {
        StringBuilder sdp = new StringBuilder();
        line(sdp, "v=0");
        line(sdp, "o=- 1 1 IN IP4 127.0.0.1");
        line(sdp, "s=-");
        line(sdp, "t=0 0");
        line(sdp, "a=ice-ufrag:" + client.ufrag());
        line(sdp, "a=ice-pwd:" + client.password());
        line(sdp, "a=fingerprint:" + client.fingerprint());
        boolean inSection = false;
        for (String offered : offer.lines().toList()) {
            if (offered.startsWith("m=")) {
                line(sdp, offered);
                line(sdp, "c=IN IP4 0.0.0.0");
                line(sdp, "a=setup:active");
                if (!inSection) {
                    line(sdp, "a=candidate:" + client.candidate());
                }
                inSection = true;
            } else if (inSection && offered.equals("a=sendonly")) {
                line(sdp, "a=recvonly");
            } else if (inSection && offered.equals("a=inactive")) {
                line(sdp, offered);
            } else if (offered.startsWith("a=group:")
                    || (inSection && REPEATED.stream().anyMatch(offered::startsWith))) {
                line(sdp, offered);
            }
        }
        return sdp.toString();
    }

    private static void line(StringBuilder sdp, String text) {
        sdp.append(text).append("\r\n");
    }
}
