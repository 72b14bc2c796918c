package io.sluice.server.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Asks a server's REST API. Used by one thread, which waits for each answer. */
final class RestClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final URI url;
    private final String token;

    RestClient(URI url, String token) {
        this.url = url;
        this.token = token;
    }

    /** An answer that is no success; says why. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        /** EX_UNAVAILABLE and EX_NOPERM of sysexits.h. */
        static final int UNREACHABLE = 69;

        static final int NOT_ALLOWED = 77;
        private static final int OTHER = 1;

        private final int exitCode;

        private Refused(int exitCode, String text) {
            super(text, null, false, false);
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    JsonNode get(String path) throws Refused {
        return send(request(path).GET());
    }

    void delete(String path) throws Refused {
        JsonNode _ = send(request(path).DELETE());
    }

    JsonNode post(String path, String body) throws Refused {
        return send(
                request(path)
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
    }

    /** One segment of a path. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + "/api/v1" + path))
                .timeout(TIMEOUT)
                .header("authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest.Builder request) throws Refused {
        HttpResponse<String> answer;
        try {
            answer = http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException unreachable) {
            throw new Refused(
                    Refused.UNREACHABLE,
                    "There is no answer from "
                            + url
                            + " ("
                            + unreachable
                            + "). Does the server run? Another one is named with --url.");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Refused(Refused.OTHER, "interrupted");
        }
        JsonNode body = json(answer.body());
        int status = answer.statusCode();
        if (status / 100 == 2) {
            return body;
        }
        String detail = body.path("detail").asText("The server answers " + status + ".");
        boolean forbidden = status == 401 || status == 403;
        throw new Refused(
                forbidden ? Refused.NOT_ALLOWED : Refused.OTHER,
                forbidden
                        ? detail + " The key is given by --api-key and SLUICE_API_SECRET."
                        : detail);
    }

    private static JsonNode json(String text) {
        try {
            return text.isBlank() ? JSON.createObjectNode() : JSON.readTree(text);
        } catch (JsonProcessingException noJson) {
            return JSON.createObjectNode();
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
