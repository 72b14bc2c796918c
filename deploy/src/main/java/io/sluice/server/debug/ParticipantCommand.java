package io.sluice.server.debug;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.api.AccessTokens;
import io.sluice.api.ApiKeys;
import io.sluice.api.Grants;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has a server keep the headers of somebody's packets for a while, and writes them down as a capture. */
@Command(
        name = "participant",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description =
                "Writes the headers of a participant's packets, both ways, to a capture for"
                        + " Wireshark or tcpdump: nothing of what is said or shown.")
final class ParticipantCommand implements Callable<Integer> {
    private static final Duration TOKEN_VALIDITY = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MAX_SECONDS = 300;

    private final Map<String, String> environment;

    @Parameters(index = "0", paramLabel = "ROOM", description = "The room's name.")
    private String room = "";

    @Parameters(index = "1", paramLabel = "IDENTITY", description = "The participant's identity.")
    private String identity = "";

    @Option(
            names = "--url",
            description = "The server (${DEFAULT-VALUE}). Its keys are read from SLUICE_KEYS.")
    private URI url = URI.create("http://localhost:7880");

    @Option(
            names = "--seconds",
            description = "How long packets are kept (${DEFAULT-VALUE}); the last 16,384 at most.")
    private int seconds = 10;

    @Option(names = "--to", paramLabel = "FILE", description = "Default: ${DEFAULT-VALUE}.")
    private Path file = Path.of("packets.pcap");

    @Spec private CommandSpec spec = CommandSpec.create();

    ParticipantCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        int keptSeconds = Math.clamp(seconds, 0, MAX_SECONDS);
        String token = token();
        try (HttpClient http = HttpClient.newHttpClient()) {
            send(http, post(token, true));
            boolean _ = new CountDownLatch(1).await(keptSeconds, TimeUnit.SECONDS);
            HttpRequest read = request("?format=pcap", token).GET().build();
            byte[] capture = send(http, read);
            send(http, post(token, false));
            Files.write(file, capture);
        }
        spec.commandLine().getOut().println(file);
        return 0;
    }

    private String token() {
        List<String> lines =
                environment
                        .getOrDefault("SLUICE_KEYS", "")
                        .lines()
                        .filter(line -> !line.isBlank())
                        .toList();
        ApiKeys keys = lines.isEmpty() ? ApiKeys.DEV : ApiKeys.parse(lines);
        Grants grants = Grants.administration("debug", false, false, room);
        return new AccessTokens(keys, Clock.systemUTC())
                .issue(keys.names().getFirst(), grants, TOKEN_VALIDITY);
    }

    private HttpRequest post(String token, boolean recorded) {
        return request("", token)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString("{\"recorded\": " + recorded + "}"))
                .build();
    }

    private HttpRequest.Builder request(String query, String token) {
        String path =
                "/api/v1/rooms/"
                        + encoded(room)
                        + "/participants/"
                        + encoded(identity)
                        + "/packets"
                        + query;
        return HttpRequest.newBuilder(url.resolve(path))
                .timeout(PATIENCE)
                .header("authorization", "Bearer " + token);
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private byte[] send(HttpClient http, HttpRequest request)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> response;
        try {
            response = http.send(request, BodyHandlers.ofByteArray());
        } catch (ConnectException nobody) {
            throw new IOException("no server answers at " + url + "; see --url", nobody);
        }
        if (response.statusCode() != 200) {
            throw new IOException(why(response));
        }
        return response.body();
    }

    private static String why(HttpResponse<byte[]> response) throws IOException {
        JsonNode problem = new ObjectMapper().readTree(response.body());
        return problem.path("detail").asText("the server answered " + response.statusCode());
    }
}
