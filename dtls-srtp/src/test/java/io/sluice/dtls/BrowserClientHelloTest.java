package io.sluice.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrowserClientHelloTest {

    private static final int HANDSHAKE = 22;
    private static final int SERVER_HELLO = 2;

    @ParameterizedTest
    @CsvSource({
        "chromium156, 0 1",
        "chromium156, 1 0",
        "chromium156, 1 1 0 0",
        "firefox153, 0 1",
        "firefox153, 1 0",
        "firefox153, 0 0 1 1"
    })
    void shouldAnswerBrowsersInDtls12(String browser, String order) {
        List<byte[]> datagrams = ClientHellos.datagrams(browser);
        DtlsHandshakes handshakes = new DtlsHandshakes(DtlsConfig.defaults());
        try (TestLoop loop = new TestLoop()) {
            Side server =
                    new Side(
                            loop,
                            DtlsRole.SERVER,
                            Side.IDENTITY,
                            List.of(Side.OTHER_IDENTITY.fingerprint()),
                            handshakes);
            loop.run(server.association::start);
            for (String index : order.split(" ")) {
                loop.run(() -> server.receive(datagrams.get(Integer.parseInt(index))));
            }

            await().until(() -> server.over() || loop.call(() -> !server.sent.isEmpty()));
            assertThat(server.failure).isNull();
            byte[] answer = loop.call(() -> server.sent.getFirst());
            assertThat(answer[0]).isEqualTo((byte) HANDSHAKE);
            assertThat(answer[13]).isEqualTo((byte) SERVER_HELLO);
            // DTLS 1.2, as the record says and the message.
            assertThat(answer).startsWith(HANDSHAKE, 0xFE, 0xFD);
            assertThat(answer[25]).isEqualTo((byte) 0xFE);
            assertThat(answer[26]).isEqualTo((byte) 0xFD);
            loop.run(server.association::close);
            await().until(() -> handshakes.running() == 0);
        }
    }
}
