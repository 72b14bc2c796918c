package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./sluice vulnerabilities}, with a service that answers as osv.dev does. */
final class VulnerabilitiesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GOOD = "pkg:maven/org.example/good@1.0";
    private static final String BAD = "pkg:npm/bad@2.0";

    /** At which the service has no time. */
    private static final String SILENCING = "pkg:npm/silencing@1.0";

    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    private HttpServer service;

    private record Ended(int exitCode, String output) {}

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("target", "lib")), "the jars are not packed yet");
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/v1/querybatch", VulnerabilitiesIT::answer);
        service.start();
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.stop(0);
        }
    }

    private static void answer(HttpExchange exchange) throws IOException {
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode results = answer.putArray("results");
        JsonNode queries = JSON.readTree(exchange.getRequestBody()).path("queries");
        if (queries.at("/0/package/purl").asText().equals(SILENCING)) {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
            return;
        }
        for (JsonNode query : queries) {
            ObjectNode result = results.addObject();
            if (query.at("/package/purl").asText().equals(BAD)) {
                result.putArray("vulns").addObject().put("id", "GHSA-1234");
            }
        }
        byte[] body = answer.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Ended ask(String... parts) throws IOException, InterruptedException {
        ObjectNode sbom = JSON.createObjectNode();
        ArrayNode components = sbom.putArray("components");
        for (String part : parts) {
            components.addObject().put("purl", part);
        }
        Path list = Files.writeString(folder.resolve("sbom.json"), sbom.toString());
        Path output = folder.resolve("output");
        Path sources = Path.of("..").toRealPath();
        ProcessBuilder command =
                new ProcessBuilder(
                        sources.resolve("scripts/vulnerabilities.sh").toString(),
                        "--sbom",
                        list.toString(),
                        "--service",
                        "http://127.0.0.1:" + service.getAddress().getPort());
        command.environment().put("SLUICE_ROOT", sources.toString());
        command.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = command.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(3, TimeUnit.MINUTES);
        process.destroyForcibly();
        String text = Files.readString(output);
        assertThat(ended).as(text).isTrue();
        return new Ended(process.exitValue(), text);
    }

    @Test
    void shouldNameWhatIsKnownAndSayWhenNobodyAnswers() throws Exception {
        Ended found = ask(GOOD, BAD);
        assertThat(found.exitCode()).as(found.output()).isEqualTo(1);
        assertThat(found.output())
                .contains(BAD + ": https://osv.dev/GHSA-1234")
                .contains("Parts: 2, with known weaknesses: 1.");

        Ended clean = ask(GOOD);
        assertThat(clean.exitCode()).as(clean.output()).isZero();

        Ended silent = ask(SILENCING);
        assertThat(silent.exitCode()).as(silent.output()).isEqualTo(69);
        assertThat(silent.output()).contains("cannot be asked");
    }
}
