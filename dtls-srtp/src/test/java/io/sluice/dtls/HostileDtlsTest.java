package io.sluice.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What whoever reaches an association without keys can do to it, to the node and to others. */
final class HostileDtlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int HALF_OPEN = 5_000;
    private static final int MANY_BYTES = 200 << 20;

    private final TestLoop loop = new TestLoop();
    private final DtlsHandshakes handshakes = new DtlsHandshakes(DtlsConfig.defaults());

    @AfterEach
    void close() {
        loop.close();
    }

    private Side side(DtlsRole role, DtlsIdentity own, DtlsIdentity other) {
        return new Side(loop, role, own, List.of(other.fingerprint()), handshakes);
    }

    private Side server() {
        return side(DtlsRole.SERVER, Side.IDENTITY, Side.OTHER_IDENTITY);
    }

    private Side client() {
        return side(DtlsRole.CLIENT, Side.OTHER_IDENTITY, Side.IDENTITY);
    }

    /** An honest handshake, its client's first datagram followed by what {@code noise} adds. */
    private Side connect(List<byte[]> noise) {
        Side server = server();
        Side client = client();
        List<byte[]> unsaid = new ArrayList<>(noise);
        server.network = datagram -> loop.execute(() -> client.receive(datagram));
        client.network =
                datagram ->
                        loop.execute(() -> {
                            server.receive(datagram);
                            unsaid.forEach(server::receive);
                            unsaid.clear();
                        });
        loop.run(server.association::start);
        loop.run(client.association::start);
        await().atMost(PATIENCE).until(() -> server.over() && client.over());
        assertThat(server.failure).isNull();
        assertThat(client.failure).isNull();
        assertThat(client.agreedKeys().sendKey()).isEqualTo(server.agreedKeys().receiveKey());
        return server;
    }

    @Test
    void shouldLetHonestClientsInWhileThousandsOfHandshakesStandHalfOpen() {
        connect(List.of());
        List<byte[]> hello = ClientHellos.datagrams("chromium156");
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        long heap = usedHeapBytes();
        List<Side> halfOpen = new ArrayList<>();
        for (int i = 0; i < HALF_OPEN; i++) {
            Side server = server();
            // One in ten makes us sign; the others wait for a piece of their hello.
            List<byte[]> sent = i % 10 == 0 ? hello : hello.subList(0, 1);
            loop.run(() -> {
                server.association.start();
                sent.forEach(server::receive);
            });
            halfOpen.add(server);
        }
        connect(List.of());

        int most = handshakes.config().maxRunningHandshakes();
        assertThat(handshakes.running()).isLessThanOrEqualTo(most);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
                .isLessThanOrEqualTo(threads + Runtime.getRuntime().availableProcessors() + 4);
        await().atMost(PATIENCE)
                .until(() ->
                        handshakes.failures(DtlsFailure.TOO_MANY_HANDSHAKES) >= HALF_OPEN - most);
        assertThat(usedHeapBytes() - heap).isLessThan(MANY_BYTES);
        loop.run(() -> halfOpen.forEach(server -> server.association.close()));
        await().atMost(PATIENCE).until(() -> handshakes.running() == 0);
    }

    private static long usedHeapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** A record of one fragment in clear. */
    private static byte[] fragment(
            int type, int message, int messageBytes, int offset, int claimedBytes, int bodyBytes) {
        ByteBuffer record = ByteBuffer.allocate(13 + 12 + bodyBytes);
        record.put((byte) 22).putShort((short) 0xfefd).putShort((short) 0);
        // Within the window of the honest ones: BouncyCastle minds replays in clear too.
        record.putShort((short) 0)
                .putInt(20 + message + offset / 10)
                .putShort((short) (12 + bodyBytes));
        record.put((byte) type).put((byte) (messageBytes >> 16)).putShort((short) messageBytes);
        record.putShort((short) message);
        record.put((byte) (offset >> 16)).putShort((short) offset);
        record.put((byte) (claimedBytes >> 16)).putShort((short) claimedBytes);
        return record.array();
    }

    @Test
    void shouldReserveLittleForMessagesThatClaimMuch() {
        Side server = server();
        loop.run(server.association::start);
        loop.run(() -> {
            server.receive(fragment(1, 0, 0xffffff, 0, 100, 100));
            assertThat(handshakes.datagramsMalformed()).isEqualTo(1);
            for (int message = 0; message < 20; message++) {
                server.receive(fragment(1, message, DtlsRecords.MAX_MESSAGE_BYTES, 0, 10, 10));
            }
        });
        // Two messages of the largest size are the budget.
        assertThat(handshakes.datagramsOverLimit()).isEqualTo(18);
        loop.run(server.association::close);
        await().atMost(PATIENCE).until(() -> handshakes.running() == 0);
    }

    @Test
    void shouldCompleteInSpiteOfFragmentsThatOverlapOrAreMissing() {
        List<byte[]> noise = new ArrayList<>();
        for (int message = 3; message < 8; message++) {
            // Of another length than the true message: the reassembler keeps to the first it sees.
            noise.add(fragment(99, message + 2, 300, 100, 100, 100));
            noise.add(fragment(99, message + 2, 300, 150, 100, 100));
            noise.add(fragment(99, message + 2, 200, 0, 0xffff00, 100));
        }
        Side server = connect(noise);
        assertThat(server.closed).isFalse();
        assertThat(handshakes.datagramsMalformed()).isPositive();
    }

    @Test
    void shouldTakeAHelloAgainBeforeDuringAndAfterTheHandshake() {
        List<byte[]> hello = ClientHellos.datagrams("firefox153");
        Side server = connect(hello);
        loop.run(() -> {
            for (int i = 0; i < 1_000; i++) {
                hello.forEach(server::receive);
            }
        });
        assertThat(server.closed).isFalse();
        assertThat(server.failure).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldOutliveAnyChangeOfAHello(long seed) {
        Random random = new Random(seed);
        List<Side> servers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Side server = server();
            loop.run(server.association::start);
            for (byte[] honest : ClientHellos.datagrams("chromium156")) {
                byte[] changed = honest.clone();
                for (int flips = random.nextInt(6); flips > 0; flips--) {
                    changed[25 + random.nextInt(changed.length - 25)] = (byte) random.nextInt();
                }
                byte[] cut = Arrays.copyOf(changed, changed.length - random.nextInt(2));
                loop.run(() -> server.receive(cut));
            }
            servers.add(server);
        }
        connect(List.of());
        loop.run(() -> servers.forEach(server -> server.association.close()));
        await().atMost(PATIENCE).until(() -> handshakes.running() == 0);
        assertThat(servers).allMatch(server -> server.keys == null && !server.offLoop);
    }
}
