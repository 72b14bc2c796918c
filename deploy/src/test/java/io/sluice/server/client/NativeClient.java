package io.sluice.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.server.client.ClientSection.Kind;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A participant without a browser: joins a room by the plain protocol, publishes media whose every
 * byte can be checked, and checks what it receives.
 *
 * <p>Its public methods may be called from any thread but the loop, and wait for the loop; the rest
 * runs there.
 */
public final class NativeClient implements AutoCloseable {
    private static final int MAX_EVENTS = 10_000;

    /** One for all clients of a process: making a key is the dearest part of a client. */
    private static final ClientCertificate CERTIFICATE =
            ClientCertificate.generate(new SecureRandom());

    private final ClientLoop loop;
    private final ClientOptions options;

    private final ClientTransport transport;
    private final ClientMedia media;
    private final @Nullable ClientData data;
    private final Signaling connection;
    private final ClientNegotiation negotiation;
    private final List<JsonNode> events = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private @Nullable String participantId;
    private @Nullable String leftReason;
    private boolean serverConnected;
    private boolean closing;

    private NativeClient(
            ClientLoop loop,
            ClientOptions options,
            ClientCertificate announced,
            boolean withData,
            boolean byWhip) {
        this.loop = loop;
        this.options = options;
        SplittableRandom random = new SplittableRandom(options.seed());
        String cname = "cname-" + Long.toHexString(random.nextLong());
        long sessionId = random.nextLong(Long.MAX_VALUE);
        transport =
                new ClientTransport(
                        loop,
                        options.address(),
                        options.relayedPorts(),
                        CERTIFICATE,
                        options.profiles(),
                        options.passive(),
                        Loss.random(options.lossShare(), options.seed()),
                        Loss.random(options.lossShare(), options.seed() + 1),
                        new TransportListener());
        media =
                new ClientMedia(
                        loop,
                        transport,
                        cname,
                        options.identity().hashCode(),
                        options.reportsByStream(),
                        random.split());
        data = withData ? new ClientData(loop, transport, options.seed()) : null;
        negotiation =
                new ClientNegotiation(
                        options,
                        announced,
                        random,
                        transport,
                        media,
                        cname,
                        sessionId,
                        withData,
                        this::send,
                        failures::add);
        if (byWhip && options.audio() == null && options.video() == null) {
            // There it offers once.
            negotiation.receiveVideo();
        }
        SignalingListener listener = new SignalingListener();
        connection =
                byWhip
                        ? WhipConnection.open(loop, options, listener)
                        : PlainConnection.open(loop, options, listener);
    }

    /** Begins to join; {@link #statistics} and {@link #events} tell how far it is. */
    public static NativeClient join(ClientLoop loop, ClientOptions options) {
        return loop.call(() -> new NativeClient(loop, options, CERTIFICATE, false, false));
    }

    /** As {@link #join}, by WHIP, or by WHEP if it publishes nothing. */
    public static NativeClient byWhip(ClientLoop loop, ClientOptions options) {
        return loop.call(() -> new NativeClient(loop, options, CERTIFICATE, false, true));
    }

    /** As {@link #join}, with data channels. */
    public static NativeClient withData(ClientLoop loop, ClientOptions options) {
        return loop.call(() -> new NativeClient(loop, options, CERTIFICATE, true, false));
    }

    /** The data channels of a client that was made with them. */
    public ClientData data() {
        return Objects.requireNonNull(data);
    }

    /** As {@link #join}, with the fingerprint of a certificate that is not the one it will show. */
    public static NativeClient impostor(ClientLoop loop, ClientOptions options) {
        ClientCertificate other = ClientCertificate.generate(new SecureRandom());
        return loop.call(() -> new NativeClient(loop, options, other, false, false));
    }

    /** For what the client itself never would do. */
    public ClientDoor door() {
        return new ClientDoor(loop, transport, media, negotiation.sections());
    }

    public String identity() {
        return options.identity();
    }

    /** How loud it says its audio is from now on (RFC 6464): 0 is the loudest, 127 silence. */
    public void speakAt(int level) {
        loop.execute(() -> media.audioLevel(level));
    }

    public ClientStatistics statistics() {
        return loop.call(() -> media.statistics(options.identity(), participantId, leftReason));
    }

    /** What the server said, in order; each with its {@code type}, and {@code heardNanos}. */
    public List<JsonNode> events() {
        return loop.call(() -> List.copyOf(events));
    }

    /** What the server said of one type. */
    public List<JsonNode> events(String type) {
        return events().stream().filter(event -> type.equals(event.path("type").asText())).toList();
    }

    /** What went wrong: errors that the server told, and those of ICE and DTLS. */
    public List<String> failures() {
        List<String> all = loop.call(() -> new ArrayList<>(failures));
        Throwable own = loop.failure();
        if (own != null) {
            all.add("client: " + own);
        }
        return all;
    }

    /** Whether both sides say that media flows. */
    public boolean connected() {
        return loop.call(() -> serverConnected && media.connected());
    }

    /** How often ICE found a path: one more with each restart. */
    public int pathsSelected() {
        return loop.call(transport::pathsSelected);
    }

    /** Loses a share of media packets from now on, each way; 0 for none. */
    public void lose(double share, long seed) {
        run(() -> transport.lose(Loss.random(share, seed), Loss.random(share, seed + 1)));
    }

