package io.sluice.server;

import static io.sluice.server.NativeStage.awaitTracks;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.api.Grants;
import io.sluice.server.client.NativeClient;
import io.sluice.webhook.WebhookConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** livekit-server-sdk (Node.js) against this server: tokens, RoomService, and webhooks that it verifies. */
final class ServerSdkIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CHECKS = 11;

    @TempDir private Path directory;

    @Test
    void shouldServeAnApplicationOfLiveKitsServerSdk() throws Exception {
        try (NodeProject.Script application = NodeProject.start("server-sdk.mjs")) {
            int port = JSON.readTree(application.line()).path("receiver").asInt();
            URI receiver = URI.create("http://127.0.0.1:" + port + "/");
            SluiceConfig config =
                    TestServer.config()
                            .withWebhooks(
                                    new WebhookSettings(
                                            WebhookConfig.defaults(List.of(receiver), directory),
                                            "devkey"));
            try (NativeStage stage = new NativeStage(config)) {
                NativeClient ada = stage.join("ada");
                NativeClient bob = stage.join("bob");
                awaitTracks(ada, 2);
                awaitTracks(bob, 2);

                application.say("{\"url\": \"" + stage.uri() + "\"}");

                List<String> passed = new ArrayList<>();
                String line = application.line();
                while (line != null) {
                    JsonNode said = JSON.readTree(line);
                    assertThat(said.has("failed")).as(said.toPrettyString()).isFalse();
                    if (said.has("passed")) {
                        passed.add(said.get("passed").asText());
                    }
                    line = application.line();
                }
                assertThat(passed).hasSize(CHECKS);
            }
        }
    }

    @Test
    void shouldSendAClientToAnotherRoom() throws Exception {
        try (TestServer server = TestServer.start();
                NodeProject.Script moves =
                        NodeProject.start(
                                "move.mjs",
                                "http://127.0.0.1:" + server.sluice().httpPort(),
                                join(server, "here", "ada"),
                                join(server, "there", "bob"))) {
            List<String> said = new ArrayList<>();
            String line;
            // The client writes its own log there, too.
            while ((line = moves.line()) != null) {
                said.add(line);
            }
            assertThat(said).contains("ok");
        }
    }

    private static String join(TestServer server, String room, String identity) {
        return server.sluice()
                .tokens()
                .issue("devkey", Grants.join(room, identity, null), Duration.ofMinutes(10));
    }
}
