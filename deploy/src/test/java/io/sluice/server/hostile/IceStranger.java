package io.sluice.server.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Random;

/**
 * An address that proves to ICE that it is there, with the credentials of a participant: it asks, and answers what
 * it is asked. Owned by the test's thread, which has to {@link #serve} it.
 */
public final class IceStranger implements AutoCloseable {
    private static final int DATAGRAM_BYTES = 2_048;

    /** Above that of any client, so that each nomination counts at once. */
    private static final int PRIORITY = Integer.MAX_VALUE;

    private static final int FIRST_OF_DTLS = 20;
    private static final int FIRST_OF_MEDIA = 128;

    private final DatagramChannel channel;
    private final InetSocketAddress server;
    private final Credentials credentials;
    private final Random random;
    private final ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM_BYTES);
    private int asked;
    private int answers;
    private int dtls;
    private int media;

    /**
     * Of both sides.
     *
     * @param username of requests to the server
     * @param password of the participant
     * @param serverPassword of the server
     */
    public record Credentials(String username, String password, String serverPassword) {}

    public IceStranger(InetSocketAddress server, Credentials credentials, Random random) {
        this(open(), server, credentials, random);
    }

    /** On a socket that was opened before anything was known of the other side. */
    IceStranger(
            DatagramChannel channel,
            InetSocketAddress server,
            Credentials credentials,
            Random random) {
        this.channel = channel;
        this.server = server;
        this.credentials = credentials;
        this.random = random;
    }

    static DatagramChannel open() {
        try {
            DatagramChannel channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            channel.configureBlocking(false);
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks, and wants media to come here (RFC 8445 8.1.1). */
    public void nominate() {
        send(
                StunBytes.request(random, credentials.username(), PRIORITY)
                        .role(StunBytes.ICE_CONTROLLING, 7)
                        .useCandidate()
                        .integrity(credentials.serverPassword())
                        .fingerprint(0)
                        .bytes());
    }

    public void send(byte[] datagram) {
        send(datagram, server);
    }

    private void send(byte[] datagram, InetSocketAddress to) {
        try {
            channel.send(ByteBuffer.wrap(datagram), to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes what has come, and answers what is a check. */
    public void serve() {
        try {
            InetSocketAddress from = (InetSocketAddress) channel.receive(buffer.clear());
            while (from != null) {
                take(buffer.flip(), from);
                from = (InetSocketAddress) channel.receive(buffer.clear());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(ByteBuffer datagram, InetSocketAddress from) {
        int first = datagram.hasRemaining() ? datagram.get(0) & 0xff : 0;
        if (StunBytes.isRequest(datagram)) {
            asked++;
            send(StunBytes.answer(datagram, from, credentials.password()), from);
        } else if (first >= FIRST_OF_MEDIA) {
            media++;
        } else if (first >= FIRST_OF_DTLS) {
            dtls++;
        } else {
            answers++;
        }
    }

    /** Checks that the server sent here. */
    public int asked() {
        return asked;
    }

    /** Answers to checks of ours. */
    public int answers() {
        return answers;
    }

    /** Datagrams of DTLS that came. */
    public int dtls() {
        return dtls;
    }

    /** Datagrams of media that came. */
    public int media() {
        return media;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
