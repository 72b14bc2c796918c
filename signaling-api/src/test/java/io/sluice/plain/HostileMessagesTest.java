package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.api.Rate;
import io.sluice.api.SocketLimits;
import io.sluice.plain.PlainCounters.Refusal;
import io.sluice.plain.ScriptedRoom.Seat;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What may come over a WebSocket from who means ill; nothing of it harms, and each is told why. */
final class HostileMessagesTest extends PlainServerTest {
    /** Long after any server has hung up. */
    private static final long FLOOD_NANOS = 20_000_000_000L;

    private static final String PATH = "/api/v1/rooms/maths/ws";
    private static final int HUGE_BYTES = 100 * 1024 * 1024;
    private static final byte[] PING = "{\"type\":\"ping\"}".getBytes(StandardCharsets.US_ASCII);

    private RawSocket raw() throws IOException {
        return RawSocket.upgraded(server.port(), PATH);
    }

    private void awaitNobody() {
        await().atMost(java.time.Duration.ofSeconds(20)).until(() -> gate.sockets() == 0);
    }

    @Test
    void shouldRefuseJsonOfAnyDepth() {
        TestClient deep = connect();

        assertThat(deep.send("[".repeat(100_000)).nextError()).isEqualTo("bad_message");
        assertThat(deep.send("{\"type\":".repeat(10_000)).nextError()).isEqualTo("bad_message");
        deep.send(TestClient.message("ping")).next("pong");
    }

