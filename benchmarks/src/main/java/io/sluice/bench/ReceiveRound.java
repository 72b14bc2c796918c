package io.sluice.bench;

import io.sluice.ice.UdpPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.CompletableFuture;

/**
 * Datagrams that wait for a loop, again and again: what it costs to wake, to read them, and to deliver
 * them to the sink. The kernel's part of receiving falls to the sender.
 *
 * <p>Used by the thread that runs the contest, but for the sink, which the port's loop calls.
 */
final class ReceiveRound implements UdpPort.Sink, AutoCloseable {
    /** What C reads at once. */
    private static final int DATAGRAMS = 64;

    private static final int SIZE_BYTES = 1136;

    private final BenchPort port;
    private final DatagramChannel sender;
    private final InetSocketAddress target;
    private final ByteBuffer datagram = ByteBuffer.allocateDirect(SIZE_BYTES);
    private final ThreadMeter meter = new ThreadMeter();
    private CompletableFuture<Integer> read = new CompletableFuture<>();
    private int count;

    ReceiveRound(BenchPort port) throws IOException {
        this.port = port;
        sender = DatagramChannel.open();
        target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port.port().port());
        port.start(this);
    }

    ThreadCost cost() {
        return new ThreadCost(meter, this::run);
    }

    private void run() {
        read = new CompletableFuture<>();
        count = 0;
        port.thread().execute(this::fill);
        read.join();
    }

    /** Sends from the loop itself, so that it reads nothing before all of them wait. */
    private void fill() {
        try {
            for (int i = 0; i < DATAGRAMS; i++) {
                sender.send(datagram.clear(), target);
            }
        } catch (IOException e) {
            read.completeExceptionally(new UncheckedIOException(e));
            return;
        }
        meter.begin();
    }

    @Override
    public boolean onDatagram(
            int socket,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int slot,
            int length,
            long nowNanos) {
        count++;
        return false;
    }

    @Override
    public void onBatchEnd(long nowNanos) {
        if (count == DATAGRAMS) {
            meter.end(count);
            read.complete(count);
        }
    }

    @Override
    public void close() throws IOException {
        sender.close();
    }
}
