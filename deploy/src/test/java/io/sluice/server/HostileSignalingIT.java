package io.sluice.server;

import static io.sluice.server.NativeStage.awaitMore;
import static io.sluice.server.NativeStage.awaitStatistics;
import static io.sluice.server.NativeStage.awaitTracks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.sluice.api.Grants;
import io.sluice.room.RoomConfig;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.NativeClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Clients that mean ill, beside two people in a call and in the same room with them: these two lose nothing, and
 * the server has nothing to say of defects (which the stage holds).
 */
final class HostileSignalingIT {
    private static final String ROOM = "conference";
    private static final int HALF_OPEN = 50;
    private static final Duration RESUME = Duration.ofMillis(300);
    private static final int PATIENCE_SECONDS = 10;

    @Test
    void shouldLetACallGoOnWhileOthersMeanIll() throws Exception {
        SluiceConfig config = TestServer.config();
        config =
                config.withApi(config.api().withSessions(RESUME, config.api().socketLimits()))
                        .withRoom(threeAtMost(config.room()));
        try (NativeStage stage = new NativeStage(config);
                HttpClient http = HttpClient.newHttpClient()) {
            NativeClient ada = stage.join("ada");
            NativeClient bob = stage.join("bob");
            awaitTracks(ada, 2);
            awaitTracks(bob, 2);
            List<Socket> halfOpen = halfOpen(stage);

            for (String target : List.of("/%zz", path("a%00b"), path(ROOM) + "?access_token=%zz")) {
                try (Socket socket = socket(stage)) {
                    upgrade(socket, target);
                }
            }
            strangers(stage, http);
            member(stage, http);
            floods(stage);

            for (NativeClient client : List.of(ada, bob)) {
                await("eve is gone")
                        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                        .until(() -> !client.events("participant-left").isEmpty());
                awaitStatistics(client, "two tracks", seen -> seen.live().size() == 2);
                awaitMore(client, 50);
                ClientStatistics seen = client.statistics();
                assertThat(seen.live())
                        .as("%s", seen)
                        .hasSize(2)
                        .allMatch(track -> track.packets() > 100)
                        .allMatch(track -> track.lost() == 0, "nothing lost");
            }
            for (Socket socket : halfOpen) {
                socket.close();
            }
            await("only the two are left")
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> stage.server().sluice().gate().sockets() == 2);
        }
    }

    private static RoomConfig threeAtMost(RoomConfig room) {
        return new RoomConfig(
                room.maxRooms(),
                3,
                room.maxTracksPerParticipant(),
                room.maxSubscriptionsPerParticipant(),
                room.maxMetadataChars(),
                room.spillBusyShare());
    }

    private static String path(String room) {
        return "/api/v1/rooms/" + room + "/ws";
    }

    private static Socket socket(NativeStage stage) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), stage.uri().getPort());
    }

    private static OutputStream upgrade(Socket socket, String target) throws IOException {
        OutputStream out = socket.getOutputStream();
        String request =
                "GET "
                        + target
                        + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Version: 13\r\n\r\n";
        out.write(request.getBytes(StandardCharsets.US_ASCII));
        // The server's answer has begun.
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        return out;
    }

    /** Connections without a request, with half of one, and WebSockets that say nothing. */
    private static List<Socket> halfOpen(NativeStage stage) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < HALF_OPEN; i++) {
            Socket socket = socket(stage);
            sockets.add(socket);
            switch (i % 3) {
                case 0 -> upgrade(socket, path(ROOM));
                case 1 ->
                        socket.getOutputStream()
                                .write("GET /api".getBytes(StandardCharsets.US_ASCII));
                default -> {
                    // It says nothing at all.
                }
            }
        }
        return sockets;
    }

    private static String token(NativeStage stage, String room, String identity) {
        return stage.server()
                .sluice()
                .tokens()
                .issue("devkey", Grants.join(room, identity, null), Duration.ofMinutes(1));
    }

    /** Those who do not get in. */
    private static void strangers(NativeStage stage, HttpClient http) {
        for (String token : List.of("", "a.b.c", token(stage, "chess", "eve"))) {
            Hostile stranger = new Hostile(stage, http);
            stranger.send(json("join", "token", token));
            assertThat(stranger.closeCode()).isEqualTo(4102);
        }
        Hostile mute = new Hostile(stage, http);
        for (int i = 0; i < 21; i++) {
            mute.send(i == 0 ? "[".repeat(100_000) : "nonsense");
        }
        assertThat(mute.closeCode()).isEqualTo(4104);
        Hostile large = new Hostile(stage, http);
        large.send("x".repeat(1_000_000));
        assertThat(large.closeCode()).isEqualTo(1009);
    }

    /** One who is in the room, by right. */
    private static void member(NativeStage stage, HttpClient http) {
        Hostile eve = new Hostile(stage, http);
        eve.send(json("join", "token", token(stage, ROOM, "eve")));
        eve.awaitText("\"joined\"");
        Hostile fourth = new Hostile(stage, http);
        fourth.send(json("join", "token", token(stage, ROOM, "mallory")));
        fourth.awaitText("room_full");
        assertThat(fourth.closeCode()).isEqualTo(4007);

        String head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n";
        String audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=rtcp-mux\r\n";
        String opus = "a=rtpmap:111 opus/48000/2\r\n";
        String credentials = "a=ice-ufrag:evil\r\na=ice-pwd:passwordpasswordpassword\r\n";
        String candidates =
                IntStream.range(0, 10_000)
                        .mapToObj(i -> "a=candidate:" + i + "\r\n")
                        .collect(Collectors.joining());
        for (String sdp :
                List.of(
                        "hello",
                        head + "\n".repeat(50_000),
                        head + audio + candidates,
                        head + audio + audio,
                        head + audio.replace("111", "200"),
                        head + audio + opus + credentials)) {
            eve.send(json("offer", "sdp", sdp));
            eve.awaitText("invalid_offer");
        }
        String fingerprint = "a=fingerprint:sha-256 " + "AB:".repeat(31) + "AB\r\n";
        eve.send(json("offer", "sdp", head + audio + opus + credentials + fingerprint));
        eve.awaitText("\"answer\"");
        for (String candidate :
                List.of("x", "1 1 udp 1 evil.example 9 typ host", "1 1 udp 1 ::1 99999 typ host")) {
            eve.send(json("ice-candidate", "candidate", candidate));
        }
        for (int i = 0; i < 1_000; i++) {
            eve.send(json("ice-candidate", "candidate", i + " 1 udp 1 127.0.0.1 9 typ host"));
        }
        assertThat(eve.closeCode()).isEqualTo(4105);
    }

    private static void floods(NativeStage stage) throws IOException {
        byte[] ping = {(byte) 0x89, (byte) 0x80, 0, 0, 0, 0};
        byte[] hugeHeader =
                ByteBuffer.allocate(14)
                        .put((byte) 0x81)
                        .put((byte) 0xff)
                        .putLong(100_000_000)
                        .array();
        for (byte[] bytes : List.of(ping, hugeHeader)) {
            try (Socket socket = socket(stage)) {
                OutputStream out = upgrade(socket, path(ROOM));
                out.write(bytes);
                for (int i = 0; i < 100_000; i++) {
                    out.write(bytes == ping ? ping : new byte[1_000]);
                }
            } catch (IOException closed) {
                assertThat(closed).hasMessageMatching("Broken pipe|Connection reset.*");
            }
        }
    }

    private static String json(String type, String field, String value) {
        return JsonNodeFactory.instance.objectNode().put("type", type).put(field, value).toString();
    }

    /** A WebSocket; owned by the test's thread. */
    private static final class Hostile implements WebSocket.Listener {
        private final WebSocket socket;
        private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();

        Hostile(NativeStage stage, HttpClient http) {
            URI uri = stage.uri().resolve(path(ROOM));
            socket =
                    http.newWebSocketBuilder()
                            .buildAsync(
                                    URI.create("ws://" + uri.getAuthority() + uri.getPath()), this)
                            .join();
        }

        /** Sends, if the server still listens. */
        void send(String text) {
            try {
                socket.sendText(text, true).join();
            } catch (CompletionException ended) {
                socket.abort();
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            received.add(data.toString());
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int statusCode, String reason) {
            closed.complete(statusCode);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.completeExceptionally(error);
        }

        int closeCode() {
            return closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        }

        /** Waits for a message with these words; those before it are forgotten. */
        void awaitText(String words) {
            await(words)
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> {
                        String text = received.poll();
                        return text != null && text.contains(words);
                    });
        }
    }
}