    @Test
    void shouldNotTakeInAFrameOfAHundredMegabytes() throws IOException {
        try (RawSocket huge = raw()) {
            huge.header(0x81, HUGE_BYTES);
            byte[] part = new byte[64 * 1024];
            assertThatThrownBy(
                            () -> {
                                for (int sent = 0; sent < HUGE_BYTES; sent += part.length) {
                                    huge.write(part);
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
        awaitNobody();
    }

    @Test
    void shouldSayThatAFrameIsTooLarge() throws IOException {
        TestClient large = connect();
        try (RawSocket whole = raw()) {
            whole.frame(RawSocket.TEXT, true, new byte[300_000]);
            assertThat(whole.closeCode()).isEqualTo(1009);
        }
        large.send(TestClient.message("ping")).next("pong");
    }

    @Test
    void shouldSayWhyItClosesOnAFrameThatSaysToBeHuge() throws IOException {
        for (long lengthBytes : new long[] {HUGE_BYTES, Long.MAX_VALUE}) {
            try (RawSocket huge = raw()) {
                assertThat(huge.header(0x81, lengthBytes).closing())
                        .isEqualTo("1009 a message was larger than this server takes");
            }
        }
        awaitNobody();
        assertThat(protocol.counters().of(Refusal.MESSAGE_TOO_LARGE)).isEqualTo(2);
    }

    /** A connection that is closed on what it has not read takes its last words with it. */
    @Test
    void shouldLetWhoSendsAHugeMessageReadWhyItIsClosed() {
        TestClient huge = connect();
        huge.send("x".repeat(4 * 1024 * 1024));
        assertThat(huge.nextError()).isEqualTo("message_too_large");
        assertThat(huge.closeCode()).isEqualTo(1009);
    }

    @Test
    void shouldCloseOnAFloodOfPingsThatNobodyReadsTheAnswersTo() throws IOException {
        try (RawSocket flood = raw()) {
            byte[] payload = new byte[125];
            assertThatThrownBy(
                            () -> {
                                // A while after the farewell the server still takes in what comes.
                                long began = System.nanoTime();
                                while (System.nanoTime() - began < FLOOD_NANOS) {
                                    flood.frame(RawSocket.PING, true, payload);
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
        awaitNobody();
        assertThat(protocol.counters().of(Refusal.RATE_LIMITED)).isEqualTo(1);
    }

    @Test
    void shouldCloseOnEndlessEmptyPartsOfAMessage() throws IOException {
        // In one piece: written one after the other they might take the seconds in which they are
        // allowed.
        byte[] empty = {RawSocket.CONTINUATION, (byte) 0x80, 0, 0, 0, 0};
        byte[] many = new byte[300 * empty.length];
        for (int i = 0; i < many.length; i++) {
            many[i] = empty[i % empty.length];
        }
        try (RawSocket parts = raw()) {
            parts.frame(RawSocket.TEXT, false).write(many);
            assertThat(parts.closeCode()).isEqualTo(CloseCode.RATE_LIMITED.code());
        }
    }

    @Test
    void shouldCloseOnMoreBytesThanAnybodyNeeds() {
        TestClient greedy = connect();
        String offer = TestClient.message("offer").put("sdp", "x".repeat(200_000)).toString();
        // Eleven are too many at once; a slow machine sends them in more than one go.
        for (int i = 0; i < 200 && greedy.sendIfOpen(offer); i++) {}

        assertThat(greedy.closeCode()).isEqualTo(CloseCode.RATE_LIMITED.code());
    }

    @Test
    void shouldCloseOnTextThatIsNotUtf8() throws IOException {
        try (RawSocket broken = raw()) {
            broken.frame(RawSocket.TEXT, true, (byte) '"', (byte) 0xc3, (byte) 0x28, (byte) '"');
            assertThat(broken.closeCode()).isEqualTo(CloseCode.NOT_UTF8.code());
        }
        assertThat(protocol.counters().of(Refusal.NOT_UTF8)).isEqualTo(1);
    }

    /** Reserved bits, a continuation of nothing, an unknown opcode, a long ping: RFC 6455 5.2 to 5.5. */
    @Test
    void shouldCloseOnAFrameThatCannotBe() throws IOException {
        for (int first : new int[] {0xf1, 0x80, 0x83, 0x8b}) {
            try (RawSocket wrong = raw()) {
                wrong.header(first, 1).write((byte) 'x');
                assertThat(wrong.closeCode()).as("first byte %x", first).isEqualTo(1002);
            }
        }
        try (RawSocket ping = raw()) {
            assertThat(ping.header(0x89, 126).closeCode()).isEqualTo(1002);
        }
        try (RawSocket negative = raw()) {
            assertThat(negative.header(0x81, -1).closeCode()).isEqualTo(1002);
        }
        awaitNobody();
        assertThat(protocol.counters().of(Refusal.MALFORMED_FRAME)).isEqualTo(6);
    }

    @Test
    void shouldCloseOnAFrameThatIsNotMasked() throws IOException {
        try (RawSocket bare = raw()) {
            bare.write((byte) 0x81, (byte) PING.length).write(PING);
            assertThat(bare.closeCode()).isEqualTo(1002);
        }
    }

    @Test
    void shouldLetGoOfWhoSaysGoodbyeAndReadsNothing() throws IOException {
        try (RawSocket deaf =
                RawSocket.upgraded(server.port(), PATH + "?access_token=" + token("ada"))) {
            Seat seat = room.admit();
            ParticipantInfo loud =
                    new ParticipantInfo("PA_x", "x", "x".repeat(100_000), "", Instant.EPOCH);
            // What TCP takes in does not fill our own queue: past that, but short of its limit.
            for (int i = 0; i < 60 && protocol.sessions() == 1; i++) {
                seat.hears(new RoomEvent.ParticipantJoined(loud));
            }
            deaf.frame(RawSocket.CLOSE, true, (byte) 3, (byte) 0xe8);
            awaitNobody();
        }
    }

    @Test
    void shouldTakeMessagesInAnyOrderWithoutHarm() {
        TestClient ada = connect();
        ada.send(TestClient.message("ice-candidate").put("candidate", "1 1 udp 1 ::1 9"));
        assertThat(ada.nextError()).isEqualTo("join_first");
        ada.join(token("ada")).offer(OFFER);
        assertThat(ada.nextError()).as("an offer before joined").isEqualTo("join_first");
        room.admit();
        ada.next("joined");
        assertThat(ada.join(token("bob")).nextError()).isEqualTo("already_joined");
        for (String type : new String[] {"answer", "joined", "left", "renegotiate"}) {
            assertThat(ada.send(TestClient.message(type)).nextError()).isEqualTo("bad_message");
        }
        ada.send(TestClient.message("ice-candidate").put("candidate", "not one"));
        ada.offer(OFFER);
        room.agree();
        ada.next("answer");
        room.next(RoomCommand.RemoteCandidate.class);
        ada.send(TestClient.message("leave")).offer(OFFER).send(TestClient.message("leave"));
        ada.next("left");
        assertThat(ada.closeCode()).isEqualTo(1000);
        room.next(RoomCommand.Leave.class);
        assertThat(room.waiting()).isZero();
    }

    // ---- tokens

    private static JWTCreator.Builder claims() {
        return JWT.create()
                .withIssuer("devkey")
                .withSubject("eve")
                .withExpiresAt(Instant.now().plusSeconds(600))
                .withClaim("video", Map.of("roomJoin", true, "room", "maths"));
    }

    private static String sign(JWTCreator.Builder claims) {
        return claims.sign(Algorithm.HMAC256("secret"));
    }

    static Stream<Arguments> tokens() {
        return Stream.of(
                Arguments.of("", "invalid_token", 401, "not a JWT"),
                Arguments.of("a.b.c", "invalid_token", 401, "not a JWT"),
                Arguments.of(
                        sign(claims().withExpiresAt(Instant.now().minusSeconds(90))),
                        "invalid_token",
                        401,
                        "ask for a new one"),
                Arguments.of(claims().sign(Algorithm.none()), "invalid_token", 401, "HS256"),
                Arguments.of(
                        claims().sign(Algorithm.HMAC512("secret")), "invalid_token", 401, "HS256"),
                Arguments.of(
                        claims().sign(Algorithm.HMAC256("another")),
                        "invalid_token",
                        401,
                        "signature"),
                Arguments.of(
                        sign(claims().withIssuer("otherkey")), "invalid_token", 401, "API key"),
                Arguments.of(
                        sign(
                                claims().withClaim(
                                                "video",
                                                Map.of("roomJoin", true, "room", "chess"))),
                        "not_permitted",
                        403,
                        "not for this room"),
                Arguments.of(
                        sign(claims().withClaim("video", Map.of("room", "maths"))),
                        "not_permitted",
                        403,
                        "roomJoin"));
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void shouldSayWhatIsWrongWithAToken(String token, String code, int status, String words) {
        TestClient eve = connect().join(token);

        JsonNode error = eve.next("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("message").asText()).contains(words);
        assertThat(eve.closeCode()).isEqualTo(CloseCode.UNAUTHORIZED.code());
        assertThat(refusal(uri("maths", "?access_token=" + token))).isEqualTo(status);
        assertThat(room.waiting()).isZero();
    }

    @Test
    void shouldSayThatThereIsNoToken() {
        TestClient eve = connect().send(TestClient.message("join"));

        assertThat(eve.nextError()).isEqualTo("invalid_token");
        assertThat(eve.closeCode()).isEqualTo(CloseCode.UNAUTHORIZED.code());
    }

    // ---- descriptions

    static Stream<Arguments> offers() {
        String candidates =
                IntStream.range(0, 10_000)
                        .mapToObj(i -> "a=candidate:" + i + "\r\n")
                        .collect(Collectors.joining());
        return Stream.of(
                Arguments.of("hello", "line 1"),
                Arguments.of("", "empty"),
                Arguments.of("v=0\n".concat("s\n".repeat(10)), "line 2"),
                Arguments.of(OFFER.replaceFirst("v=0", "v=0" + "\n".repeat(50_000)), "16384 lines"),
                Arguments.of(OFFER + candidates, "64 candidates"),
                Arguments.of(OFFER.replace("a=mid:1", "a=mid:0"), "mid 0"),
                Arguments.of(OFFER.replaceFirst("SAVPF 111", "SAVPF 128"), "0 to 127"),
                Arguments.of(OFFER.replaceAll("a=fingerprint.*\r\n", ""), "a=fingerprint"),
                Arguments.of(OFFER.replaceFirst("a=mid:0", "a=mid:\ufffd"), "a mid"));
    }

    @ParameterizedTest
    @MethodSource("offers")
    void shouldSayWhatIsWrongWithAnOfferAndTakeTheNextOne(String sdp, String words) {
        TestClient ada = joined("ada");
        room.admit();
        ada.next("joined");

        JsonNode error = ada.offer(sdp).next("error");
        assertThat(error.path("code").asText()).isEqualTo("invalid_offer");
        assertThat(error.path("message").asText()).contains(words);
        assertThat(room.waiting()).isZero();
        ada.offer(OFFER);
        room.agree();
        ada.next("answer");
    }

    @Test
    void shouldCloseOnADescriptionOfTenMegabytes() throws IOException {
        TestClient ada = joined("ada");
        room.admit();
        ada.next("joined");
        try (RawSocket huge = raw()) {
            byte[] part = new byte[200_000];
            huge.frame(RawSocket.TEXT, false, part).frame(RawSocket.CONTINUATION, false, part);
            assertThat(huge.closeCode()).isEqualTo(1009);
        }
        ada.send(TestClient.message("ping")).next("pong");
    }

    private static String candidate(int number) {
        return TestClient.message("ice-candidate")
                .put("candidate", number + " 1 udp 1 ::1 9")
                .toString();
    }

    @Test
    void shouldSlowDownWhoTricklesTenThousandCandidates() {
        long beganNanos = System.nanoTime();
        TestClient ada = joined("ada");
        room.admit();
        ada.next("joined");
        ada.offer(OFFER);
        room.agree();
        ada.next("answer");
        int sent = 0;
        while (sent < 10_000 && ada.sendIfOpen(candidate(sent))) {
            sent++;
        }

        assertThat(ada.closeCode()).isEqualTo(CloseCode.RATE_LIMITED.code());
        // However long it took; the room may hear of its going, too.
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        Rate allowed = SocketLimits.defaults().incoming().messages();
        assertThat(room.waiting())
                .isLessThan((int) (allowed.burst() + allowed.perSecond() * seconds) + 2);
    }
}
