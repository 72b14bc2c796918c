package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Grants;
import io.sluice.api.Problem;
import io.sluice.api.SocketLimits;
import io.sluice.plain.PlainCounters.Refusal;
import io.sluice.plain.ScriptedRoom.Seat;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomEvent;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients may not do, over real WebSockets on loopback. */
final class PlainLimitsTest extends PlainServerTest {
    private static SocketLimits impatient(
            Duration firstMessage, Duration pingInterval, Duration silence) {
        return SocketLimits.defaults()
                .withPatience(
                        new SocketLimits.Patience(
                                firstMessage, pingInterval, silence, Duration.ofSeconds(10)));
    }

    @Test
    void shouldAskForAJoinFirst() {
        assertThat(connect().offer(OFFER).nextError()).isEqualTo("join_first");
    }

    @Test
    void shouldRefuseASecondJoin() {
        TestClient ada = joined("ada");
        room.admit();
        ada.next("joined");

        assertThat(ada.join(token("ada")).nextError()).isEqualTo("already_joined");
    }

    @Test
    void shouldNotWaitLongForAJoin() {
        SocketLimits hasty =
                impatient(Duration.ofMillis(50), Duration.ofSeconds(10), Duration.ofSeconds(25));
        restart(config().withSessions(Duration.ofSeconds(1), hasty), PlainConfig.defaults());
        TestClient mute = connect();

        assertThat(mute.nextError()).isEqualTo("join_timeout");
        assertThat(mute.closeCode()).isEqualTo(CloseCode.JOIN_TIMEOUT.code());
    }

    @Test
    void shouldRefuseABadTokenInTheFirstMessage() {
        TestClient eve = connect().join("nonsense");

        assertThat(eve.nextError()).isEqualTo("invalid_token");
        assertThat(eve.closeCode()).isEqualTo(CloseCode.UNAUTHORIZED.code());
    }

    @Test
    void shouldRefuseABadTokenBeforeTheUpgrade() {
        assertThat(refusal(uri("maths", "?access_token=nonsense"))).isEqualTo(401);
        assertThat(refusal(uri("chess", "?access_token=" + token("ada")))).isEqualTo(403);
    }

    @Test
    void shouldRefuseAForeignPage() {
        assertThat(refusal(uri("maths", ""), "Origin", "https://evil.example")).isEqualTo(403);
        assertThat(gate.foreignOrigins()).isEqualTo(1);
    }

    @Test
    void shouldTakeThePageBehindAProxyOnThisMachineForItsOwn() throws IOException {
        String path = "/api/v1/rooms/maths/ws";
        String version = "Sec-WebSocket-Version: 13";
        String origin = "Origin: https://sluice.example";
        try (RawSocket proxied = new RawSocket(server.port());
                RawSocket rebound = new RawSocket(server.port())) {
            String forwarded = "X-Forwarded-For: 192.0.2.1";
            assertThat(proxied.requestOf("sluice.example", path, version, origin, forwarded))
                    .startsWith("HTTP/1.1 101 ");
            assertThat(rebound.requestOf("sluice.example", path, version, origin))
                    .startsWith("HTTP/1.1 403 ");
        }
    }

    /** Anybody can say that it comes back; who is in is known by a session that is there. */
    @Test
    void shouldAskTheDoorWhereTheSessionIsInvented() {
        Problem full = new Problem(503, "too-many-joins", "Try later", "Too many people come.");
        gate.guard((_, _, returning) -> returning ? Optional.empty() : Optional.of(full));
        TestClient eve =
                connect()
                        .send(
                                TestClient.message("join")
                                        .put("token", token("eve"))
                                        .put("session", "ab".repeat(16)));
        assertThat(eve.nextError()).isEqualTo("server_full");
        assertThat(eve.closeCode()).isEqualTo(CloseCode.FULL.code());
    }

    @Test
    void shouldRefuseToMakeARoomWhereThatIsOff() {
        restart(config().withAutoCreate(false), PlainConfig.defaults());

        assertThat(refusal(uri("maths", "?access_token=" + token("ada")))).isEqualTo(404);
        TestClient ada = joined("ada");
        assertThat(ada.nextError()).isEqualTo("room_not_found");
        assertThat(ada.closeCode()).isEqualTo(CloseCode.ROOM_NOT_FOUND.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"%00", "a%0Ab", "%ff", "x%E4"})
    void shouldRefuseARoomThatCannotBeNamedSo(String name) {
        assertThat(refusal(uri(name, ""))).isEqualTo(400);
    }

