package io.sluice.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many native clients in a JVM of their own, so that threads and descriptors of this one are the
 * server's.
 *
 * <p>Owned by the test's thread.
 */
public final class ClientProcess implements AutoCloseable {
    private static final long EXIT_SECONDS = 5;

    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;

    /** Starts the JVM that runs the test once more, with the same class path. */
    public ClientProcess() {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> line =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "-cp",
                        classPath,
                        ClientProcessMain.class.getName());
        try {
            process =
                    new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        answers = process.inputReader(StandardCharsets.UTF_8);
        commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Fills rooms with participants who all publish; returns when all are connected. */
    public void join(
            URI server,
            String roomPrefix,
            int rooms,
            int participants,
            ClientOptions.Media audio,
            ClientOptions.Media video,
            Duration patience) {
        ObjectNode command =
                command("join", patience)
                        .put("server", server.toString())
                        .put("prefix", roomPrefix)
                        .put("rooms", rooms)
                        .put("participants", participants);
        command.set("audio", PlainConnection.JSON.valueToTree(audio));
        command.set("video", PlainConnection.JSON.valueToTree(video));
        JsonNode unused = ask(command);
    }

    /** Fills a room with viewers, who publish nothing; returns when all are connected. */
    public void watch(URI server, String room, int viewers, Duration patience) {
        ObjectNode command =
                command("watch", patience)
                        .put("server", server.toString())
                        .put("room", room)
                        .put("viewers", viewers);
        JsonNode unused = ask(command);
    }

    /** Returns when each client receives so many tracks, and has so many packets of each. */
    public void awaitTracks(int tracks, int packets, Duration patience) {
        ObjectNode command =
                command("await-tracks", patience).put("tracks", tracks).put("packets", packets);
        JsonNode unused = ask(command);
    }

    /** Returns when each client has received so many packets of each track of the others. */
    public void awaitFlow(int packets, Duration patience) {
        JsonNode unused = ask(command("await-flow", patience).put("packets", packets));
    }

    /** Sums over all clients: {@link ClientProcessMain} names them. */
    public JsonNode statistics() {
        return ask(command("statistics", Duration.ZERO));
    }

    /** All leave; returns when the server has confirmed each. */
    public void leaveAll(Duration patience) {
        JsonNode unused = ask(command("leave", patience));
    }

    private static ObjectNode command(String name, Duration patience) {
        return PlainConnection.JSON
                .createObjectNode()
                .put("command", name)
                .put("patienceMillis", patience.toMillis());
    }

    private JsonNode ask(ObjectNode command) {
        try {
            commands.write(command + "\n");
            commands.flush();
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("the clients' process has ended");
            }
            JsonNode answer = PlainConnection.JSON.readTree(line);
            if (answer.has("error")) {
                throw new AssertionError(answer.path("error").asText());
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the process, and all clients with it as if they were killed. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
