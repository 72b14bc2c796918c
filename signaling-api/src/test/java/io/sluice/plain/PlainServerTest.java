package io.sluice.plain;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiKeys;
import io.sluice.api.Grants;
import io.sluice.api.HttpServer;
import io.sluice.api.SocketGate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server with the plain protocol, whose room the test plays, and clients to it. */
abstract class PlainServerTest {
    static {
        // Awaitility's own 100 ms, before the first look and between two, would be much of the
        // time that these tests take.
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
        // On a machine that does much else at the same time.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    static final String OFFER = recorded("chromium156-offer-plain-av-trickle-nocand");
    static final String RECEIVING_OFFER = recorded("chromium156-offer-recvonly-av");
    final AccessTokens tokens = new AccessTokens(ApiKeys.DEV, Clock.systemUTC());
    final HttpClient http = HttpClient.newHttpClient();
    final ScriptedRoom room = new ScriptedRoom();
    HttpServer server;
    PlainProtocol protocol;
    SocketGate gate;

    static String recorded(String name) {
        try (InputStream in =
                Objects.requireNonNull(
                        PlainServerTest.class.getResourceAsStream(
                                "/io/sluice/sdp/" + name + ".sdp"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    static ApiConfig config() {
        return ApiConfig.development().withAddress("127.0.0.1", 0);
    }

    @BeforeEach
    void start() {
        serve(config(), PlainConfig.defaults());
    }

    final void restart(ApiConfig config, PlainConfig plainConfig) {
        server.close();
        serve(config, plainConfig);
    }

    private void serve(ApiConfig config, PlainConfig plainConfig) {
        gate = new SocketGate(config, tokens);
        protocol =
                new PlainProtocol(
                        config,
                        plainConfig,
                        gate,
                        (name, _, create) -> create ? Optional.of(room) : Optional.empty(),
                        new SecureRandom());
        try {
            server = HttpServer.start(config, List.of(protocol));
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    String token(String identity) {
        return tokens.issue("devkey", Grants.join("maths", identity, null), Duration.ofHours(1));
    }

    URI uri(String room, String query) {
        return URI.create(
                "ws://127.0.0.1:" + server.port() + "/api/v1/rooms/" + room + "/ws" + query);
    }

    TestClient connect() {
        return new TestClient(http, uri("maths", ""));
    }

    /** One who is in the room and was told so. */
    TestClient joined(String identity) {
        return connect().join(token(identity));
    }

    int refusal(URI uri, String... headers) {
        WebSocket.Builder builder = http.newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        CompletionException failed =
                catchThrowableOfType(
                        CompletionException.class,
                        () -> builder.buildAsync(uri, new WebSocket.Listener() {}).join());
        return failed.getCause() instanceof WebSocketHandshakeException refused
                ? refused.getResponse().statusCode()
                : -1;
    }
}
