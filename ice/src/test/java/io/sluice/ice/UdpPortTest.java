package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way to make a port behaves the same. */
@SuppressWarnings("NullAway.Init")
class UdpPortTest {
    private static final InetAddress V4 = address("127.0.0.1");
    private static final InetAddress OTHER_V4 = address("127.0.0.2");
    private static final InetAddress V6 = address("::1");

    /** The ways a port can be made. */
    enum Kind {
        OWN_SOCKETS,
        NETTY_ON_EPOLL,
        NETTY_ON_NIO
    }

    record Received(int socket, long high, long low, int port, byte[] data) {}

    private final List<AutoCloseable> resources = new ArrayList<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private Slab slab;
    private TestLoop loop;
    private UdpPort port;
    private boolean keep;
    private final List<Integer> kept = new ArrayList<>();

    private final UdpPort.Sink sink =
            new UdpPort.Sink() {
                @Override
                public boolean onDatagram(
                        int socket,
                        long high,
                        long low,
                        int remotePort,
                        int slot,
                        int length,
                        long nowNanos) {
                    byte[] data =
                            slab.memory()
                                    .asSlice(Slab.offset(slot), length)
                                    .toArray(ValueLayout.JAVA_BYTE);
                    received.add(new Received(socket, high, low, remotePort, data));
                    if (keep) {
                        kept.add(slot);
                    }
                    return keep;
                }

                @Override
                public void onBatchEnd(long nowNanos) {
                    port.flush();
                }
            };

    private void open(Kind kind, int slots, InetAddress... addresses) {
        slab = new Slab(slots);
        loop = kind == Kind.NETTY_ON_NIO ? TestLoop.nio() : TestLoop.epoll();
        port = UdpPorts.open(loop.loop, slab, List.of(addresses), 0, config(kind));
        assertThat(port.getClass())
                .isEqualTo(kind == Kind.OWN_SOCKETS ? EpollUdpPort.class : NettyUdpPort.class);
        loop.run(() -> port.start(sink));
    }

