package io.sluice.server.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A UDP socket of a client; STUN goes to the ICE agents on it, all else to its sink (RFC 7983).
 *
 * <p>Opened, read and closed on the client's loop; ice4j's threads send through it too.
 */
final class ClientSocket {
    private static final int DATAGRAM_BYTES = 2048;

    /** Seconds of a call, for a machine that does something else meanwhile; the system may grant less. */
    private static final int RECEIVE_BUFFER_BYTES = 4 << 20;

    /** Hears what is not STUN, on the loop; the buffer is its own. */
    interface Sink {
        void onDtls(byte[] datagram);

        void onMedia(byte[] datagram);
    }

    private final DatagramChannel channel;
    private final InetSocketAddress localAddress;
    private final Sink sink;
    private final List<StunView> views = new CopyOnWriteArrayList<>();
    private final ByteBuffer receiveBuffer = ByteBuffer.allocate(DATAGRAM_BYTES);
    private long sendFailures;

    ClientSocket(ClientLoop loop, InetAddress address, Sink sink) {
        this.sink = sink;
        try {
            channel = DatagramChannel.open();
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
            channel.bind(new InetSocketAddress(address, 0));
            channel.configureBlocking(false);
            localAddress = (InetSocketAddress) channel.getLocalAddress();
            loop.register(channel, this::drain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InetSocketAddress localAddress() {
        return localAddress;
    }

    DatagramChannel channel() {
        return channel;
    }

    /** What ice4j takes for its socket; gets the requests for this ufrag, and all responses. */
    StunView view(String ufrag) {
        StunView view = new StunView(this, ufrag);
        views.add(view);
        return view;
    }

    void remove(StunView view) {
        views.remove(view);
    }

    /** A full socket buffer or a port nobody listens on are losses like others. */
    void send(byte[] bytes, int offset, int length, InetSocketAddress to) {
        try {
            if (channel.send(ByteBuffer.wrap(bytes, offset, length), to) == 0) {
                sendFailures++;
            }
        } catch (IOException e) {
            sendFailures++;
        }
    }

    long sendFailures() {
        return sendFailures;
    }

    /** Without a word to anybody. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void drain() {
        while (channel.isOpen()) {
            receiveBuffer.clear();
            InetSocketAddress from;
            try {
                from = (InetSocketAddress) channel.receive(receiveBuffer);
            } catch (PortUnreachableException e) {
                continue;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (from == null) {
                return;
            }
            receiveBuffer.flip();
            if (receiveBuffer.hasRemaining()) {
                byte[] datagram = new byte[receiveBuffer.remaining()];
                receiveBuffer.get(datagram);
                dispatch(datagram, from);
            }
        }
    }

    private void dispatch(byte[] datagram, InetSocketAddress from) {
        int first = datagram[0] & 0xFF;
        if (first <= 3) {
            for (StunView view : views) {
                if (view.accepts(datagram)) {
                    view.offer(datagram, from);
                }
            }
        } else if (first >= 20 && first <= 63) {
            sink.onDtls(datagram);
        } else if (first >= 128 && first <= 191) {
            sink.onMedia(datagram);
        }
    }
}
