package io.sluice.server.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.LogManager;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The other side of {@link ClientProcess}: a command on each line that comes in, an answer on each
 * line that goes out, both JSON; ends with its input.
 *
 * <p>Its main thread owns it.
 */
public final class ClientProcessMain {
    /** More would only wait for each other's handshakes. */
    private static final int JOINING_AT_ONCE = 12;

    private static final Duration BEAT = Duration.ofMillis(100);

    private final ClientLoop loop = new ClientLoop();
    private final List<NativeClient> clients = new ArrayList<>();
    private int participants;

    private ClientProcessMain() {}

    /** Reads commands until the input ends. */
    public static void main(String[] arguments) throws IOException {
        LogManager.getLogManager().getLogger("").setLevel(Level.WARNING);
        PrintStream answers =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        ClientProcessMain process = new ClientProcessMain();
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            answers.println(process.answer(line));
        }
    }

    private ObjectNode answer(String line) {
        ObjectNode answer = PlainConnection.JSON.createObjectNode();
        try {
            JsonNode command = PlainConnection.JSON.readTree(line);
            Duration patience = Duration.ofMillis(command.path("patienceMillis").asLong());
            switch (command.path("command").asText()) {
                case "join" -> join(command, patience);
                case "watch" -> watch(command, patience);
                case "await-tracks" ->
                        awaitTracks(
                                command.path("tracks").asInt(),
                                command.path("packets").asInt(),
                                patience);
                case "await-flow" -> awaitFlow(command.path("packets").asInt(), patience);
                case "statistics" -> sum(answer);
                case "leave" -> leave(patience);
                default -> throw new IllegalArgumentException(line);
            }
        } catch (JsonProcessingException | RuntimeException e) {
            answer.put("error", e.toString());
        }
        return answer;
    }

    private void join(JsonNode command, Duration patience) throws JsonProcessingException {
        participants = command.path("participants").asInt();
        URI server = URI.create(command.path("server").asText());
        ClientOptions.Media audio = media(command.path("audio"));
        ClientOptions.Media video = media(command.path("video"));
        for (int room = 0; room < command.path("rooms").asInt(); room++) {
            for (int i = 0; i < participants; i++) {
                String name = command.path("prefix").asText() + "-" + room;
                String identity = name + "-" + i;
                ClientOptions options =
                        ClientOptions.of(server, name, identity)
                                .withToken(DevToken.issue(name, identity))
                                .media(audio, video);
                join(options, patience);
            }
        }
        await(patience, "all are connected", NativeClient::connected, 0);
    }

    private void join(ClientOptions options, Duration patience) {
        clients.add(NativeClient.join(loop, options));
        await(patience, "few are joining", NativeClient::connected, JOINING_AT_ONCE - 1);
    }

    private void watch(JsonNode command, Duration patience) {
        URI server = URI.create(command.path("server").asText());
        String room = command.path("room").asText();
        for (int i = 0; i < command.path("viewers").asInt(); i++) {
            String identity = "viewer-" + i;
            String token = DevToken.issue(room, identity);
            join(ClientOptions.of(server, room, identity).withToken(token).viewer(), patience);
        }
        await(patience, "all are connected", NativeClient::connected, 0);
    }

    private void awaitTracks(int tracks, int packets, Duration patience) {
        await(
                patience,
                packets + " packets of each of " + tracks + " tracks",
                client -> {
                    List<ClientStatistics.Received> live = client.statistics().live();
                    return live.size() == tracks
                            && live.stream().allMatch(track -> track.packets() >= packets);
                },
                0);
    }

    private static ClientOptions.Media media(JsonNode shape) throws JsonProcessingException {
        return PlainConnection.JSON.treeToValue(shape, ClientOptions.Media.class);
    }

    private void awaitFlow(int packets, Duration patience) {
        int tracks = 2 * (participants - 1);
        await(
                patience,
                packets + " packets of each of " + tracks + " tracks",
                client -> {
                    List<ClientStatistics.Received> live = client.statistics().live();
                    return live.size() == tracks
                            && live.stream().allMatch(track -> track.packets() >= packets)
                            && live.stream()
                                    .allMatch(track ->
                                            track.kind().equals("AUDIO") || track.keyframes() > 0);
                },
                0);
    }

    private void leave(Duration patience) {
        clients.forEach(NativeClient::leave);
        await(patience, "all have left", client -> client.statistics().leftReason() != null, 0);
        clients.forEach(NativeClient::close);
        clients.clear();
    }

    private void await(
            Duration patience, String what, Predicate<NativeClient> condition, int exceptions) {
        try {
            Awaitility.await(what)
                    .atMost(patience)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(BEAT)
                    .until(() -> missing(condition) <= exceptions);
        } catch (ConditionTimeoutException e) {
            NativeClient first =
                    clients.stream().filter(condition.negate()).findFirst().orElseThrow();
            throw new IllegalStateException(
                    what + ": not so for " + missing(condition) + ", the first: " + first, e);
        }
    }

    private long missing(Predicate<NativeClient> condition) {
        return clients.stream().filter(condition.negate()).count();
    }

    private void sum(ObjectNode into) {
        long tracks = 0;
        long packets = 0;
        long lost = 0;
        long recovered = 0;
        long wrong = 0;
        long refused = 0;
        List<String> failures = new ArrayList<>();
        for (NativeClient client : clients) {
            ClientStatistics seen = client.statistics();
            for (ClientStatistics.Received track : seen.received()) {
                tracks++;
                packets += track.packets();
                lost += track.lost();
                recovered += track.recoveredByRtx() + track.recoveredPlainly();
                wrong += track.wrongContent();
            }
            refused += seen.srtpRefused() + seen.malformed();
            failures.addAll(client.failures());
        }
        into.put("clients", clients.size())
                .put("tracks", tracks)
                .put("packets", packets)
                .put("lost", lost)
                .put("recovered", recovered)
                .put("wrongContent", wrong)
                .put("refused", refused)
                .put("failures", failures.toString());
    }
}
