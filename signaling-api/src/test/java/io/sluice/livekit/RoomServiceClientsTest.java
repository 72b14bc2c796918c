package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.Grants;
import io.sluice.api.RoomQuestions;
import io.sluice.api.rest.LiveRooms;
import io.sluice.livekit.RoomServiceMethod.Form;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomInfo;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of clients with LiveKit's protocol, and of participants who are to be shown elsewhere. */
final class RoomServiceClientsTest {
    private static final Grants ADMIN = Grants.administration("ops", false, false, "here");
    private static final Grants MOVER = Grants.moving("ops", "here", "there");

    private final LiveRooms live = new LiveRooms();
    private final TestClients clients = new TestClients();
    private final RoomServiceClients service = new RoomServiceClients(live.rooms, clients);

    @AfterEach
    void stop() {
        live.close();
    }

    private String call(String method, Grants grants, String json) {
        RoomServiceMethod<?> found = Objects.requireNonNull(service.methods().get(method));
        byte[] answer =
                found.call(
                                new Bearer("devkey", grants, Instant.MAX),
                                Form.JSON,
                                json.getBytes(StandardCharsets.UTF_8))
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join();
        return new String(answer, StandardCharsets.UTF_8);
    }

    private void assertFails(TwirpError error, String method, Grants grants, String json) {
        assertThatThrownBy(() -> call(method, grants, json))
                .satisfies(thrown ->
                        assertThat(TwirpException.of(thrown).error())
                                .as("%s", thrown)
                                .isEqualTo(error));
    }

    private static String rpc(String identity, String method, String payload) {
        return "{\"room\": \"here\", \"destinationIdentity\": \"%s\", \"method\": \"%s\", \"payload\": \"%s\"}"
                .formatted(identity, method, payload);
    }

    @Test
    void shouldCallAMethodOfAClient() {
        String ada = live.join("here", "ada").joined().self().participantId();
        assertThat(call("PerformRpc", ADMIN, rpc("ada", "double", "ha")))
                .isEqualTo("{\"payload\":\"haha\"}");
        assertThat(
                        call(
                                "PerformRpc",
                                ADMIN,
                                """
                                {"room": "here", "destination_identity": "ada", "method": "slow",
                                 "response_timeout_ms": 4000000000}
                                """))
                .isEqualTo("{\"payload\":\"\"}");
        assertThat(clients.asked).containsExactly(ada + " double in PT10S", ada + " slow in PT1M");
    }

    @ParameterizedTest
    @CsvSource({
        "deaf, FAILED_PRECONDITION",
        "late, DEADLINE_EXCEEDED",
        "gone, UNAVAILABLE",
        "refuse, FAILED_PRECONDITION",
        "'', INVALID_ARGUMENT"
    })
    void shouldSayWhyACallFailed(String method, TwirpError error) {
        live.join("here", "ada");
        assertFails(error, "PerformRpc", ADMIN, rpc("ada", method, ""));
    }

    @Test
    void shouldCallNobodyWhoIsNotThere() {
        live.join("here", "ada");
        assertFails(TwirpError.NOT_FOUND, "PerformRpc", ADMIN, rpc("eve", "double", ""));
        assertFails(
                TwirpError.PERMISSION_DENIED,
                "PerformRpc",
                Grants.administration("ops", true, true, "there"),
                rpc("ada", "double", ""));
        String large = "x".repeat(LiveKitCalls.MAX_PAYLOAD_BYTES + 1);
        assertFails(TwirpError.INVALID_ARGUMENT, "PerformRpc", ADMIN, rpc("ada", "double", large));
        assertFails(
                TwirpError.INVALID_ARGUMENT, "PerformRpc", ADMIN, rpc("ada", "x".repeat(65), ""));
        assertThat(clients.asked).isEmpty();
    }

    @Test
    void shouldShowAParticipantInAnotherRoom() {
        LiveRooms.Guest ada = live.join("here", "ada");
        live.publish("here", ada, "TR_a");
        LiveRooms.Guest bob = live.join("there", "bob");
        String forward = "{\"room\": \"here\", \"identity\": \"%s\", \"destinationRoom\": \"%s\"}";
        assertThat(call("ForwardParticipant", MOVER, forward.formatted("ada", "there")))
                .isEqualTo("{}");
        await().until(() ->
                bob.events().stream().anyMatch(RoomEvent.TrackPublished.class::isInstance));
        RoomInfo there =
                RoomQuestions.describe(live.rooms.find("there").orElseThrow())
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join();
        ParticipantInfo guest = there.participants().getLast();
        assertThat(LiveKitModels.participant(there, guest).build().toString())
                .contains("FORWARDED", "TR_a");

        assertFails(
                TwirpError.NOT_FOUND,
                "ForwardParticipant",
                MOVER,
                forward.formatted("eve", "there"));
        assertFails(
                TwirpError.PERMISSION_DENIED,
                "ForwardParticipant",
                ADMIN,
                forward.formatted("ada", "there"));
        assertFails(
                TwirpError.NOT_FOUND,
                "ForwardParticipant",
                Grants.moving("ops", "here", "missing"),
                forward.formatted("ada", "missing"));
        assertFails(
                TwirpError.INVALID_ARGUMENT,
                "ForwardParticipant",
                Grants.moving("ops", "here", "here"),
                forward.formatted("ada", "here"));
    }
}
