package io.sluice.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiLimits;
import io.sluice.api.Grants;
import io.sluice.api.HttpServer;
import io.sluice.api.RequestRates;
import io.sluice.api.SocketGate;
import io.sluice.api.TokenException;
import io.sluice.api.rest.LiveRooms;
import io.sluice.api.rest.RestApi;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A web server with calls by code on real rooms, and clients to it. */
final class CallsServer implements AutoCloseable {
    private static final String API = "/api/v1";
    private static final String CALLS = API + "/calls";

    final LiveRooms live = new LiveRooms();
    final Calls calls;
    final AccessTokens tokens;
    final SocketGate gate;
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    /** From where requests come, as a proxy tells it: limits are for each address. */
    private int address = 1;

    CallsServer(CallsConfig config) throws IOException {
        this(config, ApiLimits.defaults());
    }

    CallsServer(CallsConfig config, ApiLimits limits) throws IOException {
        ApiConfig api = ApiConfig.development().withAddress("127.0.0.1", 0).withLimits(limits);
        SecureRandom random = new SecureRandom();
        calls = Calls.open(config, Clock.systemUTC(), random, _ -> {});
        tokens =
                new AccessTokens(
                        calls.keys(api.access().keys()), Clock.systemUTC(), calls.review(true));
        gate = new SocketGate(api, tokens);
        RestApi rest =
                new RestApi(
                        api, LiveRooms.CONFIG, tokens, gate, live.rooms, random, Clock.systemUTC());
        server =
                HttpServer.start(
                        api,
                        List.of(
                                rest,
                                calls.protocol(
                                        api,
                                        tokens,
                                        gate,
                                        new RequestRates(api.limits()),
                                        live.rooms,
                                        100)));
    }

    /** From now on requests come from another address. */
    void moveOn() {
        address++;
    }

    /** What somebody got who came in. */
    record Seat(String code, String device, JsonObject door) {
        String token() {
            return door.getString("token");
        }

        String identity() {
            return door.getString("identity");
        }
    }

    static String device(String name) {
        return name + "-0123456789abcdef";
    }

    private HttpRequest request(
            String method, String path, @Nullable String token, @Nullable String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .header("X-Forwarded-For", "198.51.100." + address)
                        .timeout(Duration.ofMinutes(1));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(body));
        }
        return request.build();
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    HttpResponse<String> ask(
            String method, String path, @Nullable String token, @Nullable String body) {
        return send(request(method, CALLS + path, token, body));
    }

    CompletableFuture<HttpResponse<String>> askLater(String path, @Nullable String token) {
        return client.sendAsync(request("GET", CALLS + path, token, null), BodyHandlers.ofString());
    }

    /** Of the REST API, beside calls. */
    HttpResponse<String> rest(
            String method, String path, @Nullable String token, @Nullable String body) {
        return send(request(method, API + path, token, body));
    }

    CompletableFuture<HttpResponse<String>> restLater(String path, JsonObject body) {
        return client.sendAsync(
                request("POST", API + path, null, body.encode()), BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body) {
        return ask("POST", path, null, body);
    }

    HttpRequest.Builder open(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.port() + CALLS + path));
    }

    /** A call of Ada's with these settings. */
    Seat make(JsonObject settings) {
        JsonObject body = settings.copy().put("name", "Ada").put("device", device("ada"));
        HttpResponse<String> answer = post("", body.encode());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        JsonObject door = new JsonObject(answer.body());
        return new Seat(door.getString("code"), device("ada"), door);
    }

    HttpResponse<String> join(String code, String name, JsonObject more) {
        JsonObject body = more.copy().put("name", name).put("device", device(name));
        return post("/" + code + "/join", body.encode());
    }

    Seat joined(String code, String name) {
        HttpResponse<String> answer = join(code, name, new JsonObject());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new Seat(code, device(name), new JsonObject(answer.body()));
    }

    /** Lets somebody join the room with a token, as the protocols do. */
    LiveRooms.Guest enter(Seat seat) throws TokenException {
        Grants grants = gate.admit(seat.token()).grants();
        String room = String.valueOf(grants.room());
        live.rooms.create(room, calls.settings(room).orElseThrow());
        return live.join(room, grants.identity());
    }

    static String problem(HttpResponse<String> answer) {
        return new JsonObject(answer.body()).getString("type").replace("urn:sluice:problem:", "");
    }

    static void assertRefused(HttpResponse<String> answer, int status, String problem) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(problem(answer)).isEqualTo(problem);
    }

    @Override
    public void close() {
        server.close();
        client.close();
        calls.close();
        live.close();
    }
}
