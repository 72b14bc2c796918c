package io.sluice.livekit;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Message;
import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.Grants;
import io.sluice.livekit.RoomServiceMethod.Form;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import livekit.LivekitModels.ParticipantPermission;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRoom.SendDataRequest;
import livekit.LivekitRoom.UpdateParticipantRequest;
import livekit.LivekitRoom.UpdateSubscriptionsRequest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the body of a call is, it is understood or refused; what is understood can be written again. */
final class TwirpFuzzTest {
    private static final Bearer BEARER =
            new Bearer("devkey", Grants.administration("ops", true, true, null), Instant.MAX);

    /** Between them they have every kind of field. */
    private static final List<RoomServiceMethod<?>> ECHOES =
            Stream.of(
                            CreateRoomRequest.getDefaultInstance(),
                            SendDataRequest.getDefaultInstance(),
                            UpdateParticipantRequest.getDefaultInstance(),
                            UpdateSubscriptionsRequest.getDefaultInstance())
                    .<RoomServiceMethod<?>>map(TwirpFuzzTest::echo)
                    .toList();

    private static <Q extends Message> RoomServiceMethod<Q> echo(Q example) {
        return new RoomServiceMethod<>(example, (_, request) -> completedFuture(request));
    }

    static List<byte[]> texts() {
        return Stream.of(
                        """
                        {"name": "arts", "emptyTimeout": 600, "max_participants": 20, "new": {"a": [1]}}\
                        """,
                        """
                        {"room": "arts", "identity": "ada", "attributes": {"hand": "up"}, \
                        "permission": {"canPublishSources": ["CAMERA", 2], "canPublish": true}}\
                        """,
                        """
                        {"room": "arts", "data": "aGVsbG8=", "kind": "LOSSY", "topic": null, \
                        "trackSids": ["TR_1"], "subscribe": "true"}\
                        """,
                        // As deep as a body may be: a reader that follows runs out of stack.
                        "{\"name\":" + "[".repeat(60_000),
                        "{\"name\": \"\\ud800\", \"emptyTimeout\": 1e400, \"metadata\": \"\u0000\"}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @MethodSource("texts")
    @FuzzTest
    void json(byte[] body) {
        ECHOES.forEach(echo -> answerOrRefusal(echo, Form.JSON, body));
    }

    static List<byte[]> messages() {
        return Stream.of(
                        CreateRoomRequest.newBuilder().setName("arts").setEmptyTimeout(-1).build(),
                        SendDataRequest.newBuilder().addDestinationIdentities("ada").build(),
                        UpdateParticipantRequest.newBuilder()
                                .putAttributes("hand", "up")
                                .setPermission(ParticipantPermission.newBuilder().setHidden(true))
                                .build())
                .map(Message::toByteArray)
                .toList();
    }

    @MethodSource("messages")
    @FuzzTest
    void protobuf(byte[] body) {
        ECHOES.forEach(echo -> answerOrRefusal(echo, Form.PROTOBUF, body));
    }

    private static void answerOrRefusal(RoomServiceMethod<?> echo, Form form, byte[] body) {
        CompletableFuture<byte[]> answer;
        try {
            answer = echo.call(BEARER, form, body);
        } catch (TwirpException refused) {
            assertThat(refused.error()).isEqualTo(TwirpError.MALFORMED);
            return;
        }
        byte[] written = answer.join();
        assertThat(echo.call(BEARER, form, written).join()).isEqualTo(written);
    }
}
