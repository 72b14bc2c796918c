package io.sluice.bench.load;

import io.sluice.dtls.DtlsRole;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What a client needs of the server's SDP.
 *
 * @param role the client's own in the handshake
 * @param address where the server listens: the first host candidate on IPv4 and UDP
 * @param streams what the server will send, by section
 */
record RemoteSide(
        String ufrag,
        String password,
        String fingerprint,
        DtlsRole role,
        InetSocketAddress address,
        List<Stream> streams) {
    RemoteSide {
        streams = List.copyOf(streams);
    }

    /** A forwarded track: its SSRCs, the second 0 without retransmissions. */
    record Stream(boolean video, int ssrc, int rtxSsrc) {}
}
