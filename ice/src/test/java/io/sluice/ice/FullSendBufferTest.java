package io.sluice.ice;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A send buffer that is really full: in a network namespace of the test's own, whose loopback is slow.
 * Without the right to make one there is no such buffer, and nothing is tested here; {@link OutletTest}
 * has the same with a kernel of its own.
 */
final class FullSendBufferTest {
    private static final InetAddress V4 = InetAddress.ofLiteral("127.0.0.1");
    private static final ValueLayout.OfInt NET_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int SEND_BUFFER_BYTES = 64 << 10;
    private static final int DATAGRAM_BYTES = 1_000;

    /** More than buffer and backlog hold together. */
    private static final int DATAGRAMS = 2_000;

    private volatile boolean entered;

    @Test
    void shouldKeepTheOrderAndSendLaterWhatTheKernelDidNotTake() {
        // A thread of its own: it alone moves into the namespace, and what it opens stays there.
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(() -> {
                    try {
                        if (enterSlowNetwork()) {
                            run();
                        }
                        done.complete(null);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                });
        done.orTimeout(60, TimeUnit.SECONDS).join();
        assumeTrue(entered, "no right to make a network namespace");
    }

    private boolean enterSlowNetwork() throws Throwable {
        Linker linker = Linker.nativeLinker();
        int failed =
                (int)
                        linker.downcallHandle(
                                        linker.defaultLookup().findOrThrow("unshare"),
                                        FunctionDescriptor.of(JAVA_INT, JAVA_INT))
                                .invokeExact(CLONE_NEWNET);
        entered =
                failed == 0
                        && succeeds("ip link set lo up")
                        && succeeds(
                                "tc qdisc add dev lo root tbf rate 16mbit burst 128kb limit 9mb");
        return entered;
    }

    private static boolean succeeds(String command) throws InterruptedException {
        try {
            return new ProcessBuilder(command.split(" "))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    private void run() throws IOException {
        try (TestLoop loop = TestLoop.epoll();
                Slab slab = new Slab(64);
                DatagramSocket client = new DatagramSocket(new InetSocketAddress(V4, 0))) {
            client.setReceiveBufferSize(8 << 20);
            client.setSoTimeout(100);
            UdpPort port =
                    new EpollUdpPort(
                            loop.loop,
                            slab,
                            1,
                            List.of(V4),
                            List.of(SocketPair.single(smallSocket())),
                            UdpConfig.defaults());
            loop.run(() -> {
                for (int i = 0; i < DATAGRAMS; i++) {
                    queue(port, client.getLocalPort(), i);
                }
                port.flush();
            });
            UdpCounters counters = port.counters();
            assertThat(counters.deferred()).isGreaterThanOrEqualTo(SendBacklog.DATAGRAMS);
            long dropped = counters.drops(DatagramDrop.SEND_BUFFER_FULL);
            assertThat(dropped).isPositive();

            List<Integer> received = receive(loop, port, client, DATAGRAMS - (int) dropped);

            assertThat(received).isSorted().doesNotHaveDuplicates();
            assertThat(counters.packetsOut()).isEqualTo(received.size());
            assertThat(counters.sendFailures()).isEqualTo(dropped);
            port.close();
        }
    }

    /** Turns without anything new, until everything is there. */
    private static List<Integer> receive(
            TestLoop loop, UdpPort port, DatagramSocket client, int count) throws IOException {
        List<Integer> received = new ArrayList<>();
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (received.size() < count) {
            loop.run(port::flush);
            try {
                client.receive(packet);
                received.add(ByteBuffer.wrap(packet.getData()).getInt());
            } catch (SocketTimeoutException late) {
                if (System.nanoTime() > endNanos) {
                    fail(received.size() + " of " + count + " datagrams came");
                }
            }
        }
        return received;
    }

    private static void queue(UdpPort port, int remotePort, int number) {
        long offset = port.reserve();
        port.egress().set(NET_INT, offset, number);
        port.send(0, 0, RemoteAddress.mapped(0x7f000001), remotePort, DATAGRAM_BYTES);
    }

    private static int smallSocket() {
        LinuxSockets sockets = new LinuxSockets();
        int fd = sockets.socket(LinuxSockets.AF_INET);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = MessageBatch.allocateAddress(arena);
            int addressBytes =
                    MessageBatch.writeAddress(
                            address, 0, false, RemoteAddress.high(V4), RemoteAddress.low(V4), 0);
            assertThat(sockets.bind(fd, address.address(), addressBytes)).isZero();
            long size = arena.allocateFrom(ValueLayout.JAVA_INT, SEND_BUFFER_BYTES).address();
            int level = LinuxSockets.SOL_SOCKET;
            assertThat(sockets.setOption(fd, level, LinuxSockets.SO_SNDBUF, size, 4)).isZero();
        }
        return fd;
    }
}