    private static UdpConfig config(Kind kind) {
        return UdpConfig.defaults().withOwnSockets(kind == Kind.OWN_SOCKETS);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : resources) {
            resource.close();
        }
        if (port != null) {
            port.close();
            loop.run(() -> kept.forEach(slab::release));
            assertThat(loop.call(slab::slotsInUse)).isZero();
            loop.close();
            slab.close();
        }
    }

    private DatagramSocket client(InetAddress address) throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0));
        socket.setReceiveBufferSize(1 << 20);
        socket.setSoTimeout(30_000);
        resources.add(socket);
        return socket;
    }

    private void send(DatagramSocket from, InetAddress to, byte[] data) throws IOException {
        from.send(new DatagramPacket(data, data.length, to, port.port()));
    }

    private static byte[] bytes(Random random, int length) {
        byte[] data = new byte[length];
        random.nextBytes(data);
        return data;
    }

    private void write(long offset, byte[] data) {
        MemorySegment.copy(data, 0, port.egress(), ValueLayout.JAVA_BYTE, offset, data.length);
    }

    private static byte[] receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        socket.receive(packet);
        return java.util.Arrays.copyOf(packet.getData(), packet.getLength());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldReceiveTheBytesAndTheAddressOnTheSocketTheyWereSentTo(Kind kind) throws IOException {
        open(kind, 200, V4, OTHER_V4, V6);
        Random random = new Random(1);
        int socket = 0;
        for (InetAddress address : List.of(V4, OTHER_V4, V6)) {
            received.clear();
            DatagramSocket client = client(address.equals(V6) ? V6 : V4);
            byte[] data = bytes(random, 1_200);
            send(client, address, data);
            await().until(() -> received.size() == 1);
            Received got = received.getFirst();
            assertThat(got.socket()).isEqualTo(socket++);
            assertThat(got.data()).isEqualTo(data);
            assertThat(RemoteAddress.inetAddress(got.high(), got.low()))
                    .isEqualTo(client.getLocalAddress());
            assertThat(got.port()).isEqualTo(client.getLocalPort());
        }
        assertThat(port.counters().packetsIn()).isEqualTo(3);
        assertThat(port.counters().bytesIn()).isEqualTo(3_600);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldReceiveManyDatagramsInOrder(Kind kind) throws IOException {
        open(kind, 200, V4);
        Random random = new Random(2);
        DatagramSocket client = client(V4);
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] data = bytes(random, 1 + random.nextInt(1_400));
            sent.add(data);
            send(client, V4, data);
        }
        await().until(() -> received.size() == 300);
        assertThat(received.stream().map(Received::data)).containsExactlyElementsOf(sent);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldSendBatchesFromEachSocket(Kind kind) throws IOException {
        open(kind, 200, V4, V6);
        DatagramSocket client4 = client(V4);
        DatagramSocket client6 = client(V6);
        Random random = new Random(3);
        List<byte[]> sent = Stream.generate(() -> bytes(random, 1_000)).limit(150).toList();
        loop.run(() -> {
            for (byte[] data : sent) {
                queue(0, client4, data);
                queue(1, client6, data);
            }
            port.flush();
        });
        for (DatagramSocket client : List.of(client4, client6)) {
            for (byte[] data : sent) {
                assertThat(receive(client)).isEqualTo(data);
            }
        }
        await().until(() -> port.counters().packetsOut() == 300);
        assertThat(port.counters().bytesOut()).isEqualTo(300_000);
        assertThat(port.counters().sendFailures()).isZero();
    }

    private void queue(int socket, DatagramSocket to, byte[] data) {
        write(port.reserve(), data);
        InetAddress address = to.getLocalAddress();
        port.send(
                socket,
                RemoteAddress.high(address),
                RemoteAddress.low(address),
                to.getLocalPort(),
                data.length);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldSkipTheDatagramThatCannotLeaveAndSendTheOthers(Kind kind) throws IOException {
        open(kind, 200, V4);
        DatagramSocket client = client(V4);
        byte[] data = {1, 2, 3};
        loop.run(() -> {
            queue(0, client, data);
            write(port.reserve(), data);
            // From a loopback address there is no way to a documentation address.
            port.send(0, 0, RemoteAddress.mapped(0xcb007101), 9, data.length);
            queue(0, client, data);
            port.flush();
        });
        assertThat(receive(client)).isEqualTo(data);
        assertThat(receive(client)).isEqualTo(data);
        await().until(() -> port.counters().sendFailures() == 1);
        await().until(() -> port.counters().packetsOut() == 2);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldDropAndCountWhatIsLongerThanASlot(Kind kind) throws IOException {
        open(kind, 200, V4);
        DatagramSocket client = client(V4);
        send(client, V4, new byte[Slab.SLOT_BYTES + 1]);
        send(client, V4, new byte[Slab.SLOT_BYTES]);
        await().until(() -> received.size() == 1);
        assertThat(received.getFirst().data()).hasSize(Slab.SLOT_BYTES);
        assertThat(port.counters().drops(DatagramDrop.TRUNCATED)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldDropAndCountWhenTheSlabIsExhaustedAndGoOnWhenASlotIsFree(Kind kind)
            throws IOException {
        keep = true;
        open(kind, 8, V4);
        DatagramSocket client = client(V4);
        for (int i = 0; i < 20; i++) {
            send(client, V4, new byte[] {(byte) i});
        }
        await().until(() ->
                received.size() + port.counters().drops(DatagramDrop.SLAB_EXHAUSTED) == 20);
        assertThat(port.counters().drops(DatagramDrop.SLAB_EXHAUSTED)).isPositive();
        assertThat(loop.call(slab::slotsInUse)).isEqualTo(8);

        received.clear();
        loop.run(() -> slab.release(kept.removeFirst()));
        send(client, V4, new byte[] {42});
        await().until(() -> !received.isEmpty());
        assertThat(received.getFirst().data()).containsExactly(42);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldGiveTheNumberBackWhenClosed(Kind kind) throws IOException {
        open(kind, 200, V4);
        int number = port.port();
        port.close();
        await().ignoreExceptions()
                .until(() -> {
                    new DatagramSocket(new InetSocketAddress(V4, number)).close();
                    return true;
                });
        assertThat(loop.call(port::reserve)).isEqualTo(UdpPort.NO_ROOM);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldRefuseANumberThatIsTaken(Kind kind) throws IOException {
        open(kind, 200, V4);
        assertThatThrownBy(() ->
                        UdpPorts.open(loop.loop, slab, List.of(V4), port.port(), config(kind)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("in use");
    }

    @Test
    void shouldRefuseTheWildcardAddress() {
        try (TestLoop other = TestLoop.epoll();
                Slab small = new Slab(1)) {
            List<InetAddress> wildcard = List.of(address("0.0.0.0"));
            assertThatThrownBy(() -> UdpPorts.open(other.loop, small, wildcard, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldSurviveASinkThatFailsAndASinkThatCloses() throws IOException {
        slab = new Slab(100);
        loop = TestLoop.epoll();
        port = UdpPorts.open(loop.loop, slab, List.of(V4), 0);
        List<Integer> firstBytes = new CopyOnWriteArrayList<>();
        loop.run(() ->
                port.start(
                        new UdpPort.Sink() {
                            @Override
                            public boolean onDatagram(
                                    int socket,
                                    long high,
                                    long low,
                                    int remotePort,
                                    int slot,
                                    int length,
                                    long nowNanos) {
                                byte first =
                                        slab.memory().get(ValueLayout.JAVA_BYTE, Slab.offset(slot));
                                firstBytes.add((int) first);
                                if (first == 1) {
                                    throw new IllegalStateException("on purpose");
                                }
                                if (first == 3) {
                                    port.close();
                                }
                                return false;
                            }

                            @Override
                            public void onBatchEnd(long nowNanos) {}
                        }));
        DatagramSocket client = client(V4);
        for (int i = 1; i <= 3; i++) {
            send(client, V4, new byte[] {(byte) i});
            int count = i;
            await().until(() -> firstBytes.size() == count);
        }
        assertThat(loop.call(slab::slotsInUse)).isZero();
    }

    @Test
    void shouldDeliverTheRestOfABatchWhenTheSinkFailsOnOne() throws IOException {
        slab = new Slab(100);
        loop = TestLoop.epoll();
        port = UdpPorts.open(loop.loop, slab, List.of(V4), 0);
        List<Integer> firstBytes = new CopyOnWriteArrayList<>();
        AtomicInteger batches = new AtomicInteger();
        DatagramSocket client = client(V4);
        // Sent before the port is started, so that they come in one batch.
        for (int i = 1; i <= 3; i++) {
            send(client, V4, new byte[] {(byte) i});
        }
        loop.run(() ->
                port.start(
                        new UdpPort.Sink() {
                            @Override
                            public boolean onDatagram(
                                    int socket,
                                    long high,
                                    long low,
                                    int remotePort,
                                    int slot,
                                    int length,
                                    long nowNanos) {
                                byte first =
                                        slab.memory().get(ValueLayout.JAVA_BYTE, Slab.offset(slot));
                                if (first == 1) {
                                    throw new IllegalStateException("on purpose");
                                }
                                if (first == 2) {
                                    throw new StackOverflowError("on purpose");
                                }
                                firstBytes.add((int) first);
                                return false;
                            }

                            @Override
                            public void onBatchEnd(long nowNanos) {
                                batches.incrementAndGet();
                            }
                        }));

        await().until(() -> batches.get() == 1);
        assertThat(firstBytes).containsExactly(3);
        assertThat(port.counters().drops(DatagramDrop.LISTENER_FAILED)).isEqualTo(2);
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }
}
