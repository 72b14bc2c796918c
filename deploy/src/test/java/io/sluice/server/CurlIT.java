package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.NativeClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The README's lines of {@code curl} do what the README says. */
final class CurlIT {
    private static final int LINES = 10;
    private static final int SHELL_SECONDS = 30;
    private static final String ADDRESS = "http://localhost:7880";

    /** The README's blocks of the API, in order. */
    private static List<String> blocks() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        int begin = readme.indexOf("## The API in ten lines of `curl`");
        String section = readme.substring(begin, readme.indexOf("\n## ", begin));
        List<String> blocks = new ArrayList<>();
        for (int at = section.indexOf("```sh\n"); at >= 0; at = section.indexOf("```sh\n", at)) {
            int end = section.indexOf("```\n", at + 1);
            blocks.add(section.substring(at + "```sh\n".length(), end));
            at = end;
        }
        return blocks;
    }

    private static boolean isThere(String tool) throws Exception {
        return new ProcessBuilder("sh", "-c", "command -v " + tool)
                        .redirectErrorStream(true)
                        .start()
                        .waitFor()
                == 0;
    }

    private static void holdPage(String address) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
            HttpResponse<String> page = client.send(request, BodyHandlers.ofString());
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("<title>Sluice</title>");
        }
    }

    @Test
    void shouldGoFromRoomToTokenToPage() throws Exception {
        assumeTrue(isThere("bash") && isThere("curl"), "bash and curl are needed");
        List<String> blocks = blocks();
        assertThat(String.join("", blocks).lines().count()).isEqualTo(LINES);
        try (NativeStage stage = new NativeStage()) {
            String url = stage.server().url();
            Process shell =
                    new ProcessBuilder("bash", "-eu")
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            // Ended by hand, which ends the shell.
            Writer in = shell.outputWriter(StandardCharsets.UTF_8);
            try (BufferedReader out = shell.inputReader(StandardCharsets.UTF_8)) {
                in.write(blocks.getFirst().replace(ADDRESS, url));
                in.flush();
                JsonNode room = new ObjectMapper().readTree(out.readLine());
                assertThat(room.path("name").asText()).isEqualTo("maths");
                assertThat(room.path("maxParticipants").asInt()).isEqualTo(30);

                String page = out.readLine();
                assertThat(page).startsWith(url + "/plain/?room=maths&access_token=");
                holdPage(page);
                String token = page.substring(page.indexOf("access_token=") + 13);
                NativeClient ada =
                        stage.join(ClientOptions.of(stage.uri(), "maths", "ada").withToken(token));
                await().atMost(NativeStage.PATIENCE)
                        .until(() -> ada.statistics().sent().size() == 2);
                in.write(blocks.get(1));
                in.close();
                String rest = String.join("\n", out.lines().toList());
                assertThat(shell.waitFor(SHELL_SECONDS, TimeUnit.SECONDS)).isTrue();
                assertThat(shell.exitValue()).as(rest).isZero();
                assertThat(rest).contains("\"identity\":\"ada\"").contains("\"muted\":true");
                await().atMost(NativeStage.PATIENCE).until(() -> ada.events("left").size() == 1);
                assertThat(ada.events("left").getFirst().path("reason").asText())
                        .isEqualTo("removed");
                assertThat(stage.server().sluice().rooms().all()).isEmpty();
            } finally {
                shell.destroyForcibly();
            }
        }
    }
}
