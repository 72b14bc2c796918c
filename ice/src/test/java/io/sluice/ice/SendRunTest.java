package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs of datagrams that a port's own sockets send as one message each. */
@SuppressWarnings("NullAway.Init")
class SendRunTest {
    private static final InetAddress V4 = InetAddress.ofLiteral("127.0.0.1");

    private final List<DatagramSocket> clients = new ArrayList<>();
    private Slab slab;
    private TestLoop loop;
    private UdpPort port;

    @BeforeEach
    void begin() {
        slab = new Slab(200);
        loop = TestLoop.epoll();
    }

    private void open() {
        port = UdpPorts.open(loop.loop, slab, List.of(V4), 0);
    }

    @AfterEach
    void closeAll() {
        clients.forEach(DatagramSocket::close);
        port.close();
        loop.close();
        slab.close();
    }

    private DatagramSocket client() throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(V4, 0));
        socket.setReceiveBufferSize(1 << 20);
        socket.setSoTimeout(5_000);
        clients.add(socket);
        return socket;
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
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    @Test
    void shouldSendDatagramsOfOneLengthToOneRemoteAsOneMessage() throws IOException {
        open();
        DatagramSocket client = client();
        DatagramSocket other = client();
        Random random = new Random(2);
        List<byte[]> toClient = new ArrayList<>();
        // A run ends with a shorter one; a longer one begins another.
        for (int length : new int[] {1_100, 1_100, 1_100, 700, 700, 1_000, 1_001}) {
            toClient.add(bytes(random, length));
        }
        byte[] toOther = bytes(random, 1_001);

        loop.run(() -> {
            toClient.forEach(data -> queue(client, data));
            queue(other, toOther);
            port.flush();
        });

        for (byte[] data : toClient) {
            assertThat(receive(client)).isEqualTo(data);
        }
        assertThat(receive(other)).isEqualTo(toOther);
        assertThat(port.counters().packetsOut()).isEqualTo(8);
        // 1,100 three times and 700; 700; 1,000; 1,001; and that of the other.
        assertThat(port.counters().messagesOut()).isEqualTo(5);
    }

    @Test
    void shouldSendMoreThanOneBatchHoldsInOrder() throws IOException {
        open();
        DatagramSocket client = client();
        Random random = new Random(3);
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 3 * SendBatch.DATAGRAMS / 2; i++) {
            sent.add(bytes(random, 200));
        }

        loop.run(() -> {
            sent.forEach(data -> queue(client, data));
            port.flush();
        });

        for (byte[] data : sent) {
            assertThat(receive(client)).isEqualTo(data);
        }
        assertThat(port.counters().packetsOut()).isEqualTo(sent.size());
    }

    @Test
    void shouldSendDatagramsOneByOneWhereRunsAreTurnedOff() throws IOException {
        UdpConfig config = UdpConfig.defaults().withRuns(false);
        port = UdpPorts.open(loop.loop, slab, List.of(V4), 0, config);
        DatagramSocket client = client();

        loop.run(() -> {
            queue(client, new byte[1_000]);
            queue(client, new byte[1_000]);
            port.flush();
        });

        receive(client);
        receive(client);
        assertThat(port.sendsRuns()).isFalse();
        assertThat(UdpPorts.implementation(port)).isEqualTo("sendmmsg without UDP_SEGMENT");
        assertThat(port.counters().messagesOut()).isEqualTo(2);
    }

    @Test
    void shouldMakeNoRunOfWhatAPathMayNotCarryWhole() throws IOException {
        open();
        DatagramSocket client = client();
        int large = SendBatch.SEGMENT_BYTES_MAX + 1;

        loop.run(() -> {
            queue(client, new byte[large]);
            queue(client, new byte[large]);
            port.flush();
        });

        assertThat(receive(client)).hasSize(large);
        assertThat(receive(client)).hasSize(large);
        assertThat(port.counters().messagesOut()).isEqualTo(2);
        assertThat(port.sendsRuns()).isTrue();
    }

    @Test
    void shouldCutARunAfterSixtyFourDatagrams() throws IOException {
        open();
        DatagramSocket client = client();

        loop.run(() -> {
            for (int i = 0; i < 100; i++) {
                queue(client, new byte[100]);
            }
            port.flush();
        });

        for (int i = 0; i < 100; i++) {
            assertThat(receive(client)).hasSize(100);
        }
        assertThat(port.counters().messagesOut()).isEqualTo(2);
    }

    @Test
    void shouldHandOverBetweenRunsWhenThereAreMany() throws IOException {
        open();
        DatagramSocket client = client();

        loop.run(() -> {
            for (int i = 0; i < 15; i++) {
                queue(client, new byte[100]);
            }
            port.flushIfMany();
        });
        assertThat(port.counters().packetsOut()).isZero();
        loop.run(() -> {
            queue(client, new byte[100]);
            port.flushIfMany();
        });

        assertThat(port.counters().packetsOut()).isEqualTo(16);
        assertThat(port.counters().messagesOut()).isOne();
        for (int i = 0; i < 16; i++) {
            assertThat(receive(client)).hasSize(100);
        }
    }

    @Test
    void shouldSendEachDatagramOfNothing() throws IOException {
        open();
        DatagramSocket client = client();

        loop.run(() -> {
            queue(client, new byte[0]);
            queue(client, new byte[0]);
            port.flush();
        });

        assertThat(receive(client)).isEmpty();
        assertThat(receive(client)).isEmpty();
    }

    @Test
    void shouldSendARunOneByOneWhereItCannotBeSentAsOne() throws IOException {
        port =
                new EpollUdpPort(
                        loop.loop,
                        slab,
                        1,
                        List.of(V4),
                        List.of(SocketPair.single(unchecked())),
                        UdpConfig.defaults());
        DatagramSocket client = client();
        Random random = new Random(4);
        List<byte[]> sent = List.of(bytes(random, 300), bytes(random, 300), bytes(random, 200));

        loop.run(() -> {
            assertThat(port.sendsRuns()).isTrue();
            sent.forEach(data -> queue(client, data));
            port.flush();
        });

        for (byte[] data : sent) {
            assertThat(receive(client)).isEqualTo(data);
        }
        assertThat(port.sendsRuns()).isFalse();
        assertThat(port.counters().messagesOut()).isEqualTo(3);
        assertThat(port.counters().sendFailures()).isZero();
    }

    /** A bound socket that writes no checksums: the kernel cuts nothing for such a one. */
    private static int unchecked() {
        LinuxSockets sockets = new LinuxSockets();
        int fd = sockets.socket(LinuxSockets.AF_INET);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = MessageBatch.allocateAddress(arena);
            int addressBytes =
                    MessageBatch.writeAddress(
                            address, 0, false, RemoteAddress.high(V4), RemoteAddress.low(V4), 0);
            assertThat(sockets.bind(fd, address.address(), addressBytes)).isZero();
            long one = arena.allocateFrom(ValueLayout.JAVA_INT, 1).address();
            int noCheck = 11;
            assertThat(sockets.setOption(fd, LinuxSockets.SOL_SOCKET, noCheck, one, 4)).isZero();
        }
        return fd;
    }

    private void queue(DatagramSocket to, byte[] data) {
        write(port.reserve(), data);
        port.send(
                0,
                RemoteAddress.high(to.getLocalAddress()),
                RemoteAddress.low(to.getLocalAddress()),
                to.getLocalPort(),
                data.length);
    }
}
