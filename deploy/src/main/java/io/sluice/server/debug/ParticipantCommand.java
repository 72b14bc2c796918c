package io.sluice.server.debug;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.server.control.ServerOptions;
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
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MAX_SECONDS = 300;

    private final Map<String, String> environment;

    @Parameters(index = "0", paramLabel = "ROOM", description = "The room's name.")
    private String room = "";

    @Parameters(index = "1", paramLabel = "IDENTITY", description = "The participant's identity.")
    private String identity = "";

    @Mixin private ServerOptions server = new ServerOptions();

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
        try (HttpClient http = HttpClient.newHttpClient()) {
            send(http, post(true));
            boolean _ = new CountDownLatch(1).await(keptSeconds, TimeUnit.SECONDS);
            HttpRequest read = request("?format=pcap").GET().build();
            byte[] capture = send(http, read);
            send(http, post(false));
            Files.write(file, capture);
        }
        spec.commandLine().getOut().println(file);
        return 0;
    }

    private HttpRequest post(boolean recorded) {
        return request("")
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString("{\"recorded\": " + recorded + "}"))
                .build();
    }

    private HttpRequest.Builder request(String query) {
        String path =
                "/api/v1/rooms/"
                        + encoded(room)
                        + "/participants/"
                        + encoded(identity)
                        + "/packets"
                        + query;
        return HttpRequest.newBuilder(URI.create(server.url(environment) + path))
                .timeout(PATIENCE)
                .header("authorization", "Bearer " + server.administration(environment, room));
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
            throw new IOException(
                    "no server answers at " + server.url(environment) + "; see --url", nobody);
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
