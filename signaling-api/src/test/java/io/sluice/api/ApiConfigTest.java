package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ApiConfigTest {
    private static final String STRONG = "0123456789abcdef0123456789abcdef";

    @Test
    void shouldRefuseAShortSecretOutsideOfDevMode() {
        ApiKeys keys = ApiKeys.parse(List.of("key: " + STRONG.substring(1)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiConfig.defaults(keys))
                .withMessageContaining("openssl rand -base64 32")
                .withMessageContaining("31 bytes");
    }

    @Test
    void shouldTakeALongSecret() {
        ApiConfig config = ApiConfig.defaults(ApiKeys.parse(List.of("key: " + STRONG)));

        assertThat(config.access().devMode()).isFalse();
        assertThat(config.http().isLoopback()).isTrue();
    }

    @Test
    void shouldTakeTheShortSecretOfDevMode() {
        assertThat(ApiConfig.development().access().keys().names()).containsExactly("devkey");
    }

    @Test
    void shouldRefuseToStartWithoutKeys() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiConfig.defaults(ApiKeys.parse(List.of())))
                .withMessageContaining("--keys");
    }

    @Test
    void shouldRefuseALineThatIsNoKeyWithoutRepeatingIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiKeys.parse(List.of(STRONG)))
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain(STRONG));
    }

    @Test
    void shouldNeverPrintASecret() {
        ApiConfig config = ApiConfig.defaults(ApiKeys.parse(List.of("key: " + STRONG)));

        assertThat(config.toString()).contains("key").doesNotContain(STRONG);
    }

    @Test
    void shouldRefuseAPortThatCannotBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiConfig.development().withAddress("127.0.0.1", 70_000))
                .withMessageContaining("port");
    }

    @Test
    void shouldKnowWhetherOnlyThisMachineReachesIt() {
        ApiConfig config = ApiConfig.development();

        assertThat(config.withAddress("::1", 1).http().isLoopback()).isTrue();
        assertThat(config.withAddress("localhost", 1).http().isLoopback()).isTrue();
        assertThat(config.withAddress("0.0.0.0", 1).http().isLoopback()).isFalse();
        assertThat(config.withAddress("sluice.example", 1).http().isLoopback()).isFalse();
    }
}
