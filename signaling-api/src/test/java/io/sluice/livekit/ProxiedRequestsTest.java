package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiLimits;
import io.sluice.api.ApiLimits.RestLimits;
import io.sluice.api.Cors;
import io.sluice.api.HttpServer;
import io.sluice.api.Rate;
import io.sluice.api.RequestRates;
import io.sluice.api.SocketGate;
import io.sluice.api.SocketLimits;
import io.sluice.api.rest.LiveRooms;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes by a proxy on the same machine is counted by its own address. */
final class ProxiedRequestsTest {
    private static final Rate FEW = new Rate(1, 3);
    private static final LiveRooms LIVE = new LiveRooms();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static HttpServer server;

    @BeforeAll
    static void start() throws IOException {
        RestLimits usual = ApiLimits.defaults().rest();
        RestLimits few =
                new RestLimits(
                        FEW,
                        usual.requestsPerKey(),
                        usual.maxBodyBytes(),
                        usual.roomTimeout(),
                        usual.maxTokenValidity());
        ApiConfig config =
                ApiConfig.development()
                        .withAddress("127.0.0.1", 0)
                        .withSessions(
                                Duration.ofSeconds(10), SocketLimits.defaults().withJoins(FEW))
                        .withLimits(ApiLimits.defaults().withRest(few));
        AccessTokens tokens = new AccessTokens(config.access().keys(), Clock.systemUTC());
        SocketGate gate = new SocketGate(config, tokens);
        LiveKitProtocol protocol =
                new LiveKitProtocol(
                        config,
                        LiveKitConfig.defaults(),
                        gate,
                        tokens,
                        (_, _, _) -> Optional.empty(),
                        List.of(),
                        new SecureRandom());
        RoomServiceApi service =
                new RoomServiceApi(
                        LIVE.rooms,
                        LiveRooms.CONFIG,
                        tokens,
                        config.limits(),
                        new Cors(gate, "authorization", ""),
                        new RequestRates(config.limits()),
                        new TestClients());
        server = HttpServer.start(config, List.of(protocol, service));
    }

    @AfterAll
    static void stop() {
        server.close();
        LIVE.close();
        CLIENT.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/rtc/validate", "/twirp/livekit.RoomService/ListRooms"})
    void shouldCountTheClientsOfAProxyEachByItself(String path) throws Exception {
        int sent = 0;
        while (status(path, "192.0.2.1") != 429) {
            assertThat(++sent).isLessThan(50);
        }
        assertThat(status(path, "192.0.2.1, 192.0.2.2")).isNotEqualTo(429);
    }

    private static int status(String path, String forwardedFor) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .header("X-Forwarded-For", forwardedFor)
                        .timeout(Duration.ofMinutes(1))
                        .build();
        return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
    }
}
