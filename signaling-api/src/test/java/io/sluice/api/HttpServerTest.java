package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = start(ApiConfig.development().withAddress("127.0.0.1", 0));
    }

    private HttpServer start(ApiConfig config) throws IOException {
        return HttpServer.start(config, List.of());
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** A request as it stands: the JDK's client would refuse or mend it. */
    private String raw(String target) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                InputStream in = socket.getInputStream()) {
            String request =
                    "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                in.transferTo(answer);
            } catch (SocketException reset) {
                // As good an end as any other, where the server has not read all of a request that
                // it refuses.
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    void shouldSayThatItIsHealthy() throws Exception {
        HttpResponse<String> response = send(request("/healthz"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("OK");
    }

    @Test
    void shouldServeThePagesFilesWithTheirTypeAndSecurityHeaders() throws Exception {
        HttpResponse<String> response = send(request("/static-files-test.js"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("here");
        assertThat(response.headers().map())
                .containsEntry("content-type", List.of("text/javascript; charset=utf-8"))
                .containsEntry("x-content-type-options", List.of("nosniff"));
        assertThat(response.headers().firstValue("content-security-policy").orElseThrow())
                .contains("default-src 'self'")
                .contains("frame-ancestors 'none'");
    }

    @Test
    void shouldNotSendAFileThatTheBrowserHas() throws Exception {
        String etag =
                send(request("/static-files-test.js")).headers().firstValue("etag").orElseThrow();

        HttpResponse<String> again =
                send(request("/static-files-test.js").header("If-None-Match", etag));

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/c/abcd-efgh", "/plain/", "/plain/index.html", "/admin/"})
    void shouldForbidScriptsInPagesFramesAroundThemAndWhatNoCallNeeds(String path)
            throws Exception {
        var headers = send(request(path)).headers();

        assertThat(headers.firstValue("content-security-policy").orElseThrow())
                .contains("default-src 'self'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(headers.firstValue("x-frame-options")).contains("DENY");
        assertThat(headers.firstValue("permissions-policy").orElseThrow())
                .contains("camera=(self)")
                .contains("geolocation=()");
    }

    @Test
    void shouldServeTheConferencePageAtTheRootAndForCodes() throws Exception {
        assertThat(send(request("/")).body()).contains("conference for a test");
        assertThat(send(request("/?x=1")).body()).contains("conference for a test");
        assertThat(send(request("/c/abcd-efgh")).body()).contains("conference for a test");
        assertThat(raw("/c/../abcd")).startsWith("HTTP/1.1 404");
    }

    @Test
    void shouldServeTheSmallPageUnderPlain() throws Exception {
        assertThat(send(request("/plain/")).body()).contains("id=\"unbuilt\"");
        assertThat(send(request("/plain/main.js")).statusCode()).isEqualTo(200);

        HttpResponse<String> without = send(request("/plain?room=tea"));
        assertThat(without.statusCode()).isEqualTo(308);
        assertThat(without.headers().firstValue("location")).contains("/plain/?room=tea");
    }

    @Test
    void shouldServeThePageOfAdministratorsUnderAdmin() throws Exception {
        assertThat(send(request("/admin/")).body()).contains("id=\"rooms\"");
        assertThat(send(request("/admin/plot.js")).statusCode()).isEqualTo(200);
        assertThat(send(request("/admin/tiles.js")).statusCode()).isEqualTo(404);

        HttpResponse<String> without = send(request("/admin"));
        assertThat(without.statusCode()).isEqualTo(308);
        assertThat(without.headers().firstValue("location")).contains("/admin/");
    }

    @Test
    void shouldSendWhatTheBuildHasCompressedToThoseWhoTakeIt() throws Exception {
        HttpRequest.Builder asked = request("/assets/conference-test-0123abcd.js");
        HttpResponse<String> plainly = send(asked);
        HttpResponse<String> coded = send(asked.header("Accept-Encoding", "gzip, br;q=0"));

        assertThat(plainly.headers().firstValue("content-encoding")).isEmpty();
        assertThat(plainly.headers().firstValue("vary")).contains("accept-encoding");
        assertThat(plainly.headers().firstValue("cache-control").orElseThrow())
                .contains("immutable");
        assertThat(coded.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(coded.headers().firstValue("content-type"))
                .contains("text/javascript; charset=utf-8");
        assertThat(coded.headers().firstValue("etag"))
                .isNotEqualTo(plainly.headers().firstValue("etag"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/plain/../io/sluice/api/HttpServer.class",
                "/plain/..%2fconference/index.html",
                "/conference/index.html",
                "/assets/conference-test-0123abcd.js.gz",
                "/c/%2e%2e",
                "/../io/sluice/api/HttpServer.class",
                "/%2e%2e/logback.xml",
                "/..%2f..%2fetc/passwd",
                "/%2fetc/passwd",
                "//etc/passwd",
                "/web/static-files-test.js",
                "/a/../../static-files-test.js.map",
                "/static-files-test.js%00.html",
                "/.git/config",
                "/nothing.html"
            })
    void shouldNotLeaveThePagesFolder(String target) throws IOException {
        assertThat(raw(target)).containsPattern("^HTTP/1.1 40[04] ");
    }

    @Test
    void shouldAnswerAnUnknownPathWithAProblem() throws Exception {
        HttpResponse<String> response = send(request("/api/v1/nothing"));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("content-type"))
                .contains("application/problem+json");
        assertThat(new JsonObject(response.body()).fieldNames())
                .containsExactlyInAnyOrder("type", "title", "status", "detail");
    }

    @Test
    void shouldTakeARequestLineAsLongAsAToken() throws IOException {
        assertThat(raw("/healthz?access_token=" + "x".repeat(60_000))).startsWith("HTTP/1.1 200");
        assertThat(raw("/healthz?access_token=" + "x".repeat(70_000)))
                .doesNotStartWith("HTTP/1.1 200");
    }

    @Test
    void shouldSayThatAPortIsInUse() {
        ApiConfig taken = ApiConfig.development().withAddress("127.0.0.1", server.port());

        assertThatThrownBy(() -> start(taken)).isInstanceOf(BindException.class);
    }
}
