package io.sluice.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.interfaces.DecodedJWT;
import com.sun.net.httpserver.HttpServer;
import io.sluice.server.debug.DebugMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands against answers as the REST API gives them. */
final class ControlMainTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String ROOMS =
            """
            {"rooms": [{"name": "maths", "participantCount": 2, "trackCount": 3,
                        "createdAt": "2026-01-01T00:00:00Z"}]}\
            """;
    private static final String PARTICIPANTS =
            """
            {"participants": [
              {"identity": "ada", "name": "A\\u001bda", "tracks": [
                {"trackId": "T1", "source": "camera", "codec": "VP8", "muted": false},
                {"trackId": "T2", "source": "microphone", "codec": "opus", "muted": true}]},
              {"identity": "bob", "name": "", "tracks": []}]}\
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private String bearer = "";

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    @BeforeEach
    void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    String body =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    String what = exchange.getRequestMethod() + " " + exchange.getRequestURI();
                    asked.add(body.isEmpty() ? what : what + " " + body);
                    bearer = exchange.getRequestHeaders().getFirst("authorization");
                    String answer =
                            answers.getOrDefault(what, "404 {\"detail\": \"No such room.\"}");
                    byte[] bytes = answer.substring(4).getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(
                            Integer.parseInt(answer.substring(0, 3)),
                            bytes.length == 0 ? -1 : bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Map<String, String> environment() {
        return Map.of(
                "SLUICE_URL",
                "http://127.0.0.1:" + server.getAddress().getPort() + "/",
                "SLUICE_KEYS",
                "other: " + SECRET + "\nmine: " + SECRET);
    }

    private int run(String... arguments) {
        return run(ControlMain.commandLine(environment()), arguments);
    }

    private int run(CommandLine commands, String... arguments) {
        return commands.setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void shouldListRoomsForPeopleAndForPrograms() {
        answers.put("GET /api/v1/rooms?limit=1000", "200 " + ROOMS);

        assertThat(run("rooms")).as("%s", err).isZero();
        assertThat(out.toString())
                .isEqualTo(
                        """
                        ROOM   PARTICIPANTS  TRACKS  SINCE
                        maths  2             3       2026-01-01T00:00:00Z
                        """);
        assertThat(run("rooms", "--json")).isZero();
        assertThat(out.toString()).contains("[{\"name\":\"maths\",\"participantCount\":2");
        DecodedJWT token = JWT.decode(bearer.substring("Bearer ".length()));
        assertThat(token.getIssuer()).isEqualTo("other");
        assertThat(token.getClaim("video").asMap()).containsEntry("roomList", true);
    }

    @Test
    void shouldShowNoControlCharactersOfStrangers() {
        answers.put("GET /api/v1/rooms/a%20b/participants", "200 " + PARTICIPANTS);

        assertThat(run("participants", "a b", "--api-key", "mine")).as("%s", err).isZero();

        assertThat(out.toString()).contains("ada       A?da  T1", "bob").doesNotContain("\u001b");
        DecodedJWT token = JWT.decode(bearer.substring("Bearer ".length()));
        assertThat(token.getIssuer()).isEqualTo("mine");
        assertThat(token.getClaim("video").asMap())
                .containsEntry("roomAdmin", true)
                .containsEntry("room", "a b");
    }

    @Test
    void shouldKickMuteAndEnd() {
        answers.put("DELETE /api/v1/rooms/maths/participants/bob", "204 ");
        answers.put("GET /api/v1/rooms/maths/participants", "200 " + PARTICIPANTS);
        answers.put("POST /api/v1/rooms/maths/tracks/T1/mute", "200 {\"trackId\": \"T1\"}");
        answers.put("POST /api/v1/rooms/maths/tracks/T2/mute", "200 {\"trackId\": \"T2\"}");
        answers.put("DELETE /api/v1/rooms/maths", "204 ");

        assertThat(run("kick", "maths", "bob")).as("%s", err).isZero();
        assertThat(run("mute", "maths", "ada")).as("%s", err).isZero();
        assertThat(run("mute", "maths", "ada", "--track", "T2", "--off")).as("%s", err).isZero();
        assertThat(run("end", "maths")).as("%s", err).isZero();

        assertThat(asked)
                .contains(
                        "DELETE /api/v1/rooms/maths/participants/bob",
                        "POST /api/v1/rooms/maths/tracks/T1/mute {\"muted\":true}",
                        "POST /api/v1/rooms/maths/tracks/T2/mute {\"muted\":true}",
                        "POST /api/v1/rooms/maths/tracks/T2/mute {\"muted\":false}",
                        "DELETE /api/v1/rooms/maths");
        assertThat(out.toString()).contains("removed bob", "muted 2 tracks", "unmuted 1 tracks");
    }

    /** It is told of the server as all others are. */
    @Test
    void shouldCapturePacketsOfTheServerThatTheEnvironmentNames(@TempDir Path folder)
            throws IOException {
        String packets = " /api/v1/rooms/maths/participants/ada/packets";
        answers.put("POST" + packets, "200 {}");
        answers.put("GET" + packets + "?format=pcap", "200 headers");
        Path file = folder.resolve("ada.pcap");

        CommandLine debug = DebugMain.commandLine(environment());
        String[] capture = {"participant", "maths", "ada", "--seconds", "0", "--to=" + file};
        assertThat(run(debug, capture)).as("%s", err).isZero();

        assertThat(file).hasContent("headers");
        assertThat(JWT.decode(bearer.substring("Bearer ".length())).getIssuer()).isEqualTo("other");
        assertThat(run(DebugMain.commandLine(Map.of("SLUICE_API_KEY", "mine")), capture))
                .isEqualTo(64);
        assertThat(err.toString()).contains("SLUICE_API_SECRET");
    }

    @Test
    void shouldSayByItsCodeWhatIsWrong() {
        answers.put("DELETE /api/v1/rooms/secret", "403 {\"detail\": \"Not yours.\"}");

        assertThat(run("end", "nowhere")).isEqualTo(1);
        assertThat(run("end", "secret")).isEqualTo(77);
        assertThat(run("rooms", "--url", "http://127.0.0.1:1")).isEqualTo(69);
        assertThat(run("kick", "maths")).isEqualTo(64);
        assertThat(run("rooms", "--api-key", "unknown")).isEqualTo(64);
        assertThat(err.toString()).contains("No such room.", "Not yours.", "Does the server run?");
    }

    @Test
    void shouldSignTokensWithoutAskingAnybody() {
        assertThat(run("token", "--room", "maths", "--identity", "ada", "--viewer")).isZero();

        DecodedJWT token = JWT.decode(out.toString().strip());
        assertThat(token.getSubject()).isEqualTo("ada");
        assertThat(token.getClaim("video").asMap())
                .containsEntry("room", "maths")
                .containsEntry("roomJoin", true)
                .containsEntry("canPublish", false);
        assertThat(asked).isEmpty();
        assertThat(run("token", "--identity", "ada")).isEqualTo(64);
    }

    @Test
    void shouldPrintAScriptThatCompletesCommands() {
        assertThat(run("generate-completion")).isZero();
        assertThat(out.toString()).contains("participants", "check-config", "--api-key");
    }
}
