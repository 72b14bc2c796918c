package io.sluice.bench;

import io.sluice.ice.Path;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/**
 * Where packets go: many addresses of the loopback network, behind four sockets that take all of them,
 * as in {@code limit.c}.
 *
 * <p>Used by one thread; another empties the sockets, if they are to be emptied.
 */
final class Receivers implements AutoCloseable {
    private static final int SOCKETS = 4;
    private static final int BUFFER_BYTES = 4 << 20;
    private static final int DATAGRAM_BYTES = 2048;
    private static final int ADDRESSES_PER_NET = 250;

    /** How often the other thread looks whether it is over. */
    private static final int CLOSE_LOOK_MILLIS = 50;

    /** {@code ::ffff:127.0.0.0}, the lower half. */
    private static final long LOOPBACK = 0xffff_7f00_0000L;

    private static final int NET_SHIFT = 8;

    private final List<DatagramChannel> channels = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final Thread drain;
    private volatile boolean closed;

    /**
     * @param drained whether the sockets are emptied; packets to a full one cost the sender less
     */
    Receivers(boolean drained) throws IOException {
        for (int i = 0; i < SOCKETS; i++) {
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
            channels.add(channel);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
            channel.bind(new InetSocketAddress("0.0.0.0", 0));
            channel.configureBlocking(false);
            ports.add(((InetSocketAddress) channel.getLocalAddress()).getPort());
        }
        Selector selector = Selector.open();
        for (DatagramChannel channel : channels) {
            channel.register(selector, SelectionKey.OP_READ);
        }
        drain = Thread.ofPlatform().name("bench-drain").daemon().unstarted(() -> drain(selector));
        if (drained) {
            drain.start();
        } else {
            selector.close();
        }
    }

    /** Where the {@code i}th of them is to be reached. */
    Path path(int i) {
        long net = 1L + i / ADDRESSES_PER_NET;
        long host = 1L + i % ADDRESSES_PER_NET;
        return new Path(0, 0, LOOPBACK | net << NET_SHIFT | host, ports.get(i % SOCKETS));
    }

    private void drain(Selector opened) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(DATAGRAM_BYTES);
        try (Selector selector = opened) {
            while (!closed) {
                selector.select(CLOSE_LOOK_MILLIS);
                selector.selectedKeys().clear();
                for (DatagramChannel channel : channels) {
                    while (!closed && channel.receive(buffer.clear()) != null) {}
                }
            }
        } catch (IOException e) {
            if (!closed) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            drain.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (DatagramChannel channel : channels) {
            channel.close();
        }
    }
}
