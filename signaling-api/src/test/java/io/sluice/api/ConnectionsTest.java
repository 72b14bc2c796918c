package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.ApiLimits.ConnectionLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that mean harm: those that are slow, and those that are many. */
final class ConnectionsTest {
    /** For what is to be late. */
    private static final Duration SHORT = Duration.ofMillis(300);

    /** For what is to be in time, on a machine that does much else, and whose end is waited for all the same. */
    private static final Duration BRIEF = Duration.ofSeconds(1);

    /** Longer than any of these tests takes. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        serve(10, SHORT, LONG);
    }

    private void restart(
            int maxConnections,
            Duration headerTimeout,
            Duration keepAliveTimeout,
            SignalingProtocol... protocols)
            throws IOException {
        server.close();
        serve(maxConnections, headerTimeout, keepAliveTimeout, protocols);
    }

    private void serve(
            int maxConnections,
            Duration headerTimeout,
            Duration keepAliveTimeout,
            SignalingProtocol... protocols)
            throws IOException {
        ApiConfig config = ApiConfig.development().withAddress("127.0.0.1", 0);
        ApiLimits limits =
                config.limits()
                        .withConnections(
                                new ConnectionLimits(
                                        maxConnections, headerTimeout, keepAliveTimeout, LONG));
        server = HttpServer.start(config.withLimits(limits), List.of(protocols));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
                // What was said before the end.
            }
            return true;
        } catch (SocketException reset) {
            return true;
        }
    }

    private static void pause(Duration time) {
        await().pollDelay(time).until(() -> true);
    }

    @Test
    void shouldCloseAConnectionThatSaysNothing() throws IOException {
        try (Socket socket = connect()) {
            assertThat(isClosed(socket)).isTrue();
        }
        await().atMost(PATIENCE).until(() -> server.connections().late() == 1);
    }

    @Test
    void shouldCloseAConnectionThatDribblesItsHeader() throws IOException {
        try (Socket socket = connect()) {
            dribble(socket, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n");
            assertThat(isClosed(socket)).isTrue();
        }
    }

    /** Never idle, and never done. */
    private void dribble(Socket socket, String beginning) {
        Iterator<String> parts =
                Stream.concat(Stream.of(beginning), Stream.generate(() -> "X: y\r\n")).iterator();
        await().pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .until(() -> {
                    try {
                        send(socket, parts.next());
                        return server.connections().late() == 1;
                    } catch (SocketException closed) {
                        return true;
                    }
                });
    }

    @Test
    void shouldKeepAConnectionThatAsksAgain() throws Exception {
        restart(10, BRIEF, LONG);
        try (Socket socket = connect()) {
            askForHealth(socket);
            // Longer than the first header may take.
            pause(BRIEF.plusMillis(100));
            askForHealth(socket);
        }
        assertThat(server.connections().late()).isZero();
    }

    private static void askForHealth(Socket socket) throws IOException {
        send(socket, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\nOK")) {
            int next = in.read();
            assertThat(next).as(answer.toString()).isNotNegative();
            answer.append((char) next);
        }
    }

    @Test
    void shouldCloseAConnectionThatDribblesItsSecondHeader() throws IOException {
        restart(10, LONG, SHORT);
        try (Socket socket = connect()) {
            String request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n";
            dribble(socket, request + "\r\n" + request);
            assertThat(isClosed(socket)).isTrue();
        }
        assertThat(server.connections().late()).isEqualTo(1);
    }

    @Test
    void shouldRefuseMoreConnectionsThanItMayHave() throws IOException {
        restart(3, LONG, LONG);
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                sockets.add(connect());
            }
            await().atMost(PATIENCE).until(() -> server.connections().open() == 3);
            try (Socket fourth = connect()) {
                assertThat(isClosed(fourth)).isTrue();
            }
            assertThat(server.connections().refused()).isEqualTo(1);
            // Half open: the other side is gone and says so to nobody but the kernel.
            sockets.removeFirst().close();
            await().atMost(PATIENCE).until(() -> server.connections().open() == 2);
            try (HttpClient client = HttpClient.newHttpClient()) {
                URI uri = URI.create("http://127.0.0.1:" + server.port() + "/healthz");
                assertThat(
                                client.send(
                                                HttpRequest.newBuilder(uri).build(),
                                                BodyHandlers.ofString())
                                        .statusCode())
                        .isEqualTo(200);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void shouldLeaveAWebSocketAlone() throws Exception {
        restart(
                10,
                BRIEF,
                SHORT,
                router ->
                        router.get("/echo")
                                .handler(routing ->
                                        routing.request()
                                                .toWebSocket()
                                                .onSuccess(socket ->
                                                        socket.textMessageHandler(
                                                                socket::writeTextMessage))));
        CompletableFuture<CharSequence> heard = new CompletableFuture<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            WebSocket socket =
                    client.newWebSocketBuilder()
                            .buildAsync(
                                    URI.create("ws://127.0.0.1:" + server.port() + "/echo"),
                                    new WebSocket.Listener() {
                                        @Override
                                        public CompletionStage<?> onText(
                                                WebSocket from, CharSequence text, boolean last) {
                                            heard.complete(text);
                                            return CompletableFuture.completedFuture(null);
                                        }
                                    })
                            .get();
            try {
                pause(BRIEF.plusMillis(100));
                assertThat(server.connections().late()).isZero();
                assertThat(server.connections().open()).isEqualTo(1);
                socket.sendText("still here", true).get();

                assertThat(heard.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .hasToString("still here");
            } finally {
                socket.abort();
            }
        }
    }
}