    @Test
    void shouldRefuseALongRoomName() {
        assertThat(refusal(uri("x".repeat(129), ""))).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "%41", "会議 室", "1+1"})
    void shouldDecodeARoomNameOnce(String name) {
        String path = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        String token = tokens.issue("devkey", Grants.join(name, "ada", null), Duration.ofHours(1));
        TestClient ada = new TestClient(http, uri(path, "?access_token=" + token));
        room.admit();

        assertThat(ada.next("joined").path("room").asText()).isEqualTo(name);
    }

    @Test
    void shouldForgiveSomeMessagesThatItDoesNotUnderstand() {
        TestClient ada = joined("ada");
        room.admit();
        ada.next("joined");

        assertThat(ada.send("{\"type\":").nextError()).isEqualTo("bad_message");
        ada.send(TestClient.message("ping")).next("pong");
        for (int i = 1; i < SocketLimits.defaults().incoming().maxErrors(); i++) {
            assertThat(ada.send("nonsense").nextError()).isEqualTo("bad_message");
        }
        assertThat(ada.send("nonsense").nextError()).isEqualTo("too_many_errors");
        assertThat(ada.closeCode()).isEqualTo(CloseCode.TOO_MANY_ERRORS.code());
    }

    @Test
    void shouldCloseOnALargeMessageWholeOrInParts() {
        int maxBytes = SocketLimits.defaults().incoming().maxMessageBytes();
        TestClient whole = connect().send("x".repeat(maxBytes + 1));
        assertThat(whole.closeCode()).isEqualTo(1009);

        TestClient parts = connect().sendPart("x".repeat(maxBytes), false).sendPart("xx", true);
        assertThat(parts.nextError()).isEqualTo("message_too_large");
        assertThat(parts.closeCode()).isEqualTo(1009);
    }

    @Test
    void shouldTakeAMessageInParts() {
        connect().sendPart("{\"type\":", false).sendPart("\"ping\"}", true).next("pong");
    }

    @Test
    void shouldCloseOnTooManyMessages() {
        TestClient flood = connect();
        int burst = SocketLimits.defaults().incoming().messages().burst();
        int sent = 0;
        // It closes long before the last of them, also where the machine is slow.
        while (sent < 50 * burst && flood.sendIfOpen("{\"type\":\"ping\"}")) {
            sent++;
        }

        assertThat(sent).isGreaterThan(burst);
        assertThat(flood.closeCode()).isEqualTo(CloseCode.RATE_LIMITED.code());
        assertThat(protocol.counters().of(Refusal.RATE_LIMITED)).isEqualTo(1);
    }

    @Test
    void shouldCloseOnABinaryMessage() {
        TestClient binary = connect();
        binary.sendBinary();

        assertThat(binary.closeCode()).isEqualTo(1003);
    }

    @Test
    void shouldCloseASocketFromWhichNothingComes() {
        SocketLimits hasty =
                impatient(Duration.ofSeconds(5), Duration.ofMillis(20), Duration.ofMillis(1));
        restart(config().withSessions(Duration.ofSeconds(1), hasty), PlainConfig.defaults());

        assertThat(connect().closeCode()).isEqualTo(CloseCode.SILENT.code());
    }

    @Test
    void shouldCloseASocketThatDoesNotRead() {
        WebSocket deaf =
                http.newWebSocketBuilder()
                        .buildAsync(uri("maths", "?access_token=" + token("ada")), new Deaf())
                        .join();
        Seat seat = room.admit();
        String longName = "x".repeat(100_000);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> {
                    seat.hears(
                            new RoomEvent.ParticipantJoined(
                                    new ParticipantInfo("PA_x", "x", longName, "", Instant.EPOCH)));
                    return protocol.counters().of(Refusal.SLOW_READER) == 1;
                });
        // Nor does it wait for the client's part of the closing.
        await().atMost(Duration.ofSeconds(20)).until(() -> gate.sockets() == 0);
        deaf.abort();
    }

    /** Never asks for what has come. */
    private static final class Deaf implements WebSocket.Listener {
        @Override
        public void onOpen(WebSocket socket) {}
    }
}
