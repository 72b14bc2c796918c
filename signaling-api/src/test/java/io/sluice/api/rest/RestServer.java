package io.sluice.api.rest;

import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiKeys;
import io.sluice.api.ApiLimits;
import io.sluice.api.Grants;
import io.sluice.api.HttpServer;
import io.sluice.api.Rate;
import io.sluice.api.SocketGate;
import io.sluice.history.History;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A web server with the REST API on real rooms, and a client to it. */
final class RestServer implements AutoCloseable {
    /** Of clients; the machine may do much else. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    static final String STRONG = "0123456789abcdef0123456789abcdef";

    /** May do everything that is not for one room, and administers {@code maths}. */
    static final Grants OPERATOR = Grants.administration("ops", true, true, "maths");

    final LiveRooms live = new LiveRooms();
    final AccessTokens tokens;
    final RestApi api;
    final String operator;

    /** Not null: what whoever wants something random gets instead. */
    volatile @Nullable Error defect;

    private final SecureRandom random = new SecureRandom();
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    private final String apiKey;

    RestServer(ApiConfig config) throws IOException {
        this(config, "key");
    }

    RestServer(ApiConfig config, String apiKey) throws IOException {
        this(config, apiKey, null);
    }

    /** With a history, which hears of its rooms. */
    RestServer(ApiConfig config, String apiKey, @Nullable History history) throws IOException {
        if (history != null) {
            live.rooms.listen(history.listener());
        }
        this.apiKey = apiKey;
        tokens = new AccessTokens(config.access().keys(), Clock.systemUTC());
        operator = token(OPERATOR);
        SocketGate gate = new SocketGate(config, tokens);
        api =
                new RestApi(
                        config,
                        LiveRooms.CONFIG,
                        tokens,
                        gate,
                        live.rooms,
                        null,
                        history,
                        this::nextRandom,
                        Clock.systemUTC());
        server = HttpServer.start(config, List.of(api));
    }

    private long nextRandom() {
        Error thrown = defect;
        if (thrown != null) {
            throw thrown;
        }
        return random.nextLong();
    }

    static ApiConfig config() {
        ApiKeys keys = ApiKeys.parse(List.of("key: " + STRONG, "other: " + STRONG + "2"));
        return ApiConfig.defaults(keys).withAddress("127.0.0.1", 0);
    }

    /** The usual limits, but for these. */
    static ApiLimits limits(Rate requests, Duration roomTimeout) {
        ApiLimits usual = ApiLimits.defaults();
        return usual.withRest(usual.rest().withRequests(requests).withRoomTimeout(roomTimeout));
    }

    static ApiConfig development() {
        return ApiConfig.development().withAddress("127.0.0.1", 0);
    }

    int port() {
        return server.port();
    }

    String token(Grants grants) {
        return tokens.issue(apiKey, grants, Duration.ofHours(1));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(PATIENCE);
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    HttpResponse<InputStream> stream(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** A request with this token, if it is not null, and this body, if it is not null. */
    HttpResponse<String> ask(
            String method, String path, @Nullable String token, @Nullable String body) {
        HttpRequest.Builder request = request(path);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(body));
        }
        return send(request);
    }

    /** A request of the operator. */
    HttpResponse<String> ask(String method, String path, @Nullable String body) {
        return ask(method, path, operator, body);
    }

    HttpResponse<String> get(String path) {
        return ask("GET", path, null);
    }

    static JsonObject json(HttpResponse<String> response) {
        return new JsonObject(response.body());
    }

    /** The kind of problem that an answer tells of. */
    static String problem(HttpResponse<String> response) {
        return json(response).getString("type").replace("urn:sluice:problem:", "");
    }

    Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port());
    }

    /** A request as it stands: the JDK's client would refuse or mend it. */
    String raw(String request) throws IOException {
        try (Socket socket = connect();
                InputStream in = socket.getInputStream()) {
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        server.close();
        client.close();
        live.close();
    }
}
