package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.ice.IceConfig;
import io.sluice.ice.IceFailure;
import io.sluice.ice.IceListener;
import io.sluice.ice.IceWarmUp;
import io.sluice.ice.Path;
import io.sluice.loop.Loop;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server learns of its public address, from whom it can and from whom it cannot. */
final class PublicAddressesTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress OTHER = InetAddress.ofLiteral("127.0.0.2");
    private static final InetAddress PUBLIC = InetAddress.ofLiteral("203.0.113.7");
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int COOKIE = 0x2112a442;

    /** Hears of a session that nobody uses. */
    private static final class Nobody implements IceListener {
        @Override
        public void onPath(Path path) {}

        @Override
        public void onPathLost() {}

        @Override
        public void onIceFailed(IceFailure reason) {}

        @Override
        public boolean onMedia(int slot, int length, long nowNanos) {
            return false;
        }

        @Override
        public void onDtls(int slot, int length, long nowNanos) {}
    }

    @BeforeAll
    static void warmUp() {
        IceWarmUp.warmUp();
    }

    private static MediaConfig media(int stunPort, InetAddress... local) {
        return new MediaConfig(
                1,
                0,
                0,
                List.of(local),
                Duration.ZERO,
                StunServer.parse("stun:127.0.0.1:" + stunPort));
    }

    private static IceConfig learn(MediaConfig media, Duration patience) {
        return PublicAddresses.learn(
                media, IceConfig.defaults().withLoopback(true), patience, new Random(1));
    }

    /** Says to everybody that they come from the public address. */
    private static void answer(DatagramSocket server) {
        byte[] bytes = new byte[100];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                server.receive(packet);
                byte[] answer =
                        ByteBuffer.allocate(32)
                                .putShort((short) 0x0101)
                                .putShort((short) 12)
                                .put(bytes, 4, 16)
                                .putShort((short) 0x0020)
                                .putShort((short) 8)
                                .putShort((short) 1)
                                .putShort((short) 0)
                                .putInt(ByteBuffer.wrap(PUBLIC.getAddress()).getInt() ^ COOKIE)
                                .array();
                server.send(new DatagramPacket(answer, 32, packet.getSocketAddress()));
            }
        } catch (SocketException closed) {
            // The test is over.
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void shouldTellClientsWhatAStunServerSees() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, LOOPBACK)) {
            Thread.ofVirtual().start(() -> answer(server));
            MediaConfig media = media(server.getLocalPort(), LOOPBACK, OTHER);

            IceConfig learned = learn(media, PATIENCE);

            assertThat(learned.addresses().publicOnes())
                    .isEqualTo(Map.of(LOOPBACK, PUBLIC, OTHER, PUBLIC));
            SluiceConfig config = SluiceConfig.development().withMedia(media);
            try (MediaPorts ports = MediaPorts.open(config, new SecureRandom())) {
                Loop loop = ports.loops().getFirst();
                List<String> candidates =
                        CompletableFuture.supplyAsync(
                                        () -> loop.ice().open(new Nobody()).candidates(), loop)
                                .join();
                // Of UDP and of TCP, and both local addresses are one to others.
                assertThat(candidates)
                        .hasSize(2)
                        .allMatch(candidate -> candidate.contains(" 203.0.113.7 "));
            }
        }
    }

    @Test
    void shouldLearnNothingNewFromOneThatSeesTheLocalAddress() throws Exception {
        SluiceConfig config =
                SluiceConfig.development()
                        .withMedia(new MediaConfig(1, 0, List.of(LOOPBACK), Duration.ZERO));
        try (MediaPorts ports = MediaPorts.open(config, new SecureRandom())) {
            Loop loop = ports.loops().getFirst();

            IceConfig learned = learn(media(loop.port().port(), LOOPBACK, OTHER), PATIENCE);

            assertThat(learned.addresses().publicOnes()).isEmpty();
            assertThat(loop.ice().plainAnswers()).isEqualTo(2);
        }
    }

    @Test
    void shouldGoOnWhereNobodyAnswers() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, LOOPBACK);
                LogLines log = new LogLines()) {
            IceConfig learned =
                    learn(media(silent.getLocalPort(), LOOPBACK), Duration.ofMillis(20));

            assertThat(learned.addresses().publicOnes()).isEmpty();
            assertThat(log.last())
                    .anyMatch(line ->
                            line.contains("127.0.0.1 is not known")
                                    && line.contains("--advertised-address"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"stun.example", "turn:stun.example", "stun:a:0", "stun:a:99999", "stun:"})
    void shouldRefuseWhatIsNoStunServer(String url) {
        assertThatThrownBy(() -> StunServer.parse(url)).hasMessageContaining("stun:stun.example");
    }

    @Test
    void shouldKnowTheUsualPort() {
        assertThat(StunServer.parse("stun:stun.example"))
                .isEqualTo(new StunServer("stun.example", 3478));
        assertThat(StunServer.parse("stun:[::1]:1")).isEqualTo(new StunServer("[::1]", 1));
    }
}
