package io.sluice.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DtlsRecordsTest {

    private static final int CERTIFICATE = 11;
    private static final int CERTIFICATE_VERIFY = 15;

    @ParameterizedTest
    @ValueSource(strings = {"chromium156", "firefox153"})
    void shouldTakeTheHellosOfBrowsers(String browser) {
        for (byte[] datagram : ClientHellos.datagrams(browser)) {
            assertThat(DtlsRecords.acceptable(datagram)).isTrue();
            assertThat(DtlsRecords.clientHello(datagram)).isTrue();
        }
    }

    @Test
    void shouldRefuseEveryCutAndSurviveEveryChange() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
        byte[] hello = ClientHellos.datagrams("chromium156").getFirst();
        for (int length = 0; length < hello.length; length++) {
            assertThat(DtlsRecords.acceptable(Arrays.copyOf(hello, length))).isFalse();
        }
        CipherChangeGate gate = new CipherChangeGate();
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = hello.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                changed[random.nextInt(40)] = (byte) random.nextInt();
            }
            if (DtlsRecords.acceptable(changed)) {
                assertThat(gate.pass(changed).length).isLessThanOrEqualTo(changed.length);
            }
        }
    }

    @Test
    void shouldRefuseMessagesThatClaimTooMuch() {
        assertThat(DtlsRecords.acceptable(fragment(CERTIFICATE, 16_384, 0, 10))).isTrue();
        assertThat(DtlsRecords.acceptable(fragment(CERTIFICATE, 16_385, 0, 10))).isFalse();
        assertThat(DtlsRecords.acceptable(fragment(CERTIFICATE, 0xFFFFFF, 0, 10))).isFalse();
        assertThat(DtlsRecords.acceptable(fragment(CERTIFICATE, 100, 95, 10))).isFalse();
    }

    @Test
    void shouldRefuseFloodsOfFragmentsInOneDatagram() {
        byte[] fragment = fragment(CERTIFICATE, 1_000, 0, 1);
        ByteBuffer datagram = ByteBuffer.allocate(fragment.length * 17);
        for (int i = 0; i < 17; i++) {
            datagram.put(fragment);
        }

        assertThat(DtlsRecords.acceptable(datagram.array())).isFalse();
        assertThat(DtlsRecords.acceptable(Arrays.copyOf(datagram.array(), fragment.length * 16)))
                .isTrue();
    }

    @Test
    void shouldHoldTheCipherChangeBackUntilTheWholeCertificateVerifyIsThere() {
        CipherChangeGate gate = new CipherChangeGate();
        byte[] change = record(20, new byte[] {1});
        byte[] tail = fragment(CERTIFICATE_VERIFY, 70, 30, 40);

        assertThat(gate.pass(change)).isEmpty();
        assertThat(gate.pass(join(tail, change))).isEqualTo(tail);
        assertThat(gate.pass(fragment(CERTIFICATE_VERIFY, 70, 0, 20))).hasSize(45);
        assertThat(gate.pass(change)).isEmpty();
        assertThat(gate.pass(join(fragment(CERTIFICATE_VERIFY, 70, 10, 25), change))).hasSize(64);
        assertThat(gate.pass(change)).isEqualTo(change);
    }

    private static byte[] fragment(int type, int messageBytes, int offset, int bytes) {
        byte[] body =
                ByteBuffer.allocate(12 + bytes)
                        .putInt(type << 24 | messageBytes)
                        .putShort((short) 1)
                        .put((byte) 0)
                        .putShort((short) offset)
                        .put((byte) 0)
                        .putShort((short) bytes)
                        .array();
        return record(22, body);
    }

    private static byte[] record(int type, byte[] body) {
        return ByteBuffer.allocate(13 + body.length)
                .put((byte) type)
                .putShort((short) 0xFEFD)
                .position(11)
                .putShort((short) body.length)
                .put(body)
                .array();
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }
}
