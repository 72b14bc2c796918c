package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server of our own, and whatever else answers, say of where we come from. */
class StunQuestionTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final byte[] TRANSACTION = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

    private static TestStun answer() {
        return new TestStun(StunMessage.BINDING_SUCCESS, TRANSACTION);
    }

    static List<byte[]> answers() {
        return List.of(
                answer().mapped(new byte[] {10, 0, 0, 1}, 7882).fingerprint(0).bytes(),
                answer().add(0x8022, new byte[3]).mapped(new byte[16], 1).bytes(),
                answer().add(TestStun.XOR_MAPPED, new byte[2]).bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.2", "::1"})
    void shouldLearnTheAddressFromOurOwnPort(String address) throws Exception {
        IceFixture ice = new IceFixture(IceFixture.CONFIG);
        try {
            InetAddress from = InetAddress.ofLiteral(address);
            InetAddress to = from.getAddress().length == 4 ? TestClient.LOOPBACK : from;
            Optional<StunQuestion.Answer> answer =
                    StunQuestion.ask(
                            from,
                            new InetSocketAddress(to, ice.port.port()),
                            PATIENCE,
                            new Random(1));
            assertThat(answer).contains(new StunQuestion.Answer(from));
        } finally {
            ice.close();
        }
    }

    @Test
    void shouldGiveUpWhereNobodyAnswers() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, TestClient.LOOPBACK)) {
            assertThat(
                            StunQuestion.ask(
                                    null,
                                    new InetSocketAddress(
                                            TestClient.LOOPBACK, silent.getLocalPort()),
                                    Duration.ofMillis(20),
                                    new Random(1)))
                    .isEmpty();
        }
    }

    @Test
    void shouldFindNoAddressWhereThereIsNone() {
        assertThat(StunQuestion.mapped(answer().bytes())).isNull();
        assertThat(StunQuestion.mapped(answers().get(1))).isNotNull();
        assertThat(StunQuestion.mapped(answers().get(2))).isNull();
    }

    @MethodSource("answers")
    @FuzzTest
    void mapped(byte[] bytes) {
        InetAddress mapped = StunQuestion.mapped(bytes);
        assertThat(mapped == null || mapped.getAddress().length >= 4).isTrue();
    }
}
