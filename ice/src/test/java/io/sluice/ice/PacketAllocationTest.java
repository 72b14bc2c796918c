package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The packet line from the socket to the session's listener, and back to a socket, makes no garbage. */
class PacketAllocationTest {
    private static final int PACKETS = 20_000;

    /** After some of them all is compiled, also where the compilers wait for their turn. */
    private static final int ROUNDS_MAX = 20;

    /** Netty's loop makes some hundred bytes each time it wakes; a packet may not. */
    private static final long BYTES_PER_PACKET = 8;

    /** The whole burst waits at the socket: longer than this, and it never comes. */
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private static final class Counter implements IceListener {
        volatile int media;
        int count;

        @Override
        public void onPath(Path path) {}

        @Override
        public void onPathLost() {}

        @Override
        public void onIceFailed(IceFailure reason) {}

        @Override
        public boolean onMedia(int slot, int length, long nowNanos) {
            media = ++count;
            return false;
        }

        @Override
        public void onDtls(int slot, int length, long nowNanos) {}
    }

    @Test
    void shouldNotAllocatePerPacket() {
        IceWarmUp.warmUp();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (TestLoop loop = TestLoop.epoll();
                Slab slab = new Slab(256)) {
            UdpPort port = UdpPorts.open(loop.loop, slab, List.of(TestClient.LOOPBACK), 0);
            IceServer server =
                    new IceServer(
                            loop.loop,
                            port,
                            slab,
                            IceFixture.CONFIG,
                            new SecureRandom(),
                            nowNanos -> {},
                            null);
            loop.run(() -> port.start(server));
            Counter counter = new Counter();
            IceSession session = loop.call(() -> server.open(counter));
            // The port sends to itself, so that one loop does all and its allocation is all there
            // is.
            Path self = new Path(0, 0, RemoteAddress.mapped(0x7f000001), port.port());
            IcePath path = new IcePath(session, self);
            path.validate(1);
            loop.run(() -> server.claim(path));
            long id = loop.call(() -> Thread.currentThread().threadId());
            long perPacket = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS_MAX && perPacket >= BYTES_PER_PACKET; round++) {
                long before = threads.getThreadAllocatedBytes(id);
                send(loop, port, counter, PACKETS);
                perPacket = (threads.getThreadAllocatedBytes(id) - before) / PACKETS;
            }
            assertThat(perPacket).isLessThan(BYTES_PER_PACKET);
            loop.run(() -> server.forget(path));
            loop.run(server::close);
            port.close();
            assertThat(loop.call(slab::slotsInUse)).isZero();
        }
    }

    /** Bursts that fit any receive buffer, each waited for. */
    private static void send(TestLoop loop, UdpPort port, Counter counter, int packets) {
        int burst = 100;
        for (int sent = 0; sent < packets; sent += burst) {
            int target = counter.media + burst;
            loop.run(() -> {
                for (int i = 0; i < burst; i++) {
                    long offset = port.reserve();
                    MemorySegment egress = port.egress();
                    egress.set(ValueLayout.JAVA_BYTE, offset, (byte) 0x80);
                    port.send(0, 0, RemoteAddress.mapped(0x7f000001), port.port(), 1_100);
                }
                port.flush();
            });
            long began = System.nanoTime();
            while (counter.media < target) {
                assertThat(System.nanoTime() - began).isLessThan(PATIENCE_NANOS);
                Thread.onSpinWait();
            }
        }
        await().until(() -> counter.media >= packets);
    }
}
