package io.sluice.server.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/** A socket that nobody at the server knows. Owned by the test's thread. */
public final class Stranger implements AutoCloseable {
    private static final int DATAGRAM_BYTES = 65_536;
    private static final long SLICE_NANOS = 2_000_000;

    private final DatagramChannel channel;

    public Stranger() {
        try {
            channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            channel.configureBlocking(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it left. */
    public boolean send(int port, byte[] datagram) {
        try {
            InetSocketAddress to = new InetSocketAddress("127.0.0.1", port);
            return channel.send(ByteBuffer.wrap(datagram), to) > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Sends {@code count} datagrams, about {@code perSecond} of them a second.
     *
     * @return how many left
     */
    public int flood(int port, int count, int perSecond, IntFunction<byte[]> datagrams) {
        int left = 0;
        long startNanos = System.nanoTime();
        for (int i = 0; i < count; i++) {
            left += send(port, datagrams.apply(i)) ? 1 : 0;
            long dueNanos = startNanos + i * 1_000_000_000L / perSecond;
            if (dueNanos - System.nanoTime() > SLICE_NANOS) {
                LockSupport.parkNanos(SLICE_NANOS);
            }
        }
        return left;
    }

    /** How many datagrams have come since it was asked last. */
    public int received() {
        ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM_BYTES);
        try {
            int count = 0;
            while (channel.receive(buffer) != null) {
                buffer.clear();
                count++;
            }
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
