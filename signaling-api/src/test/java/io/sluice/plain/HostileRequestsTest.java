package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.ApiLimits;
import io.sluice.api.ApiLimits.ConnectionLimits;
import io.sluice.api.Rate;
import io.sluice.api.SocketLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be wrong before there is a WebSocket, byte by byte. */
final class HostileRequestsTest extends PlainServerTest {
    private static final String PATH = "/api/v1/rooms/maths/ws";
    private static final String VERSION = "Sec-WebSocket-Version: 13";

    /** Longer than any of these tests takes. */
    private static final Duration LONG = Duration.ofMinutes(5);

    /**
     * @param first for the first request of a connection
     * @param next between two of them
     */
    private void limit(int connections, Duration first, Duration next) {
        ApiLimits limits =
                ApiLimits.defaults()
                        .withConnections(new ConnectionLimits(connections, first, next, LONG));
        restart(config().withLimits(limits), PlainConfig.defaults());
    }

    @Test
    void shouldNotWaitForAnUpgradeThatIsDribbled() throws IOException {
        limit(100, Duration.ofMillis(200), LONG);
        long startNanos = System.nanoTime();
        try (RawSocket slow = new RawSocket(server.port());
                RawSocket silent = new RawSocket(server.port())) {
            Iterator<String> parts =
                    Stream.concat(
                                    Stream.of("GET " + PATH + " HTTP/1.1\r\nHost: a\r\nX-Slow: "),
                                    Stream.generate(() -> "x"))
                            .iterator();
            await().until(() -> isRefused(slow, parts.next()));
            assertThat(System.nanoTime() - startNanos).isGreaterThan(150_000_000L);
            assertThat(silent.ends()).isTrue();
        }
    }

    /** Writes one more part of a request. */
    private static boolean isRefused(RawSocket socket, String part) {
        try {
            socket.write(part);
            return false;
        } catch (IOException ended) {
            return true;
        }
    }

    @Test
    void shouldNotWaitForTheNextRequestForEver() throws IOException {
        limit(100, LONG, Duration.ofMillis(200));
        try (RawSocket next = new RawSocket(server.port())) {
            next.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(next.head()).startsWith("HTTP/1.1 200");
            assertThat(next.ends()).isTrue();
        }
    }

    @Test
    void shouldLeaveAnOpenWebSocketToTheProtocol() throws IOException {
        limit(100, LONG, Duration.ofMillis(50));
        TestClient ada = joined("ada");
        room.admit();
        ada.next("joined");
        try (RawSocket witness = new RawSocket(server.port())) {
            witness.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(witness.ends()).isTrue();
        }
        ada.send(TestClient.message("ping")).next("pong");
    }

    @Test
    void shouldTakeNoMoreConnectionsThanAllowed() throws IOException {
        limit(2, LONG, LONG);
        List<RawSocket> sockets = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sockets.add(new RawSocket(server.port()));
        }
        assertThat(sockets.get(2).ends()).isTrue();
        // Those that became WebSockets are counted out too.
        for (int i = 0; i < 5; i++) {
            sockets.get(0).close();
            await().ignoreExceptions()
                    .untilAsserted(() -> {
                        RawSocket another = new RawSocket(server.port());
                        sockets.set(0, another);
                        assertThat(another.request(PATH, VERSION)).startsWith("HTTP/1.1 101");
                    });
        }
        for (RawSocket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void shouldSlowDownWhoJoinsTooOften() throws IOException {
        restart(
                config().withSessions(
                                Duration.ofSeconds(1),
                                SocketLimits.defaults().withJoins(new Rate(1, 3))),
                PlainConfig.defaults());
        int sent = 0;
        String answer = join();
        // Three, or more where the machine is slow.
        while (answer.contains(" 401 ") && sent < 50) {
            sent++;
            answer = join();
        }
        assertThat(sent).isGreaterThanOrEqualTo(3);
        assertThat(answer)
                .startsWith("HTTP/1.1 429 ")
                .contains("application/problem+json")
                .contains("retry-after: 1\r\n");
        assertThat(gate.refusedHasty()).isEqualTo(1);
        // The clients of a proxy on this machine do not pay for it, nor for each other.
        sent = 0;
        while (!proxied("192.0.2.1").contains(" 429 ")) {
            assertThat(++sent).isLessThan(50);
        }
        assertThat(proxied("198.51.100.9, 192.0.2.2")).contains(" 401 ");
        await().until(() -> gate.sockets() == 0);
    }

    private String join() throws IOException {
        try (RawSocket socket = new RawSocket(server.port())) {
            return socket.request(PATH + "?access_token=x", VERSION);
        }
    }

    /** HAProxy adds a header behind that of the client. */
    private String proxied(String forwardedFor) throws IOException {
        try (RawSocket socket = new RawSocket(server.port())) {
            return socket.request(
                    PATH + "?access_token=x",
                    VERSION,
                    "X-Forwarded-For: 192.0.2.77",
                    "X-Forwarded-For: " + forwardedFor);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-WebSocket-Version: 99",
                "X-No: version",
                VERSION + "\r\nContent-Length: 5",
                VERSION + "\r\nTransfer-Encoding: chunked"
            })
    void shouldAnswerAnUpgradeThatIsNoWebSocket(String version) throws IOException {
        try (RawSocket raw = new RawSocket(server.port())) {
            assertThat(raw.request(PATH, version)).containsPattern("^HTTP/1.1 4\\d\\d ");
        }
        await().until(() -> gate.sockets() == 0);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/rooms/%zz/ws, 400",
        "/api/v1/rooms/maths/ws?access_token=%zz, 400",
        "/api/v1/rooms/maths/ws?%zz=%, 400",
        "/api/v1/rooms/%c0%ae%c0%ae/ws, 400",
        "/api/v1/rooms/a%00b/ws, 400",
        "/api/v1/rooms/a%e2%80%a8b/ws, 400",
        "/api/v1/rooms//ws, 404",
        "/api/v1/rooms/../ws, 404",
        "/api/v1/rooms/%2e%2e/ws, 404",
        "/api/v1/rooms/%2e%2e/%2e%2e/%2e%2e/etc/passwd, 404",
    })
    void shouldNotBeTrickedByAPath(String target, int status) throws IOException {
        try (RawSocket raw = new RawSocket(server.port())) {
            assertThat(raw.request(target, VERSION)).startsWith("HTTP/1.1 " + status + " ");
        }
        await().until(() -> gate.sockets() == 0);
    }

    /** A token opens the room that the path means in the end, whatever it looks like. */
    @ParameterizedTest
    @CsvSource({
        "/api/v1/rooms/maths/../chess/ws, 403",
        "/api/v1/rooms/maths/%2e%2e/chess/ws, 403",
        "/api/v1/rooms/maths%2f..%2fchess/ws, 403",
        "/api/v1/rooms/maths%252f..%252fchess/ws, 403",
        "/api/v1/rooms/maths;x=1/ws, 403",
        "/api/v1/rooms/MATHS/ws, 403",
        "/api/v1/rooms/chess/../maths/ws, 101",
        "/api/v1/rooms/%6daths/ws, 101",
    })
    void shouldOpenNoOtherRoomThanTheTokens(String path, int status) throws IOException {
        try (RawSocket raw = new RawSocket(server.port())) {
            assertThat(raw.request(path + "?access_token=" + token("ada"), VERSION))
                    .startsWith("HTTP/1.1 " + status + " ");
        }
    }
}
