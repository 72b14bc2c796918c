package io.sluice.server.client;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * What a test may do in a client's name that the client itself never would.
 *
 * <p>Its methods may be called from any thread but the loop, and wait for the loop.
 */
public final class ClientDoor {
    private static final int SEQUENCE_OFFSET = 2;
    private static final int SSRC_OFFSET = 8;

    private final ClientLoop loop;
    private final ClientTransport transport;
    private final ClientMedia media;
    private final List<ClientSection> sections;

    /** A published track. */
    public record Published(
            boolean video,
            String mid,
            int ssrc,
            int rtxSsrc,
            int payloadType,
            int rtxPayloadType,
            Map<String, Integer> extensions) {}

    /** The credentials of both sides, the port of the client, and where the server is. */
    public record Ice(
            String ufrag,
            String password,
            int localPort,
            String remoteUfrag,
            String remotePassword,
            InetSocketAddress remote) {
        /** USERNAME of a check that goes to the server. */
        public String username() {
            return remoteUfrag + ":" + ufrag;
        }
    }

    ClientDoor(
            ClientLoop loop,
            ClientTransport transport,
            ClientMedia media,
            List<ClientSection> sections) {
        this.loop = loop;
        this.transport = transport;
        this.media = media;
        this.sections = sections;
    }

    /** Sends datagrams by the client's path, as they are. */
    public void send(List<byte[]> datagrams) {
        run(() -> datagrams.forEach(transport::sendMedia));
    }

    /**
     * Protects RTP packets under the client's keys and sends them; returns what was sent. Sequence
     * numbers of a published track count from its next one, so that both sides agree on the wraps
     * whatever was lost before (RFC 3711 3.3.1).
     */
    public List<byte[]> sendRtp(List<byte[]> packets) {
        return loop.call(() -> packets.stream().map(this::sendContinuing).toList());
    }

    /** As {@link #sendRtp}, of packets each of which is the only one of its SSRC. */
    public void sendRtpOnce(List<byte[]> packets) {
        run(() -> packets.forEach(transport::sendRtpOnce));
    }

    private byte[] sendContinuing(byte[] packet) {
        ByteBuffer continuing = ByteBuffer.wrap(packet.clone());
        int ssrc = continuing.getInt(SSRC_OFFSET);
        for (ClientSection section : sections) {
            TrackSender sender = section.sender();
            if (sender != null && section.ssrc() == ssrc) {
                int sequence = continuing.getShort(SEQUENCE_OFFSET) + sender.nextSequence();
                continuing.putShort(SEQUENCE_OFFSET, (short) sequence);
            }
        }
        return transport.sendRtp(continuing.array(), packet.length);
    }

    /** As {@link #sendRtp}, of compound RTCP packets. */
    public void sendRtcp(List<byte[]> packets) {
        run(() -> packets.forEach(transport::sendRtcp));
    }

    public Ice ice() {
        return loop.call(transport::iceOfPath);
    }

    public List<Published> published() {
        return loop.call(() ->
                sections.stream()
                        .filter(section -> section.direction().sends())
                        .map(ClientDoor::published)
                        .toList());
    }

    private static Published published(ClientSection section) {
        ClientSection.Numbers numbers = section.numbers();
        return new Published(
                section.kind() == ClientSection.Kind.VIDEO,
                section.mid(),
                section.ssrc(),
                section.rtxSsrc(),
                numbers.payloadType(),
                numbers.rtxPayloadType(),
                numbers.extensions());
    }

    /** SSRCs of the video that the client receives. */
    public List<Integer> receivedVideo() {
        return loop.call(media::receivedVideo);
    }

    private void run(Runnable task) {
        boolean unused =
                loop.call(() -> {
                    task.run();
                    return true;
                });
    }
}
