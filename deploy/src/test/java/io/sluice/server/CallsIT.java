package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.NativeClient;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A call by code with people who publish, on a whole server. */
final class CallsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();

    /** What somebody got who came in. */
    private record Seat(String code, String identity, String token) {
        String room() {
            return "sluice-call-" + code;
        }

        String path() {
            return "/api/v1/calls/" + code + "/participants/" + identity;
        }
    }

    private HttpResponse<String> ask(
            NativeStage stage,
            String method,
            String path,
            @Nullable String token,
            @Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(stage.uri() + path))
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private Seat seat(NativeStage stage, String path, String name)
            throws IOException, InterruptedException {
        String body =
                JSON.createObjectNode()
                        .put("name", name)
                        .put("device", name + "-0123456789abcdef")
                        .toString();
        JsonNode door = JSON.readTree(ask(stage, "POST", path, null, body).body());
        return new Seat(
                door.path("code").asText(),
                door.path("identity").asText(),
                door.path("token").asText());
    }

    private static NativeClient join(NativeStage stage, Seat seat) {
        return stage.join(
                ClientOptions.of(stage.uri(), seat.room(), seat.identity())
                        .withToken(seat.token()));
    }

    /** Whose tracks there are, once for each. */
    private List<String> publishers(NativeStage stage, Seat host)
            throws IOException, InterruptedException {
        HttpResponse<String> answer =
                ask(
                        stage,
                        "GET",
                        "/api/v1/rooms/" + host.room() + "/participants",
                        host.token(),
                        null);
        List<String> publishers = new ArrayList<>();
        for (JsonNode one : JSON.readTree(answer.body()).path("participants")) {
            one.path("tracks").forEach(_ -> publishers.add(one.path("identity").asText()));
        }
        return publishers;
    }

    @Test
    void shouldTakeTheTracksFromWhoBecomesAViewerAndKeepOutWhoIsBlocked() throws Exception {
        try (NativeStage stage = new NativeStage()) {
            stage.expectCuts();
            Seat ada = seat(stage, "/api/v1/calls", "ada");
            Seat bob = seat(stage, "/api/v1/calls/" + ada.code() + "/join", "bob");
            Seat eve = seat(stage, "/api/v1/calls/" + ada.code() + "/join", "eve");
            NativeClient _ = join(stage, ada);
            NativeClient _ = join(stage, bob);
            NativeClient _ = join(stage, eve);
            await().atMost(NativeStage.PATIENCE)
                    .until(() ->
                            publishers(stage, ada)
                                    .containsAll(
                                            List.of(
                                                    ada.identity(),
                                                    bob.identity(),
                                                    eve.identity())));

            ask(stage, "POST", bob.path() + "/role", ada.token(), "{\"role\": \"viewer\"}");
            ask(stage, "POST", eve.path() + "/block", ada.token(), "{}");

            await().atMost(NativeStage.PATIENCE)
                    .until(() ->
                            publishers(stage, ada).stream()
                                    .distinct()
                                    .toList()
                                    .equals(List.of(ada.identity())));
            assertThat(validate(stage, bob)).isEqualTo(200);
            assertThat(validate(stage, eve)).isEqualTo(401);
            assertThat(publishByWhip(stage, bob)).isEqualTo(403);

            ask(stage, "DELETE", "/api/v1/calls/" + ada.code(), ada.token(), null);
            await().atMost(NativeStage.PATIENCE)
                    .until(() -> stage.server().sluice().rooms().find(ada.room()).isEmpty());
            // With its old token nobody begins it anew.
            assertThat(validate(stage, ada)).isEqualTo(401);
        }
    }

    /** What LiveKit's clients ask when they cannot connect. */
    private int validate(NativeStage stage, Seat seat) throws IOException, InterruptedException {
        String token = URLEncoder.encode(seat.token(), StandardCharsets.UTF_8);
        return ask(stage, "GET", "/rtc/validate?access_token=" + token, null, null).statusCode();
    }

    /** Another way in with the same token. */
    private int publishByWhip(NativeStage stage, Seat seat)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(stage.uri() + "/whip/" + seat.room()))
                        .header("Content-Type", "application/sdp")
                        .header("Authorization", "Bearer " + seat.token())
                        .POST(BodyPublishers.ofString("v=0\r\n"))
                        .build();
        return http.send(request, BodyHandlers.ofString()).statusCode();
    }
}
