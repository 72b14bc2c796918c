package io.sluice.whip;

import static io.sluice.whip.WhipServer.fragment;
import static io.sluice.whip.WhipServer.header;
import static io.sluice.whip.WhipServer.location;
import static io.sluice.whip.WhipServer.offer;
import static io.sluice.whip.WhipServer.problem;
import static io.sluice.whip.WhipServer.publication;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.ApiConfig;
import io.sluice.api.Grants;
import io.sluice.api.IceServer;
import io.sluice.api.Rate;
import io.sluice.api.SocketLimits;
import io.sluice.api.rest.LiveRooms;
import io.sluice.room.Permissions;
import io.sluice.sdp.Direction;
import io.sluice.sdp.SessionDescription;
import io.sluice.transport.TrackSource;
import io.sluice.whip.WhipCounters.Refusal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every status code of WHIP and WHEP, by requests over real sockets to real rooms. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WhipStatusTest {
    private static final String TURN = "turn:t.example:3478?transport=udp";
    private final WhipServer server =
            new WhipServer(
                    WhipServer.config(),
                    WhipConfig.defaults()
                            .withIceServers(
                                    IceServer.parse(
                                            List.of("stun:s.example:3478", TURN + " ada pass"))));

    /** A session of this moment: one whose media never comes does not last long. */
    private HttpResponse<String> publish() {
        HttpResponse<String> created =
                server.post("/whip/hall", server.token("hall", "obs"), publication());
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return created;
    }

    @AfterAll
    void close() {
        server.close();
    }

    private static Grants grants(boolean publish, boolean subscribe, TrackSource... sources) {
        return new Grants(
                "ada",
                null,
                null,
                true,
                false,
                false,
                false,
                "hall",
                new Permissions(publish, subscribe, false, 0, Set.of(sources), false));
    }

    static List<Arguments> refusedOffers() {
        return List.of(
                Arguments.of(400, "malformed-body", "nonsense"),
                Arguments.of(400, "malformed-body", ""),
                Arguments.of(400, "malformed-body", publication().replace("a=rtcp-mux", "a=x")),
                Arguments.of(400, "malformed-body", publication().replace("a=ice-ufrag", "a=x")),
                Arguments.of(413, "body-too-large", publication() + "x".repeat(70_000)),
                Arguments.of(422, "unsupported-offer", offer("recvonly", "audio")),
                Arguments.of(422, "unsupported-offer", offer("sendonly", "audio", "audio")),
                Arguments.of(
                        422, "unsupported-offer", offer("sendonly", "audio", "video", "video")),
                Arguments.of(422, "unsupported-offer", offer("sendonly", "application")),
                Arguments.of(422, "unsupported-offer", publication().replace("H264", "H111")),
                Arguments.of(422, "unsupported-offer", publication().replace("opus", "speex")));
    }

    @ParameterizedTest
    @MethodSource("refusedOffers")
    void shouldRefuseAnOfferAsAWhole(int status, String problem, String offer) {
        LiveRooms.Guest witness = server.live.join("nobody", "witness");
        HttpResponse<String> refused =
                server.post("/whip/nobody", server.token("nobody", "obs"), offer);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(status);
        assertThat(problem(refused)).isEqualTo(problem);
        assertThat(header(refused, "content-type")).isEqualTo("application/problem+json");
        assertThat(server.room("nobody").participants()).hasSize(1);
        assertThat(witness.events()).as("nobody joins for it").isEmpty();
    }

    @Test
    void shouldAnswerAllThatIsOffered() {
        String token = server.token("answers", "obs");
        HttpResponse<String> created =
                server.ask(
                        "POST",
                        "/whip/answers",
                        token,
                        publication(),
                        "Content-Type",
                        "Application/SDP; charset=utf-8");
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(header(created, "content-type")).isEqualTo("application/sdp");
        assertThat(header(created, "etag")).matches("\"[!-~]+\"");
        assertThat(location(created)).matches("/whip/sessions/[A-Za-z0-9_-]{32}");
        assertThat(created.headers().allValues("link"))
                .containsExactly(
                        "<stun:s.example:3478>; rel=\"ice-server\"",
                        "<"
                                + TURN
                                + ">; rel=\"ice-server\"; username=\"ada\"; credential=\"pass\";"
                                + " credential-type=\"password\"");
        SessionDescription answer = SessionDescription.parse(created.body());
        assertThat(answer.sections())
                .hasSize(2)
                .allSatisfy(section -> {
                    assertThat(section.direction()).isEqualTo(Direction.RECVONLY);
                    assertThat(section.setup()).isEqualTo("passive");
                });
        assertThat(answer.sections().getFirst().candidates()).isNotEmpty();
        assertThat(created.body()).contains("a=end-of-candidates\r\n");
        assertThat(server.room("answers").tracks()).hasSize(2);
        assertThat(server.room("answers").participants()).hasSize(1);
    }

    @Test
    void shouldTakeTheRoomOfTheTokenAtLiveKitsPath() {
        HttpResponse<String> created =
                server.post("/whip/v1", server.token("by token", "obs"), publication());
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        assertThat(server.room("by token").participants()).hasSize(1);
        assertThat(server.ask("DELETE", location(created), null, null).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldAnswerAViewerWhoComesBeforeAnybodyPublishes() {
        HttpResponse<String> created =
                server.post(
                        "/whep/empty",
                        server.token("empty", "viewer"),
                        offer("recvonly", "audio", "video"));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        assertThat(location(created)).startsWith("/whep/sessions/");
        assertThat(SessionDescription.parse(created.body()).sections())
                .hasSize(2)
                .allSatisfy(section -> {
                    assertThat(section.direction()).isEqualTo(Direction.SENDONLY);
                    assertThat(section.ssrcs()).isNotEmpty();
                });
        // A session is found where it began and nowhere else.
        String other = location(created).replace("whep", "whip");
        assertThat(server.ask("DELETE", other, null, null).statusCode()).isEqualTo(404);
        assertThat(server.ask("DELETE", location(created), null, null).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldRefuseWhoMayNotComeIn() {
        HttpResponse<String> missing = server.post("/whip/hall", null, publication());
        assertThat(missing.statusCode()).isEqualTo(401);
        assertThat(header(missing, "www-authenticate")).startsWith("Bearer");
        assertThat(server.post("/whip/hall", "no.jwt.x", publication()).statusCode())
                .isEqualTo(401);
        assertThat(
                        server.post("/whip/hall", server.token("other", "ada"), publication())
                                .statusCode())
                .isEqualTo(403);
        assertThat(
                        server.post("/whip/hall", server.token(grants(false, true)), publication())
                                .statusCode())
                .isEqualTo(403);
        assertThat(
                        server.post(
                                        "/whep/hall",
                                        server.token(grants(true, false)),
                                        offer("recvonly", "audio"))
                                .statusCode())
                .isEqualTo(403);
        assertThat(
                        server.post(
                                        "/whip/hall",
                                        server.token(grants(true, true, TrackSource.MICROPHONE)),
                                        publication())
                                .statusCode())
                .isEqualTo(403);
    }

    @Test
    void shouldRefuseOtherTypesAndMethods() {
        String session = location(publish());
        String token = server.token("hall", "ada");
        assertThat(server.ask("POST", "/whip/hall", token, publication()).statusCode())
                .isEqualTo(415);
        assertThat(
                        server.ask(
                                        "PATCH",
                                        session,
                                        null,
                                        fragment("frag"),
                                        "Content-Type",
                                        "application/sdp")
                                .statusCode())
                .isEqualTo(415);
        HttpResponse<String> put = server.ask("PUT", "/whip/hall", token, "x");
        assertThat(put.statusCode()).isEqualTo(405);
        assertThat(header(put, "allow")).contains("POST").doesNotContain("PUT");
        HttpResponse<String> post = server.post(session, token, publication());
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(header(post, "allow")).contains("PATCH", "DELETE");
    }

    @Test
    void shouldAnswerOnlyWhoTakesADescription() {
        String token = server.token("accepts", "obs");
        for (String accept :
                List.of("*/*", "application/*;q=0.5", "text/html, Application/SDP; q=0.1")) {
            HttpResponse<String> created = postWith("Accept", accept, token);
            assertThat(created.statusCode()).as(accept).isEqualTo(201);
        }
        HttpResponse<String> refused = postWith("Accept", "application/json, text/*", token);
        assertThat(refused.statusCode()).isEqualTo(406);
        assertThat(problem(refused)).isEqualTo("not-acceptable");
    }

    @Test
    void shouldUnpackNothing() {
        String token = server.token("packed", "obs");
        HttpResponse<String> refused = postWith("Content-Encoding", "gzip", token);
        assertThat(refused.statusCode()).isEqualTo(415);
        assertThat(problem(refused)).isEqualTo("unsupported-content-encoding");
        assertThat(postWith("Content-Encoding", "identity", token).statusCode()).isEqualTo(201);
    }

    private HttpResponse<String> postWith(String header, String value, String token) {
        return server.ask(
                "POST",
                "/whip/v1",
                token,
                publication(),
                "Content-Type",
                "application/sdp",
                header,
                value);
    }

    @Test
    void shouldTakeASlashAtTheEnd() {
        String token = server.token("slash", "obs");
        HttpResponse<String> created = server.post("/whip/slash/", token, publication());
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(server.ask("DELETE", location(created) + "/", token, null).statusCode())
                .isEqualTo(200);
    }

    @Test
    void shouldSayWhatItIs() {
        String session = location(publish());
        HttpResponse<String> options = server.ask("OPTIONS", "/whip/hall", null, null);
        assertThat(options.statusCode()).isEqualTo(200);
        assertThat(header(options, "accept-post")).isEqualTo("application/sdp");
        assertThat(options.headers().allValues("link")).as("without a token").isEmpty();
        String token = server.token("hall", "ada");
        assertThat(server.ask("OPTIONS", "/whip/hall", token, null).headers().allValues("link"))
                .hasSize(2);
        assertThat(server.ask("GET", "/whip/hall", null, null).statusCode()).isEqualTo(204);
        assertThat(server.ask("HEAD", "/whip/hall", null, null).statusCode()).isEqualTo(204);
        HttpResponse<String> head = server.ask("HEAD", "/whep/hall", null, null);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "content-type")).isEqualTo("application/sdp");
        assertThat(server.ask("GET", session, null, null).statusCode()).isEqualTo(204);
        assertThat(header(server.ask("OPTIONS", session, null, null), "accept-patch"))
                .isEqualTo("application/trickle-ice-sdpfrag");
    }

    @Test
    void shouldLetAllowedPagesReadEachAnswer() {
        HttpResponse<String> preflight =
                server.ask(
                        "OPTIONS",
                        "/whip/hall",
                        null,
                        null,
                        "Origin",
                        "https://app.example",
                        "Access-Control-Request-Method",
                        "POST");
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(header(preflight, "access-control-allow-headers"))
                .contains("authorization", "content-type", "if-match");
        assertThat(header(preflight, "access-control-allow-methods")).contains("POST");
        HttpResponse<String> refused =
                server.ask(
                        "DELETE", "/whip/sessions/x", null, null, "Origin", "https://app.example");
        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(header(refused, "access-control-allow-origin")).isEqualTo("https://app.example");
        assertThat(header(refused, "access-control-expose-headers"))
                .contains("location", "etag", "link", "retry-after");
        assertThat(
                        header(
                                server.ask(
                                        "GET",
                                        "/whip/hall",
                                        null,
                                        null,
                                        "Origin",
                                        "https://evil.x"),
                                "access-control-allow-origin"))
                .isEmpty();
    }

    @Test
    void shouldTakeCandidates() {
        HttpResponse<String> created = publish();
        String session = location(created);
        String etag = header(created, "etag");
        for (String condition : new String[] {null, etag, "*", "\"x\", " + etag}) {
            HttpResponse<String> taken = server.patch(session, fragment("frag"), condition);
            assertThat(taken.statusCode()).as(condition).isEqualTo(204);
            assertThat(taken.body()).isEmpty();
            assertThat(taken.headers().firstValue("etag")).isEmpty();
        }
        String mdns = "1 1 udp 2113937151 0a1b2c3d-0000-4000-8000-000000000000.local 5 typ host";
        assertThat(server.patch(session, fragment("frag", mdns), null).statusCode()).isEqualTo(204);
        assertThat(server.patch(session, fragment("frag", "?"), null).statusCode()).isEqualTo(204);
        assertThat(server.patch(session, "a=end-of-candidates\r\n", null).statusCode())
                .isEqualTo(204);
        assertThat(server.patch(session, "hello", null).statusCode()).isEqualTo(400);
        assertThat(server.patch(session, fragment("frag"), "\"old\"").statusCode()).isEqualTo(412);
        assertThat(server.patch(session, fragment("frag"), "W/" + etag).statusCode())
                .isEqualTo(412);
    }

    @Test
    void shouldRestartIce() {
        String token = server.token("restarts", "obs");
        HttpResponse<String> created = server.post("/whip/restarts", token, publication());
        String own = location(created);
        String before = header(created, "etag");
        assertThat(server.patch(own, fragment("other"), null).statusCode()).isEqualTo(428);
        HttpResponse<String> restarted = server.patch(own, fragment("other"), "*");
        assertThat(restarted.statusCode()).as(restarted.body()).isEqualTo(200);
        assertThat(header(restarted, "content-type")).isEqualTo(WhipServer.FRAGMENT);
        String after = header(restarted, "etag");
        assertThat(after).isNotEmpty().isNotEqualTo(before);
        assertThat(restarted.body())
                .contains("a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=mid:0")
                .contains("a=group:BUNDLE 0 1");
        assertThat(created.body()).doesNotContain(restarted.body().split("a=ice-pwd:")[1]);
        // What was told of the time before is told so.
        assertThat(server.patch(own, fragment("other"), before).statusCode()).isEqualTo(412);
        assertThat(server.patch(own, fragment("other"), null).statusCode()).isEqualTo(428);
        assertThat(server.patch(own, fragment("other"), after).statusCode()).isEqualTo(204);
        assertThat(server.room("restarts").tracks()).hasSize(2);
    }

    @Test
    void shouldEndOnceAndIgnoreConditions() {
        String token = server.token("ends", "obs");
        String own = location(server.post("/whip/ends", token, publication()));
        assertThat(server.ask("DELETE", own, token, null, "If-Match", "\"x\"").statusCode())
                .isEqualTo(200);
        assertThat(server.room("ends").participants()).isEmpty();
        assertThat(server.ask("DELETE", own, token, null).statusCode()).isEqualTo(404);
        assertThat(server.patch(own, fragment("frag"), null).statusCode()).isEqualTo(404);
        assertThat(server.ask("GET", own, null, null).statusCode()).isEqualTo(404);
    }

    @Test
    void shouldRefuseTheTokensOfOthersAtASession() {
        String session = location(publish());
        String stranger = server.token("hall", "stranger");
        assertThat(server.ask("DELETE", session, stranger, null).statusCode()).isEqualTo(403);
        assertThat(server.ask("DELETE", session, "no.jwt.x", null).statusCode()).isEqualTo(401);
        assertThat(server.ask("GET", session, server.token("hall", "obs"), null).statusCode())
                .isEqualTo(204);
    }

    @Test
    void shouldRefuseRoomsThatAreNotThereWhereJoiningMakesNone() {
        try (WhipServer closed =
                new WhipServer(WhipServer.config().withAutoCreate(false), WhipConfig.defaults())) {
            HttpResponse<String> refused =
                    closed.post("/whip/none", closed.token("none", "obs"), publication());
            assertThat(refused.statusCode()).isEqualTo(404);
            assertThat(problem(refused)).isEqualTo("room-not-found");
        }
    }

    @Test
    void shouldSayWhenToComeAgainWhereItIsFull() {
        ApiConfig usual = WhipServer.config();
        ApiConfig small =
                new ApiConfig(
                        usual.http(),
                        usual.access(),
                        usual.resumeTimeout(),
                        1,
                        usual.socketLimits(),
                        usual.limits());
        try (WhipServer full = new WhipServer(small, WhipConfig.defaults())) {
            assertThat(full.post("/whip/hall", full.token("hall", "a"), publication()).statusCode())
                    .isEqualTo(201);
            HttpResponse<String> refused =
                    full.post("/whip/hall", full.token("hall", "b"), publication());
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(header(refused, "retry-after")).matches("[0-9]+");
        }
    }

    @Test
    void shouldRefuseWhoAsksTooOftenAndCountIt() {
        WhipConfig hasty =
                WhipConfig.defaults().withPatience(new Rate(1, 3), Duration.ofSeconds(5));
        try (WhipServer busy = new WhipServer(WhipServer.config(), hasty)) {
            int sent = 0;
            HttpResponse<String> refused = busy.ask("GET", "/whip/hall", null, null);
            // Three, or more where the machine is slow.
            while (refused.statusCode() == 204 && sent < 50) {
                sent++;
                refused = busy.ask("GET", "/whip/hall", null, null);
            }
            assertThat(sent).isGreaterThanOrEqualTo(3);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(header(refused, "retry-after")).matches("[0-9]+");
            assertThat(busy.protocol.counters().of(Refusal.RATE_LIMITED)).isOne();
            // Another client of a proxy on this machine.
            HttpResponse<String> proxied =
                    busy.ask("GET", "/whip/hall", null, null, "X-Forwarded-For", "192.0.2.1");
            assertThat(proxied.statusCode()).isEqualTo(204);
        }
    }

    /** Beside what an address may ask, it may join so often. */
    @Test
    void shouldCountTheClientsOfAProxyEachByItself() {
        ApiConfig slow =
                WhipServer.config()
                        .withSessions(
                                Duration.ofSeconds(10),
                                SocketLimits.defaults().withJoins(new Rate(1, 1)));
        try (WhipServer busy = new WhipServer(slow, WhipConfig.defaults())) {
            assertThat(join(busy, "192.0.2.1")).isEqualTo(201);
            int sent = 1;
            while (join(busy, "192.0.2.1") != 429) {
                assertThat(++sent).isLessThan(50);
            }
            assertThat(join(busy, "192.0.2.2")).isEqualTo(201);
        }
    }

    private static int join(WhipServer server, String client) {
        return server.ask(
                        "POST",
                        "/whip/hall",
                        server.token("hall", "obs at " + client),
                        WhipServer.publication(),
                        "Content-Type",
                        WhipServer.SDP,
                        "X-Forwarded-For",
                        client)
                .statusCode();
    }

    @Test
    void shouldNotWaitForARoomForEver() {
        WhipConfig hasty =
                WhipConfig.defaults().withPatience(new Rate(50, 200), Duration.ofMillis(200));
        try (WhipServer stuck = new WhipServer(WhipServer.config(), hasty)) {
            String token = stuck.token("hall", "obs");
            CountDownLatch goOn = stuck.live.hold();
            HttpResponse<String> late = stuck.post("/whip/hall", token, publication());
            goOn.countDown();
            assertThat(late.statusCode()).isEqualTo(504);
            await().until(() -> stuck.room("hall").participants().isEmpty());
            assertThat(stuck.protocol.sessions(true)).isZero();
        }
    }
}
