package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs of datagrams that a port's own sockets receive as one message each. */
@SuppressWarnings("NullAway.Init")
class ReceiveRunTest {
    private static final InetAddress V4 = InetAddress.ofLiteral("127.0.0.1");

    private final List<byte[]> received = new CopyOnWriteArrayList<>();
    private final List<Integer> kept = new ArrayList<>();
    private Slab slab;
    private TestLoop loop;
    private UdpPort receiver;
    private UdpPort sender;
    private boolean keep;

    @BeforeEach
    void open() {
        slab = new Slab(64);
        loop = TestLoop.epoll();
        UdpConfig config = UdpConfig.defaults().withReceivesRuns(true);
        receiver = UdpPorts.open(loop.loop, slab, List.of(V4), 0, config);
        sender = UdpPorts.open(loop.loop, slab, List.of(V4), 0, UdpConfig.defaults());
        loop.run(() -> receiver.start(new Keeping()));
    }

    private final class Keeping implements UdpPort.Sink {
        @Override
        public boolean onDatagram(
                int socket,
                long remoteHigh,
                long remoteLow,
                int remotePort,
                int slot,
                int length,
                long nowNanos) {
            MemorySegment data = slab.memory().asSlice(Slab.offset(slot), length);
            received.add(data.toArray(ValueLayout.JAVA_BYTE));
            if (keep) {
                kept.add(slot);
            }
            return keep;
        }

        @Override
        public void onBatchEnd(long nowNanos) {}
    }

    @AfterEach
    void close() {
        receiver.close();
        sender.close();
        loop.run(() -> kept.forEach(slab::release));
        assertThat(loop.call(slab::slotsInUse)).isZero();
        loop.close();
        slab.close();
    }

    private void send(List<byte[]> datagrams) {
        loop.run(() -> {
            for (byte[] data : datagrams) {
                long at = sender.reserve();
                MemorySegment.copy(
                        data, 0, sender.egress(), ValueLayout.JAVA_BYTE, at, data.length);
                long low = RemoteAddress.low(V4);
                sender.send(0, 0, low, receiver.port(), data.length);
            }
            sender.flush();
        });
    }

    private static List<byte[]> datagrams(int... lengths) {
        Random random = new Random(5);
        List<byte[]> all = new ArrayList<>();
        for (int length : lengths) {
            byte[] data = new byte[length];
            random.nextBytes(data);
            all.add(data);
        }
        return all;
    }

    @Test
    void shouldDeliverEachDatagramOfARunInOrder() {
        List<byte[]> sent = datagrams(1_100, 1_100, 1_100, 700, 1_200, 1_200, 40);

        send(sent);

        await().until(() -> received.size() == sent.size());
        assertThat(received).containsExactlyElementsOf(sent);
        assertThat(receiver.counters().packetsIn()).isEqualTo(sent.size());
        assertThat(sender.counters().messagesOut()).isEqualTo(2);
    }

    @Test
    void shouldGiveEachKeptDatagramASlotOfItsOwn() {
        keep = true;
        List<byte[]> sent = datagrams(300, 300, 300, 300);

        send(sent);

        await().until(() -> received.size() == sent.size());
        assertThat(received).containsExactlyElementsOf(sent);
        assertThat(kept).doesNotHaveDuplicates();
    }

    @Test
    void shouldDropAndCountADatagramLongerThanASlot() throws Exception {
        try (DatagramSocket client = new DatagramSocket(new InetSocketAddress(V4, 0))) {
            byte[] large = new byte[Slab.SLOT_BYTES + 1];
            client.send(new DatagramPacket(large, large.length, V4, receiver.port()));
            client.send(new DatagramPacket(new byte[9], 9, V4, receiver.port()));
        }

        await().until(() -> received.size() == 1);
        assertThat(received.getFirst()).hasSize(9);
        assertThat(receiver.counters().drops(DatagramDrop.TRUNCATED)).isEqualTo(1);
    }

    @Test
    void shouldDeliverADatagramOfNothing() {
        send(datagrams(0));

        await().until(() -> received.size() == 1);
        assertThat(received.getFirst()).isEmpty();
    }
}
