import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks OSV (https://osv.dev, which gathers the advisories of GitHub, Maven, npm and others) for the known weaknesses of
 * what a CycloneDX file lists.
 *
 * <p>Run by scripts/vulnerabilities.sh: {@code Vulnerabilities SBOM SERVICE}. Ends with 0 if there are none, 1 if there
 * are some, 69 if nobody could be asked.
 */
final class Vulnerabilities {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The service takes a thousand questions at once. */
    private static final int AT_ONCE = 500;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int FOUND = 1;
    private static final int UNAVAILABLE = 69;

    private Vulnerabilities() {}

    public static void main(String[] arguments) throws Exception {
        List<String> parts = parts(Path.of(arguments[0]));
        URI service = URI.create(arguments[1]).resolve("/v1/querybatch");
        int found = 0;
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            for (int from = 0; from < parts.size(); from += AT_ONCE) {
                found +=
                        ask(
                                http,
                                service,
                                parts.subList(from, Math.min(parts.size(), from + AT_ONCE)));
            }
        } catch (IOException unreachable) {
            System.err.println("sluice: " + service + " cannot be asked: " + unreachable);
            System.exit(UNAVAILABLE);
        }
        System.out.println("Parts: " + parts.size() + ", with known weaknesses: " + found + ".");
        System.exit(found == 0 ? 0 : FOUND);
    }

    private static List<String> parts(Path sbom) throws IOException {
        List<String> parts = new ArrayList<>();
        for (JsonNode component : JSON.readTree(sbom.toFile()).path("components")) {
            parts.add(component.path("purl").asText());
        }
        if (parts.isEmpty()) {
            throw new IOException(sbom + " lists nothing");
        }
        return parts;
    }

    /** Returns how many of them have weaknesses, and prints which. */
    private static int ask(HttpClient http, URI service, List<String> parts)
            throws IOException, InterruptedException {
        ObjectNode question = JSON.createObjectNode();
        ArrayNode queries = question.putArray("queries");
        parts.forEach(purl -> queries.addObject().putObject("package").put("purl", purl));
        HttpRequest request =
                HttpRequest.newBuilder(service)
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(question.toString()))
                        .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        JsonNode results = JSON.readTree(response.body()).path("results");
        if (response.statusCode() != 200 || results.size() != parts.size()) {
            throw new IOException("the answer is no answer: " + response.statusCode());
        }
        int found = 0;
        for (int i = 0; i < parts.size(); i++) {
            JsonNode known = results.get(i).path("vulns");
            if (!known.isEmpty()) {
                found++;
            }
            for (JsonNode one : known) {
                System.out.println(parts.get(i) + ": https://osv.dev/" + one.path("id").asText());
            }
        }
        return found;
    }
}
