package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The port as a STUN server for everybody. */
class PlainStunTest {
    private static final byte[] TRANSACTION = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

    private IceFixture ice = new IceFixture(IceFixture.CONFIG);

    private void restartWith(boolean enabled, int perSecond) throws Exception {
        ice.close();
        ice =
                new IceFixture(
                        IceFixture.CONFIG.withStun(new IceConfig.PlainStun(enabled, perSecond)));
    }

    @AfterEach
    void close() throws Exception {
        ice.close();
    }

    private static TestStun request() {
        return new TestStun(StunMessage.BINDING_REQUEST, TRANSACTION);
    }

    private DatagramSocket open(String address) throws IOException {
        InetAddress ip = InetAddress.ofLiteral(address);
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(ip, 0));
        socket.connect(new InetSocketAddress(ip, ice.port.port()));
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
        return socket;
    }

    private static void send(DatagramSocket socket, byte[] bytes) throws IOException {
        socket.send(new DatagramPacket(bytes, bytes.length));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, false", "127.0.0.1, true", "::1, false", "::1, true"})
    void shouldTellWhereARequestCameFrom(String address, boolean fingerprint) throws Exception {
        try (DatagramSocket client = open(address)) {
            send(client, fingerprint ? request().fingerprint(0).bytes() : request().bytes());
            DatagramPacket packet = new DatagramPacket(new byte[200], 200);
            client.receive(packet);
            TestStun expected =
                    new TestStun(StunMessage.BINDING_SUCCESS, TRANSACTION)
                            .mapped(client.getLocalAddress().getAddress(), client.getLocalPort());
            assertThat(Arrays.copyOf(packet.getData(), packet.getLength()))
                    .isEqualTo(fingerprint ? expected.fingerprint(0).bytes() : expected.bytes());
            await().until(() -> ice.server.plainAnswers() == 1);
        }
    }

    @Test
    void shouldAnswerNothingElse() throws Exception {
        try (DatagramSocket client = open("127.0.0.1")) {
            send(client, request().fingerprint(1).bytes());
            ice.awaitDrops(DatagramDrop.STUN_BAD_FINGERPRINT, 1);
            // CHANGE-REQUEST of RFC 5780, which has to be understood.
            send(client, request().add(0x0003, new byte[4]).bytes());
            ice.awaitDrops(DatagramDrop.STUN_REFUSED, 1);
            send(client, request().integrity("guessed").bytes());
            ice.awaitDrops(DatagramDrop.STUN_UNKNOWN_UFRAG, 1);
            send(client, request().username("short").bytes());
            ice.awaitDrops(DatagramDrop.STUN_UNKNOWN_UFRAG, 2);
            assertThat(ice.server.plainAnswers()).isZero();
        }
    }

    @Test
    void shouldAnswerSoManyASecond() throws Exception {
        restartWith(true, 1);
        try (DatagramSocket client = open("127.0.0.1")) {
            for (int i = 0; i < 100; i++) {
                send(client, request().bytes());
            }
            await().until(() ->
                    ice.server.plainAnswers() + ice.drops(DatagramDrop.STUN_RATE_LIMITED) == 100);
            assertThat(ice.server.plainAnswers()).isBetween(1L, 50L);
        }
    }

    @Test
    void shouldAnswerNothingWhereItIsTurnedOff() throws Exception {
        restartWith(false, 1);
        try (DatagramSocket client = open("127.0.0.1")) {
            send(client, request().bytes());
            ice.awaitDrops(DatagramDrop.STUN_UNKNOWN_UFRAG, 1);
        }
    }

    @Test
    void shouldAnswerNobodyWhoCannotBeReached() throws Exception {
        byte[] bytes = request().bytes();
        long local = RemoteAddress.low(InetAddress.ofLiteral("127.0.0.1"));

        ice.loop.run(() -> {
            int slot = ice.slab.take();
            MemorySegment.copy(
                    bytes,
                    0,
                    ice.slab.memory(),
                    ValueLayout.JAVA_BYTE,
                    Slab.offset(slot),
                    bytes.length);
            ice.server.onDatagram(0, 0, local, 0, slot, bytes.length, 1);
            ice.server.onBatchEnd(1);
            ice.slab.release(slot);
        });

        ice.awaitDrops(DatagramDrop.UNKNOWN_ADDRESS, 1);
        assertThat(ice.server.plainAnswers()).isZero();
    }
}
