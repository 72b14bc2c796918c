package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.ApiConfig;
import io.sluice.api.ApiKeys;
import io.sluice.api.ApiLimits;
import io.sluice.api.ApiLimits.RestLimits;
import io.sluice.api.Grants;
import io.sluice.api.Rate;
import io.sluice.room.RoomConfig;
import io.sluice.server.metrics.MetricsConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the tokens of one API key may have, over each protocol, while another key has its own. */
final class KeyLimitsIT {
    private static final Rate ANY = new Rate(1_000_000, 1_000_000);
    private static final Rate ONCE = new Rate(1, 1);
    private static final String KEY_LIMIT = "urn:sluice:problem:key-limit";
    private static final String METRICS_TOKEN = "sixteen characters";
    private static final int AT_ONCE = 8;
    private static final int TOO_MANY = 429;

    private final HttpClient http = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init")
    private SluiceConfig config;

    @SuppressWarnings("NullAway.Init")
    private TestServer server;

    @BeforeEach
    void start() throws StartException {
        SluiceConfig base = TestServer.config();
        String secret = "of 32 bytes or more, as everybody's";
        ApiKeys keys = ApiKeys.of(Map.of("acme", secret, "bird", secret));
        ApiConfig api = ApiConfig.defaults(keys).withAddress("127.0.0.1", 0);
        config =
                base.withApi(api)
                        .withMetrics(new MetricsConfig(METRICS_TOKEN, 4))
                        .withLoad(LoadConfig.unbounded())
                        .withRoom(base.room().withPerKey(new RoomConfig.PerKey(2, 2)));
        server = TestServer.start(config);
    }

    @AfterEach
    void stop() {
        http.shutdownNow();
        server.close();
    }

    /** Somebody at the plain protocol's or LiveKit's socket. */
    private static final class Visitor implements WebSocket.Listener {
        private final CompletableFuture<String> word = new CompletableFuture<>();

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence text, boolean last) {
            word.complete(text.toString());
            socket.request(1);
            return null;
        }

