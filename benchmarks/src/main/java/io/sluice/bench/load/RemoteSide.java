package io.sluice.bench.load;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * What a client needs of an answer.
 *
 * @param address where the server listens: the first host candidate on IPv4 and UDP
 * @param streams what the server will send, by section
 */
record RemoteSide(
        String ufrag,
        String password,
        String fingerprint,
        InetSocketAddress address,
        List<Stream> streams) {
    RemoteSide {
        streams = List.copyOf(streams);
    }

    /** A forwarded track: its SSRCs, the second 0 without retransmissions. */
    record Stream(boolean video, int ssrc, int rtxSsrc) {}
}
