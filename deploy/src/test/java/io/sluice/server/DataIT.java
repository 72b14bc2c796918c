package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.api.Grants;
import io.sluice.room.RoomConfig;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import io.sluice.sctp.SctpCount;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.NativeClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of a room's data channels, by clients without a browser. */
final class DataIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ChannelOptions CHAT = ChannelOptions.reliable("chat");
    private static final int PIECE_BYTES = 65_536;

    private static NativeClient join(NativeStage stage, ClientOptions options) {
        NativeClient client = stage.joinWithData(options);
        await("data channels of " + options.identity())
                .atMost(PATIENCE)
                .until(() -> client.data().connected());
        return client;
    }

    private static NativeClient join(NativeStage stage, String identity) {
        return join(stage, stage.options(identity).viewer());
    }

    private static void awaitHeard(NativeClient client, String label, List<String> messages) {
        await(client.identity() + " to hear of " + label)
                .atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(client.data().heard(label)).containsExactlyElementsOf(messages));
    }

    /**
     * @param spillBusyShare 0: participants are spread over the loops
     */
    @ParameterizedTest
    @ValueSource(doubles = {0.7, 0})
    void shouldCarryMessagesToEverybodyInOrder(double spillBusyShare) throws StartException {
        SluiceConfig config =
                TestServer.config()
                        .withRoom(RoomConfig.defaults().withSpillBusyShare(spillBusyShare));
        try (NativeStage stage = new NativeStage(config)) {
            NativeClient ada = join(stage, "ada");
            NativeClient bob = join(stage, "bob");
            NativeClient carol = join(stage, "carol");
            List<String> sent = IntStream.range(0, 500).mapToObj(i -> "message " + i).toList();
            ada.data().open(CHAT);
            sent.forEach(text -> ada.data().send("chat", text));
            awaitHeard(bob, "chat", sent);
            awaitHeard(carol, "chat", sent);
            bob.data().send("chat", "thanks");
            awaitHeard(ada, "chat", List.of("thanks"));
            assertThat(stage.server().sluice().loops())
                    .allMatch(loop -> loop.defects() == 0)
                    .allMatch(loop ->
                            spillBusyShare > 0 || loop.data().sctp().of(SctpCount.ESTABLISHED) > 0);
            await("nothing waits")
                    .atMost(PATIENCE)
                    .until(() ->
                            stage.server().sluice().loops().stream()
                                    .allMatch(loop -> loop.data().bufferedBytes() == 0));
        }
    }

    @Test
    void shouldCarryWhatTheApplicationSends() throws Exception {
        try (NativeStage stage = new NativeStage();
                HttpClient http = HttpClient.newHttpClient()) {
            NativeClient ada = join(stage, "ada");
            NativeClient bob = join(stage, "bob");
            // Somebody without data channels is not counted.
            stage.join(stage.options("carol").viewer());
            assertThat(send(stage, http, "{\"label\": \"notice\", \"text\": \"to all\"}"))
                    .isEqualTo("{\"receivers\":2}\n");
            assertThat(
                            send(
                                    stage,
                                    http,
                                    "{\"label\": \"notice\", \"base64\": \"AAEC\", \"to\": [\"bob\"]}"))
                    .isEqualTo("{\"receivers\":1}\n");
            awaitHeard(ada, "notice", List.of("to all"));
            awaitHeard(bob, "notice", List.of("to all", "3 bytes"));
            assertThat(send(stage, http, "{\"label\": \"x\", \"text\": \"y\", \"to\": [\"dora\"]}"))
                    .contains("participant-not-found");
            assertThat(send(stage, http, "{\"label\": \"x\"}")).contains("invalid-field");
            assertThat(send(stage, http, "{\"label\": \"x\", \"base64\": \"?\"}"))
                    .contains("is not Base64");
        }
    }

    @Test
    void shouldTellOnlyTheOtherHowToBeConnectedStraight() throws Exception {
        try (NativeStage stage = new NativeStage();
                HttpClient http = HttpClient.newHttpClient()) {
            String room = "{\"name\": \"conference\", \"topology\": \"mesh\"}";
            Grants makes = Grants.administration("app", true, true, null);
            assertThat(post(stage, http, "/api/v1/rooms", makes, room)).contains("\"mesh\"");
            NativeClient ada = join(stage, "ada");
            NativeClient bob = join(stage, "bob");
            NativeClient carol = join(stage, "carol");
            String signal =
                    "{\"link\": \"l1\", \"kind\": \"candidate\", \"candidate\": \"\", \"to\": \"bob\"}";
            Grants isAda = Grants.join("conference", "ada", null);

            assertThat(post(stage, http, "/api/v1/rooms/conference/direct", isAda, signal))
                    .isEqualTo("{\"receivers\":1}\n");

            String told =
                    "{\"type\":\"direct\",\"link\":\"l1\",\"kind\":\"candidate\","
                            + "\"candidate\":\"\",\"mid\":\"0\",\"from\":\"ada\"}";
            awaitHeard(bob, "sluice", List.of(told.length() + " bytes"));
            send(stage, http, "{\"label\": \"sluice\", \"text\": \"later\"}");
            awaitHeard(ada, "sluice", List.of("later"));
            awaitHeard(carol, "sluice", List.of("later"));
        }
    }

    private static String send(NativeStage stage, HttpClient http, String body) throws Exception {
        Grants grants = Grants.administration("app", false, false, "conference");
        return post(stage, http, "/api/v1/rooms/conference/data", grants, body);
    }

    private static String post(
            NativeStage stage, HttpClient http, String path, Grants grants, String body)
            throws Exception {
        String token =
                stage.server().sluice().tokens().issue("devkey", grants, Duration.ofMinutes(1));
        URI address = stage.uri().resolve(path);
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(address)
                                .header("Authorization", "Bearer " + token)
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
        return response.body();
    }

    @Test
    void shouldNotHarmMediaWhileAFileIsSent() throws StartException {
        try (NativeStage stage = new NativeStage()) {
            NativeClient ada = join(stage, stage.options("ada"));
            NativeClient bob = join(stage, stage.options("bob"));
            NativeStage.awaitTracks(ada, 2);
            NativeStage.awaitTracks(bob, 2);
            ada.forgetGaps();
            bob.forgetGaps();
            ada.data().open(ChannelOptions.reliable("file"));
            DataMessage piece = new DataMessage(DataMessage.Kind.BINARY, new byte[PIECE_BYTES]);
            int pieces = 300;
            for (int i = 0; i < pieces; i++) {
                int before = i;
                // The receiver's word is the sender's credit: eight pieces.
                await().pollInterval(Duration.ofMillis(1))
                        .atMost(PATIENCE)
                        .until(() ->
                                bob.data().heardBytes() > (before - 8L) * PIECE_BYTES
                                        && ada.data().bufferedBytes() < 4 * PIECE_BYTES);
                ada.data().send("file", piece);
            }
            await().atMost(PATIENCE)
                    .until(() -> bob.data().heardBytes() == (long) pieces * PIECE_BYTES);
            NativeStage.awaitMore(bob, 30);
            NativeStage.awaitNothingMissing(bob);
            ClientStatistics seen = bob.statistics();
            assertThat(seen.live())
                    .allMatch(track -> track.frameJumps() == 0 || NativeStage.isStalled(seen));
            assertThat(bob.events("data-slow")).isEmpty();
            List<JsonNode> closed = bob.events("data-closed");
            assertThat(closed).isEmpty();
        }
    }
}
