package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiLimits;
import io.sluice.api.Cors;
import io.sluice.api.Grants;
import io.sluice.api.HttpServer;
import io.sluice.api.RequestRates;
import io.sluice.api.SocketGate;
import io.sluice.api.rest.LiveRooms;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A call of RoomService whose body does not come. */
final class SlowCallTest {
    private static final int PATIENCE_MILLIS = 30_000;

    private static HttpServer serve(LiveRooms live, ApiConfig config, AccessTokens tokens)
            throws IOException {
        ApiLimits impatient =
                config.limits()
                        .withConnections(
                                new ApiLimits.ConnectionLimits(
                                        10,
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(60),
                                        Duration.ofMillis(100)));
        RoomServiceApi api =
                new RoomServiceApi(
                        live.rooms,
                        LiveRooms.CONFIG,
                        tokens,
                        impatient,
                        new Cors(new SocketGate(config, tokens), "authorization", ""),
                        new RequestRates(config.limits()),
                        new TestClients());
        return HttpServer.start(config, List.of(api));
    }

    @Test
    void isRefusedInTwirpsWords() throws IOException {
        ApiConfig config = ApiConfig.development().withAddress("127.0.0.1", 0);
        AccessTokens tokens = new AccessTokens(config.access().keys(), Clock.systemUTC());
        String operator =
                tokens.issue(
                        "devkey",
                        Grants.administration("ops", true, true, null),
                        Duration.ofMinutes(5));
        String request =
                "POST /twirp/livekit.RoomService/ListRooms HTTP/1.1\r\nHost: a\r\n"
                        + "Authorization: Bearer "
                        + operator
                        + "\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n";
        StringBuilder answer = new StringBuilder();
        try (LiveRooms live = new LiveRooms();
                HttpServer server = serve(live, config, tokens);
                Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            while (answer.isEmpty() || answer.charAt(answer.length() - 1) != '}') {
                int next = socket.getInputStream().read();
                assertThat(next).as(answer.toString()).isNotNegative();
                answer.append((char) next);
            }
        }
        assertThat(answer.toString())
                .startsWith("HTTP/1.1 408")
                .contains("\"code\":\"deadline_exceeded\"", "\"msg\":\"The body");
    }
}
