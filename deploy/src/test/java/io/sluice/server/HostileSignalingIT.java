package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiLimits;
import io.sluice.api.ApiLimits.ConnectionLimits;
import io.sluice.api.SocketLimits;
import io.sluice.plain.PlainCounters.Refusal;
import io.sluice.room.RoomConfig;
import io.sluice.server.hostile.HostileSocket;
import io.sluice.server.hostile.TcpStranger;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** WebSockets and requests that mean harm, beside two people in a call and in the same room with them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileSignalingIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** All are long enough for who means to go on, on a busy machine. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private static final Duration FIRST_MESSAGE = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofSeconds(4);

    private static final int HALF_OPEN = 20;
    private static final int HONEST = 2;
    private static final int REQUESTS_OF_A_PART = 100;

    /** Their answers would be two gigabytes. */
    private static final int MANY_PARTS = 1_500;

    /** More than a client may make at once, and make again meanwhile. */
    private static final int MANY_RESTARTS = 200;

    private static final String SESSION =
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n";
    private static final String AUDIO =
            "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=rtcp-mux\r\n"
                    + "a=rtpmap:111 opus/48000/2\r\n";

    private final HttpClient http = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init")
    private Siege siege;

    @BeforeAll
    void begin() throws StartException {
        SluiceConfig config = Siege.config();
        ApiConfig api = config.api();
        SocketLimits usual = api.socketLimits();
        SocketLimits hasty =
                usual.withPatience(
                        new SocketLimits.Patience(
                                FIRST_MESSAGE,
                                Duration.ofMillis(250),
                                SILENCE,
                                usual.patience().slowReader()));
        ApiLimits limits =
                api.limits()
                        .withConnections(
                                new ConnectionLimits(
                                        1_000,
                                        SHORT,
                                        api.limits().connections().keepAliveTimeout(),
                                        SHORT));
        RoomConfig room = config.room();
        siege =
                new Siege(
                        config.withApi(
                                        api.withSessions(api.resumeTimeout(), hasty)
                                                .withLimits(limits))
                                .withRoom(
                                        new RoomConfig(
                                                room.maxRooms(),
                                                3,
                                                room.maxTracksPerParticipant(),
                                                room.maxSubscriptionsPerParticipant(),
                                                room.maxMetadataChars(),
                                                room.spillBusyShare(),
                                                room.loudestAudio(),
                                                room.perKey())));
    }

    @AfterAll
    void end() {
        // Its end would wait for closings that the server did not wait for.
        http.shutdownNow();
        siege.close();
    }

    @AfterEach
    void onlyTheHonestAreLeft() {
        await("only the two are left")
                .atMost(PATIENCE)
                .until(() -> siege.server().sluice().gate().sockets() == HONEST);
    }

    private static String path(String room) {
        return "/api/v1/rooms/" + room + "/ws";
    }

    private TcpStranger stranger() {
        return new TcpStranger(siege.server().sluice().httpPort());
    }

    private HostileSocket socket() {
        int port = siege.server().sluice().httpPort();
        return new HostileSocket(http, URI.create("ws://127.0.0.1:" + port + path(Siege.ROOM)));
    }

    private long refused(Refusal reason) {
        return siege.server().sluice().plain().counters().of(reason);
    }

    @Test
    void shouldEndWhatStaysHalfOpen() {
        long lateBefore = siege.server().sluice().connections().late();
        long muteBefore = refused(Refusal.JOIN_TIMEOUT);
        long silent = refused(Refusal.SILENT);
        List<TcpStranger> all = new ArrayList<>();
        siege.withstand(() -> {
            for (int i = 0; i < HALF_OPEN; i++) {
                // One that says nothing at all, one that says half, and one that never joins.
                all.add(stranger());
                all.add(stranger());
                all.getLast().write("GET " + path(Siege.ROOM) + " HTTP/1.1\r\nUpgrade: webso");
                all.add(stranger().upgrade(path(Siege.ROOM)));
            }
            // It is in the room, and then gone without a word: not even a ping is answered.
            all.add(stranger().upgrade(path(Siege.ROOM) + "?access_token=" + siege.token("eve")));
            all.forEach(one -> assertThat(one.ends()).isTrue());
        });
        all.forEach(TcpStranger::close);
        long late = siege.server().sluice().connections().late() - lateBefore;
        long mute = refused(Refusal.JOIN_TIMEOUT) - muteBefore;
        assertThat(late).isGreaterThanOrEqualTo(2 * HALF_OPEN);
        assertThat(late + mute).isEqualTo(3 * HALF_OPEN);
        assertThat(refused(Refusal.SILENT) - silent).isEqualTo(1);
    }

    @Test
    void shouldNotWaitForWhoDribbles() {
        siege.withstand(() -> {
            try (TcpStranger header = stranger();
                    TcpStranger body = stranger()) {
                header.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n");
                body.write(post("/api/v1/dev/token", "Content-Length: 1000"));
                await("an end to dribbling")
                        .pollInterval(Duration.ofMillis(20))
                        .atMost(PATIENCE)
                        .until(() -> !header.write("X: y\r\n") && !body.write(" "));
            }
        });
    }

    private static String post(String path, String header) {
        return "POST "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + header
                + "\r\n\r\n";
    }

    private static JWTCreator.Builder claims() {
        return JWT.create()
                .withIssuer("devkey")
                .withSubject("eve")
                .withExpiresAt(Instant.now().plusSeconds(600))
                .withClaim("video", Map.of("roomJoin", true, "room", Siege.ROOM));
    }

    @Test
    void shouldLetNobodyInWithoutARightToken() {
        Algorithm secret = Algorithm.HMAC256("secret");
        List<String> tokens =
                List.of(
                        "",
                        "a.b.c",
                        claims().withExpiresAt(Instant.now().minusSeconds(90)).sign(secret),
                        claims().sign(Algorithm.none()),
                        claims().sign(Algorithm.HMAC256("another")),
                        claims().withIssuer("another").sign(secret),
                        claims().withClaim("video", Map.of("roomJoin", true, "room", "chess"))
                                .sign(secret));
        siege.withstand(() -> {
            for (String token : tokens) {
                HostileSocket socket = socket();
                socket.send("join", "token", token);
                assertThat(socket.closeCode()).as("token %s", token).isEqualTo(4102);
                try (TcpStranger rest = stranger()) {
                    rest.write(
                            "GET /api/v1/rooms/%s/participants HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
                                    .formatted(Siege.ROOM, token));
                    assertThat(rest.status()).as("token %s", token).isIn(401, 403);
                }
            }
            HostileSocket nothing = socket();
            nothing.send("{\"type\":\"join\"}");
            assertThat(nothing.closeCode()).isEqualTo(4102);
        });
    }

    @Test
    void shouldFindNothingByATrick() {
        Map<String, Integer> targets =
                Map.of(
                        "/%zz",
                        400,
                        path("a%00b"),
                        400,
                        path("%c0%ae%c0%ae"),
                        400,
                        path("x".repeat(129)),
                        400,
                        path("%2e%2e"),
                        404,
                        path(Siege.ROOM) + "?access_token=%zz",
                        400,
                        "/api/v1/rooms/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
                        404);
        siege.withstand(() ->
                targets.forEach((target, status) -> {
                    try (TcpStranger stranger = stranger().upgrade(target)) {
                        int answered = stranger.status();
                        assertThat(answered).as(target).isIn(status, 401);
                    }
                }));
    }

    @Test
    void shouldRefuseWhatIsNoMessage() {
        // An offer whose text is not UTF-8.
        byte[] offer =
                "{\"type\":\"offer\",\"sdp\":\"v=0 XX\"}".getBytes(StandardCharsets.US_ASCII);
        offer[offer.length - 4] = (byte) 0xc3;
        siege.withstand(() -> {
            TcpStranger broken = stranger().upgrade(path(Siege.ROOM));
            assertThat(broken.status()).isEqualTo(101);
            broken.frame(TcpStranger.WHOLE | TcpStranger.TEXT, offer);
            HostileSocket confused = socket();
            for (int i = 0; i < 21; i++) {
                confused.send(i == 0 ? "[".repeat(100_000) : "nonsense");
            }
            assertThat(confused.closeCode()).isEqualTo(4104);
            HostileSocket early = socket();
            early.send("offer", "sdp", "v=0");
            early.awaitText("join_first");
            early.send("x".repeat(1_000_000));
            assertThat(early.closeCode()).isEqualTo(1009);
            await("what is not UTF-8 to be refused")
                    .atMost(PATIENCE)
                    .until(() -> refused(Refusal.NOT_UTF8) == 1);
            broken.close();
        });
    }

    @Test
    void shouldRefuseBodiesThatMeanHarm() {
        Map<String, Integer> bodies =
                Map.of(
                        "nonsense",
                        400,
                        "[".repeat(60_000),
                        400,
                        "[".repeat(100_000),
                        413,
                        "{\"room\": " + "{\"a\":".repeat(10_000),
                        400,
                        "{\"room\": 7}",
                        422,
                        "{\"room\": \"a\\u0000\"}",
                        400,
                        "{\"room\": \"a\", \"nothing\": 1}",
                        422);
        siege.withstand(() -> {
            bodies.forEach((body, status) -> {
                try (TcpStranger stranger = stranger()) {
                    stranger.write(
                            post("/api/v1/dev/token", "Content-Length: " + body.length()) + body);
                    assertThat(stranger.status())
                            .as(body.substring(0, Math.min(40, body.length())))
                            .isEqualTo(status);
                }
            });
            try (TcpStranger gone = stranger()) {
                // When the server's patience with it ends, it is not there any more.
                gone.write(post("/api/v1/dev/token", "Content-Length: 104857600"));
                assertThat(gone.status()).isEqualTo(413);
            }
            try (TcpStranger huge = stranger()) {
                huge.write(post("/api/v1/dev/token", "Content-Length: 104857600"));
                assertThat(huge.status()).isEqualTo(413);
                awaitEnds(Map.of(huge, new byte[64 * 1024]));
            }
        });
    }

    /** Sends to each its own without end, some 60 MB a second at most, until the server has ended all. */
    private static void awaitEnds(Map<TcpStranger, byte[]> parts) {
        await("an end to sending")
                .pollInterval(Duration.ofMillis(1))
                .atMost(PATIENCE)
                .until(() ->
                        parts.entrySet().stream()
                                        // All of them, each time.
                                        .filter(one -> one.getKey().write(one.getValue()))
                                        .count()
                                == 0);
    }

    @Test
    void shouldBearAMemberThatMeansIll() {
        siege.withstand(() -> {
            HostileSocket eve = socket();
            eve.send("join", "token", siege.token("eve"));
            eve.awaitText("\"joined\"");
            HostileSocket fourth = socket();
            fourth.send("join", "token", siege.token("mallory"));
            fourth.awaitText("room_full");
            assertThat(fourth.closeCode()).isEqualTo(4007);
            offerNonsense(eve);
            for (String candidate :
                    List.of(
                            "x",
                            "1 1 udp 1 evil.example 9 typ host",
                            "1 1 udp 1 ::1 99999 typ host")) {
                eve.send("ice-candidate", "candidate", candidate);
            }
            for (int i = 0; i < 1_000; i++) {
                eve.send("ice-candidate", "candidate", i + " 1 udp 1 127.0.0.1 9 typ host");
            }
            assertThat(eve.closeCode()).isEqualTo(4105);
            await("eve is gone")
                    .atMost(PATIENCE)
                    .until(() -> !siege.ada().events("participant-left").isEmpty());
        });
    }

    private static void offerNonsense(HostileSocket eve) {
        String candidates =
                IntStream.range(0, 10_000)
                        .mapToObj(i -> "a=candidate:" + i + "\r\n")
                        .collect(Collectors.joining());
        for (String sdp :
                List.of(
                        "hello",
                        SESSION + "\n".repeat(50_000),
                        SESSION + AUDIO + candidates,
                        SESSION + AUDIO + AUDIO,
                        SESSION + AUDIO.replace("111", "200"),
                        SESSION + AUDIO + credentials(1).replaceAll("a=fingerprint.*", ""))) {
            eve.send("offer", "sdp", sdp);
            eve.awaitText("invalid_offer");
        }
        eve.send("offer", "sdp", SESSION + AUDIO + credentials(1));
        eve.awaitText("\"answer\"");
    }

    private static String credentials(int number) {
        return "a=ice-ufrag:evil%d\r\na=ice-pwd:passwordpasswordpassword\r\n".formatted(number)
                + "a=fingerprint:sha-256 "
                + "AB:".repeat(31)
                + "AB\r\n";
    }

    @Test
    void shouldRestartIceForNobodyWithoutEnd() {
        long tooMany = refused(Refusal.TOO_MANY_CHANGES);
        siege.withstand(() -> {
            HostileSocket eve = socket();
            eve.send("join", "token", siege.token("eve"));
            eve.awaitText("\"joined\"");
            boolean refused = false;
            for (int i = 0; i < MANY_RESTARTS && !refused; i++) {
                eve.send("offer", "sdp", SESSION + AUDIO + credentials(i));
                refused = eve.awaitAny("\"answer\"", "rate_limited").equals("rate_limited");
            }
            assertThat(refused).isTrue();
            eve.send("{\"type\":\"leave\"}");
            assertThat(eve.closeCode()).isEqualTo(1000);
        });
        assertThat(refused(Refusal.TOO_MANY_CHANGES)).isGreaterThan(tooMany);
    }

    @Test
    void shouldEndFloods() {
        byte[] ping = TcpStranger.frameHead(TcpStranger.WHOLE | TcpStranger.PING, 0);
        ByteBuffer pings = ByteBuffer.allocate(1_000 * ping.length);
        while (pings.hasRemaining()) {
            pings.put(ping);
        }
        long tooMany = refused(Refusal.RATE_LIMITED);
        siege.withstand(() -> {
            try (TcpStranger pinging = stranger().upgrade(path(Siege.ROOM));
                    TcpStranger endless = stranger().upgrade(path(Siege.ROOM))) {
                assertThat(List.of(pinging.status(), endless.status())).containsOnly(101);
                endless.write(
                        TcpStranger.frameHead(TcpStranger.WHOLE | TcpStranger.TEXT, 100_000_000));
                awaitEnds(Map.of(pinging, pings.array(), endless, new byte[64 * 1024]));
            }
        });
        assertThat(refused(Refusal.RATE_LIMITED)).isEqualTo(tooMany + 1);
    }

    @Test
    void shouldReadNothingMoreFromWhoReadsNothing() {
        String requests =
                "GET /plain/call.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(REQUESTS_OF_A_PART);
        byte[] part = requests.getBytes(StandardCharsets.US_ASCII);
        AtomicInteger sent = new AtomicInteger();
        try (TcpStranger deaf = stranger()) {
            siege.withstand(() -> {
                Thread _ =
                        Thread.startVirtualThread(() -> {
                            while (sent.get() < MANY_PARTS && deaf.write(part)) {
                                sent.incrementAndGet();
                            }
                        });
                AtomicInteger seen = new AtomicInteger();
                await("nothing more to be taken")
                        .pollInterval(Duration.ofMillis(300))
                        .atMost(PATIENCE)
                        .until(() -> sent.get() > 0 && seen.getAndSet(sent.get()) == sent.get());
            });
        }
        assertThat(sent.get()).isBetween(1, MANY_PARTS - 1);
    }
}