        String said() {
            return word.orTimeout(30, TimeUnit.SECONDS).join();
        }
    }

    private String join(String key, String room, String identity) {
        return token(key, Grants.join(room, identity, null));
    }

    private String administer(String key) {
        return token(key, Grants.administration("ops", true, true, null));
    }

    private String token(String key, Grants grants) {
        return server.sluice().tokens().issue(key, grants, Duration.ofHours(1));
    }

    private Visitor connect(String path) {
        Visitor visitor = new Visitor();
        URI address = URI.create("ws://127.0.0.1:" + server.sluice().httpPort() + path);
        WebSocket _ = http.newWebSocketBuilder().buildAsync(address, visitor).join();
        return visitor;
    }

    private void plain(String key, String room, String identity) {
        Visitor visitor =
                connect("/api/v1/rooms/" + room + "/ws?access_token=" + join(key, room, identity));
        assertThat(visitor.said()).contains("\"joined\"");
    }

    private HttpRequest request(String path, String token, String type, String body) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.sluice().httpPort() + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> post(String path, String token, String type, String body)
            throws Exception {
        return http.send(request(path, token, type, body), BodyHandlers.ofString());
    }

    /** Of several at once, again and again: one by one they may come no quicker than they may. */
    private void awaitLimit(String path, String token, String type, String body) {
        HttpRequest request = request(path, token, type, body);
        await("one too many")
                .pollDelay(Duration.ZERO)
                .until(() ->
                        Stream.generate(() -> http.sendAsync(request, BodyHandlers.ofString()))
                                .limit(AT_ONCE)
                                .toList()
                                .stream()
                                .map(CompletableFuture::join)
                                .anyMatch(answer -> answer.statusCode() == TOO_MANY));
    }

    private HttpResponse<String> makeRoom(String key, String name) throws Exception {
        return post(
                "/api/v1/rooms",
                administer(key),
                "application/json",
                "{\"name\": \"%s\"}".formatted(name));
    }

    private HttpResponse<String> makeRoomByRoomService(String key, String name) throws Exception {
        return post(
                "/twirp/livekit.RoomService/CreateRoom",
                administer(key),
                "application/json",
                "{\"name\": \"%s\"}".formatted(name));
    }

    private static void assertLimited(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(TOO_MANY);
        assertThat(answer.headers().firstValue("retry-after")).isPresent();
        assertThat(answer.body()).contains(KEY_LIMIT, "API key");
    }

    private double refused(String reason) {
        URI metrics = URI.create("http://127.0.0.1:" + server.sluice().httpPort() + "/metrics");
        return Scrape.read(Scrape.ask(metrics, "Authorization", "Bearer " + METRICS_TOKEN))
                .values()
                .getOrDefault("sluice_door_refused_total{reason=\"" + reason + "\"}", -1.0);
    }

    @Test
    void shouldLetAKeyMakeSoManyRoomsByAnyProtocol() throws Exception {
        assertThat(makeRoom("acme", "a1").statusCode()).isEqualTo(201);
        plain("acme", "a2", "ada");

        assertLimited(makeRoom("acme", "a3"));
        HttpResponse<String> twirp = makeRoomByRoomService("acme", "a3");
        assertThat(twirp.statusCode()).isEqualTo(TOO_MANY);
        assertThat(twirp.body()).contains("resource_exhausted", "API key");
        assertThat(connect("/api/v1/rooms/a3/ws?access_token=" + join("acme", "a3", "eve")).said())
                .contains("\"key_limit\"", "has its 2 rooms");
        assertLimited(post("/whip/v1", join("acme", "a3", "eve"), "application/sdp", OFFER));

        assertThat(makeRoom("bird", "b1").statusCode()).isEqualTo(201);
        assertThat(makeRoomByRoomService("bird", "b2").statusCode()).isEqualTo(200);
        assertThat(refused("key_rooms")).isEqualTo(4);

        server.sluice()
                .reconfigure(
                        config.withRoom(config.room().withPerKey(new RoomConfig.PerKey(3, 2))));
        assertThat(makeRoom("acme", "a3").statusCode()).isEqualTo(201);
    }

    @Test
    void shouldLetSoManyOfAKeyInByAnyProtocol() throws Exception {
        plain("acme", "a1", "ada");
        plain("acme", "a1", "bob");

        assertThat(connect("/api/v1/rooms/a1/ws?access_token=" + join("acme", "a1", "eve")).said())
                .contains("\"key_limit\"", "has its 2 participants");
        // Who comes anew takes its own place.
        plain("acme", "a1", "bob");
        assertLimited(post("/whip/v1", join("acme", "a1", "eve"), "application/sdp", OFFER));
        plain("bird", "b1", "cleo");
        assertThat(refused("key_participants")).isEqualTo(2);
    }

    @Test
    void shouldBoundTheJoinsAndRequestsOfAKeyInASecond() throws Exception {
        RestLimits few = ApiLimits.defaults().rest().withRequestsPerKey(ONCE);
        server.sluice()
                .reconfigure(
                        config.withLoad(new LoadConfig(10, 10, 0, ANY, ONCE))
                                .withApi(
                                        config.api()
                                                .withLimits(ApiLimits.defaults().withRest(few))));

        awaitLimit("/api/v1/rooms", administer("acme"), "application/json", "{\"name\": \"a1\"}");
        assertThat(makeRoom("bird", "b1").statusCode()).isEqualTo(201);
        awaitLimit("/whip/v1", join("acme", "a1", "eve"), "application/sdp", OFFER);
        plain("bird", "b1", "cleo");
        assertThat(refused("key_requests")).isPositive();
        assertThat(refused("key_joins")).isPositive();
    }

    /** Enough of one that its room is asked. */
    private static final String OFFER =
            String.join(
                    "\r\n",
                    "v=0",
                    "o=- 1 1 IN IP4 127.0.0.1",
                    "s=-",
                    "t=0 0",
                    "a=group:BUNDLE 0",
                    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
                    "c=IN IP4 0.0.0.0",
                    "a=mid:0",
                    "a=ice-ufrag:abcd",
                    "a=ice-pwd:abcdefghijklmnopqrstuvwx",
                    "a=fingerprint:sha-256 " + "AA:".repeat(31) + "AA",
                    "a=setup:actpass",
                    "a=sendonly",
                    "a=rtcp-mux",
                    "a=rtpmap:111 opus/48000/2",
                    "");
}
