package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.HttpServer;
import io.sluice.api.SignalingProtocol;
import io.sluice.api.SocketLimits;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A server that stops while there are WebSockets, and what it holds for each until then. */
final class PlainStopTest extends PlainServerTest {
    private static final int GOING_AWAY = 1001;
    private static final String PATH = "/api/v1/rooms/maths/ws";
    private static final byte[] CLOSING = {0x03, (byte) 0xe8};

    /** The web server gives up then, and leaves open what it waited for. */
    private static final Duration ITS_PATIENCE = Duration.ofSeconds(60);

    /** What ends sooner than that has not waited in vain. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Duration timeToStop(HttpServer server) {
        long sinceNanos = System.nanoTime();
        server.close(ITS_PATIENCE);
        return Duration.ofNanos(System.nanoTime() - sinceNanos);
    }

    @Test
    void shouldTellClientsThatItStops() {
        TestClient ada = joined("ada");
        TestClient silent = connect();
        server.close();

        assertThat(ada.closeCode()).isEqualTo(GOING_AWAY);
        assertThat(silent.closeCode()).isEqualTo(GOING_AWAY);
        assertThat(gate.sockets()).isZero();
    }

    @Test
    void shouldNotWaitLongForClientsThatDoNotAnswer() throws Exception {
        List<RawSocket> mute = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            mute.add(RawSocket.upgraded(server.port(), PATH));
        }
        assertThat(timeToStop(server)).isLessThan(PATIENCE);
        for (RawSocket socket : mute) {
            assertThat(socket.closeCode()).isEqualTo(GOING_AWAY);
            socket.close();
        }
        assertThat(gate.sockets()).isZero();
    }

    @Test
    void shouldStopInTimeWhateverItsClientsDo() throws Exception {
        Random random = new Random(4);
        for (int round = 0; round < 10; round++) {
            List<RawSocket> raw = new ArrayList<>();
            // It waits until it has let go of every connection.
            try (HttpClient clients = HttpClient.newHttpClient()) {
                for (int i = 0; i < 20; i++) {
                    open(clients, raw, random.nextInt(5));
                }
                assertThat(timeToStop(server)).isLessThan(PATIENCE);
                assertThat(gate.sockets()).isZero();
                assertThat(server.connections().open()).isZero();
            }
            for (RawSocket socket : raw) {
                socket.close();
            }
            restart(config(), PlainConfig.defaults());
        }
    }

    /** A connection in one of the states in which it may be when the server stops. */
    private void open(HttpClient clients, List<RawSocket> raw, int state) throws IOException {
        if (state == 0) {
            TestClient _ = new TestClient(clients, uri("maths", "")).join(token("ada"));
        } else if (state == 1) {
            new TestClient(clients, uri("maths", "")).abort();
        } else if (state == 2) {
            RawSocket.upgraded(server.port(), PATH).close();
        } else if (state == 3) {
            raw.add(RawSocket.upgraded(server.port(), PATH).frame(RawSocket.CLOSE, true, CLOSING));
        } else {
            raw.add(new RawSocket(server.port()).write("GET " + PATH + " HTTP/1.1\r\n"));
        }
    }

    @Test
    void shouldKeepNothingOfTheRequestThatOpenedAWebSocket() throws Exception {
        // To collect garbage takes a while, and the client says nothing meanwhile.
        SocketLimits.Patience patient =
                SocketLimits.defaults().patience().withSilence(Duration.ofMinutes(2));
        restart(
                config().withSessions(
                                Duration.ofSeconds(1),
                                SocketLimits.defaults().withPatience(patient)),
                PlainConfig.defaults());
        List<WeakReference<HttpServerRequest>> requests = new CopyOnWriteArrayList<>();
        SignalingProtocol witness =
                router ->
                        router.route()
                                .handler(routing -> {
                                    requests.add(new WeakReference<>(routing.request()));
                                    routing.next();
                                });
        try (HttpServer watched = HttpServer.start(config(), List.of(witness, protocol));
                RawSocket socket = RawSocket.upgraded(watched.port(), PATH)) {
            await().until(() -> {
                System.gc();
                return requests.size() == 1 && requests.getFirst().refersTo(null);
            });
            byte[] joining =
                    TestClient.message("join")
                            .put("token", "x")
                            .toString()
                            .getBytes(StandardCharsets.UTF_8);
            assertThat(socket.frame(RawSocket.TEXT, true, joining).closeCode())
                    .isEqualTo(CloseCode.UNAUTHORIZED.code());
        }
    }
}
