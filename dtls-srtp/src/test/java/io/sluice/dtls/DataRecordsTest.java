package io.sluice.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.srtp.GcmCipher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.crypto.Cipher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records of data by libcrypto, against BouncyCastle's own and against each other. */
class DataRecordsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MESSAGES = 100;

    private final TestLoop loop = new TestLoop();
    private final DtlsHandshakes handshakes = new DtlsHandshakes(DtlsConfig.defaults());

    @BeforeEach
    void needsLibcrypto() {
        assumeTrue(GcmCipher.available(), "libcrypto is not installed");
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void shouldUnderstandBouncyCastleAndBeUnderstood(boolean serverOwns, boolean clientOwns) {
        Side server = side(DtlsRole.SERVER, serverOwns);
        Side client = side(DtlsRole.CLIENT, clientOwns);
        connect(server, client);
        List<byte[]> messages = messages();
        loop.run(() -> {
            for (byte[] message : messages) {
                server.association.send(message, 0, message.length);
                client.association.send(message, 0, message.length);
            }
        });

        await().atMost(PATIENCE)
                .until(() -> loop.call(() -> client.data.size() + server.data.size()) == 200);
        assertThat(client.data).containsExactlyElementsOf(messages);
        assertThat(server.data).containsExactlyElementsOf(messages);
        assertThat(handshakes.datagramsMalformed()).isZero();

        loop.run(server.association::close);
        await().atMost(PATIENCE).until(() -> client.closed);
    }

    @Test
    void shouldTakeNoRecordTwiceNotEvenTheFirst() {
        Side server = side(DtlsRole.SERVER, true);
        Side client = side(DtlsRole.CLIENT, true);
        connect(server, client);
        List<byte[]> sent = new ArrayList<>();
        client.network = sent::add;
        loop.run(() -> messages().forEach(one -> client.association.send(one, 0, one.length)));
        loop.run(() -> sent.forEach(server::receive));
        assertThat(server.data).hasSize(MESSAGES);

        loop.run(() -> sent.forEach(server::receive));
        assertThat(server.data).hasSize(MESSAGES);
        assertThat(handshakes.datagramsMalformed()).isEqualTo(MESSAGES);
        assertThat(server.closed).isFalse();
    }

    @Test
    void shouldRefuseAChangedRecordAndTakeTheHonestOneAfterIt() {
        Side server = side(DtlsRole.SERVER, true);
        Side client = side(DtlsRole.CLIENT, true);
        connect(server, client);
        List<byte[]> sent = new ArrayList<>();
        client.network = sent::add;
        byte[] message = {1, 2, 3, 4, 5};
        loop.run(() -> {
            client.association.send(message, 0, 5);
            client.association.send(message, 0, 5);
        });
        byte[] first = sent.getFirst();
        byte[] honest = sent.getLast();
        loop.run(() -> server.receive(first));
        // Neither the header, the number included, nor nonce, text or tag; the length is no secret.
        for (int at = 5; at < honest.length; at++) {
            byte[] changed = honest.clone();
            changed[at] ^= 1;
            loop.run(() -> server.receive(changed));
            assertThat(server.data).as("changed at %d", at).hasSize(1);
        }
        loop.run(() -> server.receive(honest));
        assertThat(server.data).containsExactly(message, message);
    }

    @Test
    void shouldTakeAllRecordsOfADatagramAndHearTheAlertBehindThem() {
        Side server = side(DtlsRole.SERVER, true);
        Side client = side(DtlsRole.CLIENT, true);
        connect(server, client);
        List<byte[]> sent = new ArrayList<>();
        client.network = sent::add;
        loop.run(() -> {
            client.association.send(new byte[] {1}, 0, 1);
            client.association.send(new byte[] {2}, 0, 1);
            client.association.send(new byte[] {3}, 0, 1);
            client.association.close();
        });
        ByteBuffer joined = ByteBuffer.allocate(sent.stream().mapToInt(one -> one.length).sum());
        sent.forEach(joined::put);
        loop.run(() -> server.receive(joined.array()));
        assertThat(server.data).containsExactly(new byte[] {1}, new byte[] {2}, new byte[] {3});
        assertThat(server.closed).isTrue();
    }

    @Test
    void shouldNeverGiveBouncyCastleANumberOfOurs() throws IOException {
        HybridTlsCrypto.JdkGcm cipher = new HybridTlsCrypto.JdkGcm(Cipher.ENCRYPT_MODE, true);
        cipher.setKey(new byte[16], 0, 16);
        cipher.init(nonce(DataRecords.FIRST_SEQUENCE - 1), 16);
        assertThatThrownBy(() -> cipher.init(nonce(DataRecords.FIRST_SEQUENCE), 16))
                .isInstanceOf(IOException.class);
    }

    private static byte[] nonce(long sequence) {
        return ByteBuffer.allocate(12).putInt(7).putLong(1L << 48 | sequence).array();
    }

    /** Of all lengths, in an order that a seed gives. */
    private static List<byte[]> messages() {
        SplittableRandom random = new SplittableRandom(1);
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            byte[] message = new byte[1 + random.nextInt(DtlsAssociation.MAX_DATA_BYTES)];
            random.nextBytes(message);
            messages.add(message);
        }
        return messages;
    }

    private Side side(DtlsRole role, boolean ownsData) {
        boolean serves = role == DtlsRole.SERVER;
        DtlsIdentity own = serves ? Side.IDENTITY : Side.OTHER_IDENTITY;
        DtlsIdentity other = serves ? Side.OTHER_IDENTITY : Side.IDENTITY;
        return new Side(loop, role, own, List.of(other.fingerprint()), handshakes, ownsData);
    }

    private void connect(Side server, Side client) {
        server.network = datagram -> loop.execute(() -> client.receive(datagram));
        client.network = datagram -> loop.execute(() -> server.receive(datagram));
        loop.run(server.association::start);
        loop.run(client.association::start);
        await().atMost(PATIENCE).until(() -> server.over() && client.over());
        assertThat(server.agreedKeys()).isNotNull();
        assertThat(client.agreedKeys()).isNotNull();
    }
}
