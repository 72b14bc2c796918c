package io.sluice.server.hostile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.channels.DatagramChannel;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A participant that comes as far as the test lets it: into the room, to a proven address, to a ClientHello.
 * Owned by the test's thread; the WebSocket's threads only complete what is waited for.
 */
public final class HalfOpenParticipant implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_SECONDS = 20;
    private static final String UFRAG = "halfopen";
    private static final String PASSWORD = "apasswordofmanycharacters";

    private final Random random;
    private final DatagramChannel channel = IceStranger.open();
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final CompletableFuture<WebSocket> socket;

    /** Begins to join, by a WebSocket's address that has a token in it. */
    public HalfOpenParticipant(HttpClient http, URI address, Random random) {
        this.random = random;
        socket = http.newWebSocketBuilder().buildAsync(address, new Listener());
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            from.request(1);
            if (!last) {
                return null;
            }
            JsonNode message = read(text.toString());
            text.setLength(0);
            return switch (message.path("type").asText()) {
                case "joined" -> from.sendText(offer(), true);
                case "answer" -> {
                    answer.complete(message.path("sdp").asText());
                    yield null;
                }
                case "error" -> {
                    answer.completeExceptionally(new IllegalStateException(message.toString()));
                    yield null;
                }
                default -> null;
            };
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            answer.completeExceptionally(error);
        }
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private String offer() {
        String sdp =
                String.join(
                        "\r\n",
                        "v=0",
                        "o=- 1 1 IN IP4 127.0.0.1",
                        "s=-",
                        "t=0 0",
                        "a=group:BUNDLE 0",
                        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
                        "c=IN IP4 127.0.0.1",
                        "a=mid:0",
                        "a=rtcp-mux",
                        "a=recvonly",
                        "a=rtpmap:111 opus/48000/2",
                        "a=ice-ufrag:" + UFRAG,
                        "a=ice-pwd:" + PASSWORD,
                        "a=setup:actpass",
                        "a=fingerprint:sha-256 " + "AB:".repeat(31) + "AB",
                        "a=candidate:1 1 udp 1 127.0.0.1 "
                                + channel.socket().getLocalPort()
                                + " typ host",
                        "");
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "offer")
                .put("sdp", sdp)
                .toString();
    }

    /** Its address, once the server has answered; it has proven nothing yet. */
    public IceStranger ice() {
        String sdp = answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        InetSocketAddress server =
                new InetSocketAddress(
                        InetAddress.ofLiteral("127.0.0.1"),
                        Integer.parseInt(
                                find(sdp, "a=candidate:\\S+ 1 udp \\d+ 127\\.0\\.0\\.1 (\\d+)")));
        IceStranger.Credentials credentials =
                new IceStranger.Credentials(
                        find(sdp, "a=ice-ufrag:(\\S+)") + ":" + UFRAG,
                        PASSWORD,
                        find(sdp, "a=ice-pwd:(\\S+)"));
        return new IceStranger(channel, server, credentials, random);
    }

    private static String find(String sdp, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(sdp);
        if (!found.find()) {
            throw new IllegalStateException(pattern + " is not in " + sdp);
        }
        return found.group(1);
    }

    /** Is gone without a word. */
    @Override
    public void close() {
        CompletableFuture<Void> _ = socket.thenAccept(WebSocket::abort);
    }
}
