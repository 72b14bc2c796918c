package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.api.IceServer;
import io.sluice.ice.UdpConfig;
import io.sluice.room.RoomConfig;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class StartOptionsTest {
    private static final String KEY = "key: 0123456789abcdef0123456789abcdef";

    private static SluiceConfig config(String... arguments) {
        return config(Map.of(), arguments);
    }

    private static SluiceConfig config(Map<String, String> environment, String... arguments) {
        return CommandLine.populateCommand(new StartOptions(), arguments).config(environment);
    }

    @Test
    void shouldMeanDevelopmentWithoutArguments() {
        SluiceConfig config = config();

        assertThat(config.api().access().devMode()).isTrue();
        assertThat(config.api().http().isLoopback()).isTrue();
        assertThat(config.api().http().port()).isEqualTo(7880);
        assertThat(config.media().udpPort()).isEqualTo(7882);
        assertThat(config.ice().addresses().loopback()).isTrue();
        assertThat(config.media().localAddresses()).anyMatch(InetAddress::isLoopbackAddress);
    }

    @Test
    void shouldTakeKeysFromTheCommandLineAndTheEnvironment() {
        SluiceConfig config =
                config(
                        Map.of("SLUICE_KEYS", "\nother: 0123456789abcdef0123456789abcdef\n"),
                        "--keys",
                        KEY,
                        "--local-address",
                        "192.0.2.1");

        assertThat(config.api().access().devMode()).isFalse();
        assertThat(config.api().access().keys().names()).containsExactlyInAnyOrder("key", "other");
        assertThat(config.ice().addresses().loopback()).isFalse();
    }

    @Test
    void shouldTellNobodyUnlessWebhooksAreNamed() {
        assertThat(config().webhooks()).isNull();
        WebhookSettings webhooks =
                Objects.requireNonNull(
                        config(
                                        "--webhook-url",
                                        "https://app.example/hook",
                                        "--data-directory",
                                        "/var/lib/sluice")
                                .webhooks());

        assertThat(webhooks.apiKey()).isEqualTo("devkey");
        assertThat(webhooks.queue().urls()).containsExactly(URI.create("https://app.example/hook"));
        assertThat(webhooks.queue().directory()).isEqualTo(Path.of("/var/lib/sluice"));
    }

    @Test
    void shouldSayWhatIsWrongWithWebhooks() {
        String two = "other: 0123456789abcdef0123456789abcdef";
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        config("--keys", KEY, "--keys", two, "--webhook-url", "http://a.example/"))
                .withMessageContaining("--webhook-key");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> config("--webhook-url", "http://a.example/", "--webhook-key", "none"))
                .withMessageContaining("not an API key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config("--webhook-url", "ftp://a.example/"))
                .withMessageContaining("http://");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config("--webhook-url", "http://a b/"))
                .withMessageContaining("not an address");
    }

    @Test
    void shouldRefuseAShortSecret() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config("--keys", "devkey: secret"))
                .withMessageContaining("openssl rand");
    }

    @Test
    void shouldNotOpenItselfToTheNetworkWithoutKeys() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config("--host", "0.0.0.0"))
                .withMessageContaining("--dev");
        assertThat(config("--dev", "--host", "0.0.0.0").api().access().devMode()).isTrue();
    }

    @Test
    void shouldRefuseKeysInDevelopment() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config("--dev", "--keys", KEY))
                .withMessageContaining("--dev");
    }

    @Test
    void shouldReadPortsLoopsAndAddresses() throws Exception {
        SluiceConfig config =
                config(
                        "--port",
                        "80",
                        "--udp-port",
                        "9000",
                        "--loops",
                        "3",
                        "--local-address",
                        "127.0.0.1",
                        "--local-address",
                        "::1",
                        "--advertised-address",
                        "10.0.0.1=203.0.113.1",
                        "--advertised-address",
                        "203.0.113.2",
                        "--no-auto-create",
                        "--allowed-origin",
                        "https://app.example");

        assertThat(config.api().http().port()).isEqualTo(80);
        assertThat(config.api().access().autoCreate()).isFalse();
        assertThat(config.api().access().allowedOrigins()).containsExactly("https://app.example");
        assertThat(config.media().udpPort(2)).isEqualTo(9002);
        assertThat(config.media().localAddresses())
                .containsExactly(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("::1"));
        assertThat(config.ice().addresses().publicOnes())
                .containsEntry(
                        InetAddress.getByName("10.0.0.1"), InetAddress.getByName("203.0.113.1"));
        assertThat(config.ice().addresses().advertised())
                .containsExactly(InetAddress.getByName("203.0.113.2"));
    }

    @Test
    void shouldTellClientsOfIceServers() {
        assertThat(config().whip().iceServers()).isEmpty();
        assertThat(config().whip().strict()).isFalse();
        SluiceConfig config =
                config(
                        Map.of(
                                StartOptions.ICE_SERVERS_VARIABLE,
                                "turn:t.example user password\n\nturns:t.example user password\n"),
                        "--ice-server",
                        "stun:s.example:3478",
                        "--whip-strict");
        assertThat(config.whip().strict()).isTrue();
        assertThat(config.whip().iceServers())
                .extracting(IceServer::url)
                .containsExactly("stun:s.example:3478", "turn:t.example", "turns:t.example");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config("--ice-server", "http://x"))
                .withMessageContaining("stun:");
    }

    @Test
    void shouldCarryMediaByTheQuickestMeansUnlessToldOtherwise() {
        SluiceConfig quick = config();
        assertThat(quick.loop().udp()).isEqualTo(new UdpConfig(true, true, false));
        assertThat(quick.transport().padding()).isTrue();

        SluiceConfig careful = config("--no-udp-segment", "--no-padding", "--netty-sockets");
        assertThat(careful.loop().udp()).isEqualTo(new UdpConfig(false, false, false));
        assertThat(careful.transport().padding()).isFalse();
    }

    @Test
    void shouldBoundWhatViewersAreSentUnlessToldNotTo() {
        assertThat(config().transport().estimators()).isNotNull();
        assertThat(config("--no-congestion-control").transport().estimators()).isNull();
    }

    @Test
    void shouldForwardAllAudioUnlessToldOtherwise() {
        assertThat(config().room().loudestAudio().tracks()).isZero();
        assertThat(
                        config("--loudest-audio", "3", "--loudest-audio-from", "50")
                                .room()
                                .loudestAudio())
                .isEqualTo(new RoomConfig.LoudestAudio(3, 50));
        assertThatIllegalArgumentException().isThrownBy(() -> config("--loudest-audio", "-1"));
    }

    @Test
    void shouldWarmUpUnlessToldNotTo() {
        assertThat(config().media().warmUp()).isEqualTo(Duration.ofMillis(300));
        assertThat(config("--no-warm-up").media().warmUp()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port=70000",
                "--port=-1",
                "--udp-port=65535 --loops=2",
                "--loops=0",
                "--local-address=0.0.0.0",
                "--local-address=",
                "--keys=nocolon"
            })
    void shouldRefuseWhatCannotBe(String argument) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config(argument.split(" ")))
                .satisfies(refused -> assertThat(refused.getMessage()).isNotBlank());
    }
}
