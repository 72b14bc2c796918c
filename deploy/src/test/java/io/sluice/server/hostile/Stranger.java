package io.sluice.server.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/** A socket that nobody at the server knows. Owned by the test's thread. */
public final class Stranger implements AutoCloseable {
    private static final int DATAGRAM_BYTES = 65_536;
    private static final long SLICE_NANOS = 2_000_000;
    private static final long PATIENCE_NANOS = 500_000_000;

    /** Small datagrams that a buffer of some megabytes holds in any case. */
    private static final int AHEAD = 2_000;

    private static final int LOOK_EACH = 100;

    private final DatagramChannel channel;
    private long sent;

    public Stranger() {
        try {
            channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            channel.configureBlocking(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return channel.socket().getLocalPort();
    }

    /** Whether it left. */
    public boolean send(int port, byte[] datagram) {
        try {
            InetSocketAddress to = new InetSocketAddress("127.0.0.1", port);
            boolean left = channel.send(ByteBuffer.wrap(datagram), to) > 0;
            sent += left ? 1 : 0;
            return left;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Sends {@code count} datagrams, about {@code perSecond} of them a second, and never many more than were
     * {@code read}: they are to meet whoever reads them, not to end in the kernel's buffer.
     *
     * @return how many left
     */
    public int flood(
            int port, int count, int perSecond, IntFunction<byte[]> datagrams, LongSupplier read) {
        int left = 0;
        long startNanos = System.nanoTime();
        long gone = -read.getAsLong();
        for (int i = 0; i < count; i++) {
            left += send(port, datagrams.apply(i)) ? 1 : 0;
            if (i % LOOK_EACH == 0) {
                gone += awaitRead(left - gone - AHEAD, read);
            }
            long dueNanos = startNanos + i * 1_000_000_000L / perSecond;
            if (dueNanos - System.nanoTime() > SLICE_NANOS) {
                LockSupport.parkNanos(SLICE_NANOS);
            }
        }
        return left;
    }

    /** Returns how many are taken for dropped by the kernel, since nobody reads them. */
    private static long awaitRead(long atLeast, LongSupplier read) {
        long startNanos = System.nanoTime();
        while (read.getAsLong() < atLeast) {
            if (System.nanoTime() - startNanos > PATIENCE_NANOS) {
                return atLeast - read.getAsLong();
            }
            LockSupport.parkNanos(SLICE_NANOS / 4);
        }
        return 0;
    }

    /** How many datagrams left. */
    public long sent() {
        return sent;
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
