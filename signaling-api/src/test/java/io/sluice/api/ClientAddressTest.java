package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientAddressTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "127.0.0.1 | 192.0.2.1 | 192.0.2.1",
                "127.0.0.1 | 198.51.100.7, 192.0.2.1 | 192.0.2.1",
                "::1 | 198.51.100.7 ,2001:db8::1 | 2001:db8:0:0:0:0:0:1",
                "127.0.0.1 | nonsense | 127.0.0.1",
                "127.0.0.1 | 192.0.2.1, | 127.0.0.1",
                "127.0.0.1 | '' | 127.0.0.1",
                "127.0.0.1 | 192.0.2.1:443 | 127.0.0.1",
                "203.0.113.7 | 192.0.2.1 | 203.0.113.7",
            })
    void shouldBelieveTheEndOfWhatAProxyOnThisMachineSays(
            String remote, String forwardedFor, String client) {
        assertThat(ClientAddress.of(remote, List.of(forwardedFor))).isEqualTo(client);
    }

    @Test
    void shouldTakeTheLastOfSeveralHeaders() {
        assertThat(ClientAddress.of("127.0.0.1", List.of("198.51.100.7", "192.0.2.1")))
                .isEqualTo("192.0.2.1");
        assertThat(ClientAddress.of("127.0.0.1", List.of())).isEqualTo("127.0.0.1");
    }
}
