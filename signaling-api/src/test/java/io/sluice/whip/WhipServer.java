package io.sluice.whip;

import static org.awaitility.Awaitility.await;

import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiKeys;
import io.sluice.api.Grants;
import io.sluice.api.HttpServer;
import io.sluice.api.SocketGate;
import io.sluice.api.rest.LiveRooms;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomException;
import io.sluice.room.RoomInfo;
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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A web server with WHIP and WHEP on real rooms, and a client to it. */
final class WhipServer implements AutoCloseable {
    static final String SDP = "application/sdp";
    static final String FRAGMENT = "application/trickle-ice-sdpfrag";
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    final LiveRooms live = new LiveRooms();
    final WhipProtocol protocol;
    private final AccessTokens tokens;
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    WhipServer() {
        this(config(), WhipConfig.defaults());
    }

    WhipServer(ApiConfig api, WhipConfig whip) {
        tokens = new AccessTokens(api.access().keys(), Clock.systemUTC());
        boolean create = api.access().autoCreate();
        protocol =
                new WhipProtocol(
                        api,
                        whip,
                        new SocketGate(api, tokens),
                        (name, _, _) ->
                                create
                                        ? Optional.of(live.rooms.room(name))
                                        : live.rooms.find(name).map(room -> room),
                        new SecureRandom());
        try {
            server = HttpServer.start(api, List.of(protocol));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    static ApiConfig config() {
        return ApiConfig.defaults(ApiKeys.parse(List.of("key: " + SECRET)))
                .withAddress("127.0.0.1", 0)
                .withAllowedOrigins(Set.of("https://app.example"));
    }

    String token(Grants grants) {
        return tokens.issue("key", grants, Duration.ofHours(1));
    }

    String token(String room, String identity) {
        return token(Grants.join(room, identity, null));
    }

    /** A request; {@code headers} in pairs. */
    HttpResponse<String> ask(
            String method,
            String path,
            @Nullable String token,
            @Nullable String body,
            String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .timeout(Duration.ofMinutes(1))
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    HttpResponse<String> post(String path, @Nullable String token, String offer) {
        return ask("POST", path, token, offer, "Content-Type", SDP);
    }

    HttpResponse<String> patch(String session, String fragment, @Nullable String condition) {
        return condition == null
                ? ask("PATCH", session, null, fragment, "Content-Type", FRAGMENT)
                : ask(
                        "PATCH",
                        session,
                        null,
                        fragment,
                        "Content-Type",
                        FRAGMENT,
                        "If-Match",
                        condition);
    }

    static String location(HttpResponse<String> created) {
        return header(created, "location");
    }

    static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** The kind of problem that an answer tells of. */
    static String problem(HttpResponse<String> response) {
        return new JsonObject(response.body()).getString("type").replace("urn:sluice:problem:", "");
    }

    /** A room that has just ended is asked for again: then it is another one, of nobody. */
    RoomInfo room(String name) {
        return await().ignoreExceptionsMatching(WhipServer::hasEnded)
                .until(() -> describe(name), Objects::nonNull);
    }

    private static boolean hasEnded(Throwable failure) {
        return failure.getCause() instanceof RoomException refused
                && refused.reason() == RoomException.Reason.ROOM_CLOSED;
    }

    private RoomInfo describe(String name) {
        CompletableFuture<RoomInfo> reply = new CompletableFuture<>();
        live.rooms.room(name).submit(new RoomCommand.Describe(reply));
        return reply.orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** An offer as OBS writes it, without candidates. */
    static String offer(String direction, String... kinds) {
        Map<String, String> lines =
                Map.of(
                        "audio",
                        "111\r\na=rtpmap:111 opus/48000/2\r\n",
                        "video",
                        "96 97\r\na=rtpmap:96 H264/90000\r\na=rtcp-fb:96 nack\r\n"
                                + "a=rtcp-fb:96 nack pli\r\na=fmtp:96"
                                + " profile-level-id=42e01f;packetization-mode=1;"
                                + "level-asymmetry-allowed=1\r\n"
                                + "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n");
        StringBuilder sections = new StringBuilder();
        StringBuilder bundle = new StringBuilder();
        for (int mid = 0; mid < kinds.length; mid++) {
            bundle.append(' ').append(mid);
            sections.append("m=").append(kinds[mid]).append(" 9 UDP/TLS/RTP/SAVPF ");
            sections.append(lines.getOrDefault(kinds[mid], "0\r\n"));
            sections.append("a=mid:").append(mid).append("\r\na=").append(direction);
            sections.append("\r\na=rtcp-mux\r\n");
        }
        return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE"
                + bundle
                + "\r\na=ice-ufrag:frag\r\na=ice-pwd:passwordpasswordpassword\r\n"
                + "a=fingerprint:sha-256 "
                + "CD:".repeat(31)
                + "CD\r\na=setup:actpass\r\n"
                + sections;
    }

    static String publication() {
        return offer("sendonly", "audio", "video");
    }

    static String fragment(String ufrag, String candidate) {
        return "a=ice-ufrag:"
                + ufrag
                + "\r\na=ice-pwd:passwordpasswordpassword\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
                + "a=mid:0\r\na=candidate:"
                + candidate
                + "\r\n";
    }

    static String fragment(String ufrag) {
        return fragment(ufrag, "1 1 udp 2130706431 127.0.0.1 9 typ host");
    }

    @Override
    public void close() {
        server.close();
        client.close();
        live.close();
    }
}
