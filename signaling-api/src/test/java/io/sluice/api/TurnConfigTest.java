package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TurnConfigTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

    @Test
    void shouldSignWhenACredentialEndsWithTheSecretThatIsShared() {
        TurnConfig config =
                new TurnConfig(
                        List.of("turn:turn.example:3478?transport=udp", "turns:turn.example:443"),
                        "north",
                        Duration.ofHours(1));

        List<IceServer> servers = config.servers(NOW);

        assertThat(servers)
                .extracting(IceServer::url)
                .containsExactly("turn:turn.example:3478?transport=udp", "turns:turn.example:443");
        // printf %s 1700003600:sluice | openssl dgst -sha1 -hmac north -binary | base64
        assertThat(servers)
                .allMatch(server -> server.username().equals("1700003600:sluice"))
                .allMatch(server -> server.credential().equals("pWCUPLvEF/dmXx1jfyhDpg+VhP0="));
    }

    @Test
    void shouldNameNobodyByDefault() {
        assertThat(TurnConfig.none().servers(NOW)).isEmpty();
    }

    @Test
    void shouldTakeTurnServersOnlyAndNeverShowTheSecret() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new TurnConfig(List.of("stun:a.example"), "north", Duration.ofHours(1)))
                .withMessageContaining("turn:host:3478");
        assertThat(
                        new TurnConfig(List.of("turn:a.example"), "north", Duration.ofHours(1))
                                .toString())
                .doesNotContain("north");
    }
}