    /** Stops or goes on sending frames; repairs and reports go on in any case. */
    public void sending(boolean on) {
        run(() -> media.sending(on));
    }

    /** Stops or goes on sending one encoding of simulcast video, without a word. */
    public void sending(int encoding, boolean on) {
        run(() -> negotiation.sending(encoding, on));
    }

    /** Sends a keyframe every so many frames from now on, and none for the asking, as OBS does. */
    public void keyframesOnlyEvery(int frames) {
        run(() -> media.keyframesOnlyEvery(frames));
    }

    /** Sends from now on only those encodings of simulcast video that the server asks for. */
    public void obey() {
        run(negotiation::obey);
    }

    /** Says what height of the video it wants that it receives; returns when, as {@link #events} does. */
    public long wish(int maxHeight) {
        return loop.call(() -> {
            connection.send(
                    message("wish")
                            .put("track", negotiation.watched())
                            .put("maxHeight", maxHeight));
            return System.nanoTime();
        });
    }

    /** Says that it does not watch the video that it receives; the next {@link #wish} takes it up again. */
    public void pause() {
        run(() ->
                connection.send(
                        message("wish").put("track", negotiation.watched()).put("paused", true)));
    }

    /** Counts gaps between packets anew from here. */
    public void forgetGaps() {
        run(media::forgetGaps);
    }

    /** Offers new ICE credentials, on a new socket or on the same one. */
    public void restartIce(boolean sameSocket) {
        run(() -> {
            transport.restart(sameSocket);
            negotiation.offer();
        });
    }

    /** Publishes no more video. */
    public void unpublishVideo() {
        run(() -> {
            negotiation.unpublishVideo();
            negotiation.offer();
        });
    }

    /** Publishes one more video track, in a section of its own. */
    public void publishVideo(ClientOptions.Media shape) {
        run(() -> {
            negotiation.publish(Kind.VIDEO, shape);
            negotiation.offer();
        });
    }

    /** Goes as the protocol says. */
    public void leave() {
        run(() -> {
            closing = true;
            connection.send(message("leave"));
        });
    }

    /** Says DTLS's close_notify and nothing else. */
    public void closeDtls() {
        run(transport::closeDtls);
    }

    /** Cuts the WebSocket; media goes on. */
    public void cutSignaling() {
        run(() -> {
            closing = true;
            connection.abort();
        });
    }

    /** Is gone without a word on any path, as a killed process. */
    public void vanish() {
        run(() -> {
            closing = true;
            media.close();
            transport.abandon();
            connection.abort();
        });
    }

    /** Stops sending and receiving UDP, but keeps the WebSocket. */
    public void vanishFromMedia() {
        run(() -> {
            media.close();
            transport.abandon();
        });
    }

    @Override
    public void close() {
        vanish();
    }

    private void send(ObjectNode message) {
        connection.send(message);
    }

    private void run(Runnable task) {
        boolean unused =
                loop.call(() -> {
                    task.run();
                    return true;
                });
    }

    static ObjectNode message(String type) {
        return PlainConnection.JSON.createObjectNode().put("type", type);
    }

    private final class SignalingListener implements PlainConnection.Listener {
        @Override
        public void onOpen() {
            // The server speaks first: joined.
        }

        @Override
        public void onMessage(JsonNode message) {
            ((ObjectNode) message).put("heardNanos", System.nanoTime());
            if (events.size() < MAX_EVENTS) {
                events.add(message);
            }
            switch (message.path("type").asText()) {
                case "joined" -> {
                    participantId = message.path("participant").asText();
                    negotiation.offer();
                }
                case "answer" -> negotiation.onAnswer(message);
                case "renegotiate" -> negotiation.onRenegotiate(message);
                case "ice-candidate" ->
                        transport.addRemoteCandidate(
                                message.path("candidate").path("candidate").asText());
                case "encodings" -> negotiation.onEncodings(message.path("active"));
                case "connected" -> serverConnected = true;
                case "left" -> leftReason = message.path("reason").asText();
                case "error" -> failures.add(message.toString());
                default -> {}
            }
        }

        @Override
        public void onClosed(String reason) {
            ObjectNode closed = message("closed").put("reason", reason);
            events.add(closed);
            if (!closing && leftReason == null) {
                failures.add(closed.toString());
            }
        }
    }

    private final class TransportListener implements ClientTransport.Listener {
        @Override
        public void onConnected() {
            media.onConnected();
            if (data != null) {
                data.onConnected();
            }
        }

        @Override
        public void onData(byte[] bytes) {
            if (data != null) {
                data.onPacket(bytes);
            }
        }

        @Override
        public void onRtp(byte[] packet) {
            media.onRtp(packet);
        }

        @Override
        public void onRtcp(byte[] packet) {
            media.onRtcp(packet);
        }

        @Override
        public void onTransportFailed(String reason) {
            failures.add(reason);
        }

        @Override
        public void onTransportClosed() {
            events.add(message("dtls-closed"));
        }
    }

    /** How far it is and what went wrong; for messages of tests. */
    @Override
    public String toString() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("statistics", statistics());
        all.put("failures", failures());
        return all.toString();
    }
}
