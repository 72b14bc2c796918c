package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Rate;
import io.sluice.api.SocketLimits;
import io.sluice.server.hostile.TcpStranger;
import io.sluice.whip.WhipConfig;
import io.sluice.whip.WhipCounters;
import io.sluice.whip.WhipCounters.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** WHIP requests that mean harm, beside two people in a call and in the same room with them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileWhipIT {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** In one second. */
    private static final int POSTS = 1_000;

    private static final int SECONDS = 3;
    private static final int CONNECTIONS = 4;
    private static final Rate ANY_RATE = new Rate(100_000, 100_000);

    @SuppressWarnings("NullAway.Init")
    private Siege siege;

    @BeforeAll
    void begin() throws StartException {
        SluiceConfig config = Siege.config();
        SocketLimits usual = config.api().socketLimits();
        SocketLimits patient =
                new SocketLimits(
                        usual.incoming(), usual.patience(), usual.maxQueuedBytes(), ANY_RATE);
        WhipConfig whip = config.whip();
        // Else most would be refused unread.
        siege =
                new Siege(
                        config.withApi(
                                        config.api()
                                                .withSessions(
                                                        config.api().resumeTimeout(), patient))
                                .withWhip(
                                        new WhipConfig(
                                                whip.iceServers(),
                                                whip.strict(),
                                                ANY_RATE,
                                                whip.sdpLimits(),
                                                whip.replyTimeout())));
    }

    @AfterAll
    void end() {
        siege.close();
    }

    private static String post(String path, String token, String type, String body) {
        return "POST "
                + path
                + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + token
                + "\r\nContent-Type: "
                + type
                + "\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length
                + "\r\n\r\n"
                + body;
    }

    private long refused() {
        WhipCounters counters = siege.server().sluice().whip().counters();
        return EnumSet.allOf(Refusal.class).stream().mapToLong(counters::of).sum();
    }

    @Test
    void shouldRefuseAThousandBadBodiesASecondUnnoticed() {
        String token = siege.token("eve");
        String path = "/whip/" + Siege.ROOM;
        String[] bodies = {
            "",
            "v=0\r\n",
            "\u0000".repeat(500),
            "v=0\r\n" + "a=x\r\n".repeat(4_000),
            "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n".repeat(20),
            "v=0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
        };
        long before = refused();
        siege.withstand(() -> {
            long beginNanos = System.nanoTime();
            for (int round = 0; round < SECONDS * 10; round++) {
                for (int i = 0; i < CONNECTIONS; i++) {
                    flood(path, token, bodies, POSTS / 10 / CONNECTIONS);
                }
                long dueNanos = beginNanos + (round + 1) * 100_000_000L;
                await().pollInterval(Duration.ofMillis(5))
                        .atMost(PATIENCE)
                        .until(() -> System.nanoTime() - dueNanos >= 0);
            }
        });
        await().atMost(PATIENCE).until(() -> refused() - before == SECONDS * POSTS);
        assertThat(siege.server().sluice().whip().sessions(true)).isZero();
    }

    /** So many requests one after another on one connection, whatever is answered. */
    private void flood(String path, String token, String[] bodies, int posts) {
        int port = siege.server().sluice().httpPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < posts; i++) {
                String body = bodies[i % bodies.length];
                out.write(
                        post(path, token, "application/sdp", body)
                                .getBytes(StandardCharsets.UTF_8));
            }
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException hungUp) {
            throw new AssertionError(hungUp);
        }
    }

    @Test
    void shouldNotTellOthersOfASession() {
        int port = siege.server().sluice().httpPort();
        siege.withstand(() -> {
            for (String path :
                    new String[] {
                        "/whip/sessions/" + "A".repeat(32),
                        "/whip/sessions/..%2f..%2fapi",
                        "/whip/sessions/%00",
                        "/whep/sessions/" + "B".repeat(60_000)
                    }) {
                try (TcpStranger stranger = new TcpStranger(port)) {
                    stranger.write("DELETE " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
                    assertThat(stranger.status()).as(path).isIn(400, 404, 414);
                }
            }
        });
    }
}
