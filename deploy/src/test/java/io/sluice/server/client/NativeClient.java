package io.sluice.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.server.client.ClientSection.Direction;
import io.sluice.server.client.ClientSection.Kind;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** What the offers announce: an impostor shows another. */
    private final ClientCertificate announced;

    private final SplittableRandom random;
    private final ClientTransport transport;
    private final ClientMedia media;
    private final PlainConnection connection;
    private final String cname;
    private final long sessionId;
    private final List<ClientSection> sections = new ArrayList<>();
    private final List<JsonNode> events = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private @Nullable String participantId;
    private @Nullable String leftReason;
    private boolean serverConnected;
    private boolean offered;
    private boolean offerAgain;
    private boolean closing;
    private boolean obeys;

    /** The video track that was answered last. */
    private String watched = "";

    private int offeredSections;
    private int version;

    private NativeClient(ClientLoop loop, ClientOptions options, ClientCertificate announced) {
        this.loop = loop;
        this.announced = announced;
        this.options = options;
        random = new SplittableRandom(options.seed());
        cname = "cname-" + Long.toHexString(random.nextLong());
        sessionId = random.nextLong(Long.MAX_VALUE);
        transport =
                new ClientTransport(
                        loop,
                        options.address(),
                        CERTIFICATE,
                        options.profiles(),
                        options.passive(),
                        Loss.random(options.lossShare(), options.seed()),
                        Loss.random(options.lossShare(), options.seed() + 1),
                        new TransportListener());
        media =
                new ClientMedia(
                        loop, transport, cname, options.identity().hashCode(), random.split());
        publish(Kind.AUDIO, options.audio());
        publish(Kind.VIDEO, options.video());
        if (sections.isEmpty()) {
            // An offer needs a section; what a viewer needs more the server asks for.
            add(Kind.AUDIO, Direction.RECVONLY);
        }
        connection = PlainConnection.open(loop, options, new SignalingListener());
    }

    /** Begins to join; {@link #statistics} and {@link #events} tell how far it is. */
    public static NativeClient join(ClientLoop loop, ClientOptions options) {
        return loop.call(() -> new NativeClient(loop, options, CERTIFICATE));
    }

    /** As {@link #join}, with the fingerprint of a certificate that is not the one it will show. */
    public static NativeClient impostor(ClientLoop loop, ClientOptions options) {
        ClientCertificate other = ClientCertificate.generate(new SecureRandom());
        return loop.call(() -> new NativeClient(loop, options, other));
    }

    /** For what the client itself never would do. */
    public ClientDoor door() {
        return new ClientDoor(loop, transport, media, sections);
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
        run(() -> {
            for (ClientSection section : sections) {
                if (section.isSimulcast() && !section.senders().isEmpty()) {
                    section.senders().get(encoding).pause(!on);
                }
            }
        });
    }

    /** Sends from now on only those encodings of simulcast video that the server asks for. */
    public void obey() {
        run(() -> obeys = true);
    }

    /** Says what height of the video it wants that it receives; returns when, as {@link #events} does. */
    public long wish(int maxHeight) {
        return loop.call(() -> {
            connection.send(message("wish").put("track", watched).put("maxHeight", maxHeight));
            return System.nanoTime();
        });
    }

    /** Counts gaps between packets anew from here. */
    public void forgetGaps() {
        run(media::forgetGaps);
    }

    /** Offers new ICE credentials, on a new socket or on the same one. */
    public void restartIce(boolean sameSocket) {
        run(() -> {
            transport.restart(sameSocket);
            offer();
        });
    }

    /** Publishes no more video. */
    public void unpublishVideo() {
        run(() -> {
            for (ClientSection section : sections) {
                if (section.kind() == Kind.VIDEO && section.direction().sends()) {
                    media.stop(section);
                    section.direction(Direction.INACTIVE);
                }
            }
            offer();
        });
    }

    /** Publishes one more video track, in a section of its own. */
    public void publishVideo(ClientOptions.Media shape) {
        run(() -> {
            publish(Kind.VIDEO, shape);
            offer();
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

    private void run(Runnable task) {
        boolean unused =
                loop.call(() -> {
                    task.run();
                    return true;
                });
    }

    private void publish(Kind kind, ClientOptions.@Nullable Media shape) {
        if (shape != null) {
            Direction direction = options.sendReceive() ? Direction.SENDRECV : Direction.SENDONLY;
            ClientSection section =
                    shape.encodings() > 1
                            ? addSimulcast(direction, shape.encodings())
                            : add(kind, direction);
            section.what(
                    new ClientSection.Sender(
                            shape.framesPerSecond(),
                            shape.packetsPerFrame(),
                            shape.payloadBytes()));
        }
    }

    private ClientSection add(Kind kind, Direction direction) {
        ClientSection section =
                new ClientSection(
                        String.valueOf(sections.size()),
                        kind,
                        direction,
                        ClientSection.Numbers.of(kind, options.rtx(), options.variant()),
                        random.nextInt(),
                        random.nextInt());
        sections.add(section);
        return section;
    }

    private ClientSection addSimulcast(Direction direction, int encodings) {
        ClientSection section =
                new ClientSection(
                        String.valueOf(sections.size()),
                        direction,
                        ClientSection.Numbers.of(Kind.VIDEO, options.rtx(), options.variant()),
                        encodings,
                        random);
        sections.add(section);
        return section;
    }

    private static ObjectNode message(String type) {
        return PlainConnection.JSON.createObjectNode().put("type", type);
    }

    /** One offer at a time: what comes up meanwhile is offered after the answer. */
    private void offer() {
        if (offered) {
            offerAgain = true;
            return;
        }
        offered = true;
        offerAgain = false;
        offeredSections = sections.size();
        ClientIce ice = transport.offered();
        OfferSdp offer =
                new OfferSdp(
                        ice.ufrag(),
                        ice.password(),
                        announced.fingerprint(),
                        options.passive() ? "passive" : "actpass",
                        options.trickle() ? List.of() : ice.candidates(),
                        cname,
                        sessionId,
                        ++version);
        connection.send(message("offer").put("sdp", offer.write(sections)));
        if (options.trickle()) {
            for (String candidate : ice.candidates()) {
                ObjectNode trickled = message("ice-candidate");
                trickled.putObject("candidate")
                        .put("candidate", "candidate:" + candidate)
                        .put("sdpMid", "0")
                        .put("sdpMLineIndex", 0);
                connection.send(trickled);
            }
        }
    }

    private void onAnswer(JsonNode answer) {
        offered = false;
        AnswerSdp sdp = AnswerSdp.read(answer.path("sdp").asText());
        if (sdp.sections().size() != offeredSections) {
            failures.add("answered " + sdp.sections().size() + " sections");
            return;
        }
        Map<String, TrackReceiver.AnswerTrack> tracks = new HashMap<>();
        for (JsonNode track : answer.path("tracks")) {
            tracks.put(
                    track.path("mid").asText(),
                    new TrackReceiver.AnswerTrack(
                            track.path("participant").asText(), track.path("track").asText()));
            if (track.path("kind").asText().equals("video")) {
                watched = track.path("track").asText();
            }
        }
        transport.onAnswer(sdp.sections().getFirst());
        for (int i = 0; i < sdp.sections().size(); i++) {
            AnswerSdp.Section answered = sdp.sections().get(i);
            ClientSection section = sections.get(i);
            if (!answered.mid().equals(section.mid()) || !answered.rtcpMux()) {
                failures.add("answered section " + i + " as " + answered);
            }
            media.onAnswer(
                    section,
                    answered,
                    tracks.getOrDefault(section.mid(), TrackReceiver.AnswerTrack.UNKNOWN));
        }
        if (offerAgain) {
            offer();
        }
    }

    private void onEncodings(JsonNode active) {
        for (ClientSection section : sections) {
            if (obeys && section.isSimulcast()) {
                for (ClientSection.Encoding encoding : section.encodings()) {
                    section.senders()
                            .get(encoding.index())
                            .pause(!active.path(encoding.rid()).asBoolean());
                }
            }
        }
    }

    private void onRenegotiate(JsonNode wish) {
        for (int i = 0; i < wish.path("audio").asInt(); i++) {
            add(Kind.AUDIO, Direction.RECVONLY);
        }
        for (int i = 0; i < wish.path("video").asInt(); i++) {
            add(Kind.VIDEO, Direction.RECVONLY);
        }
        offer();
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
                    offer();
                }
                case "answer" -> onAnswer(message);
                case "renegotiate" -> onRenegotiate(message);
                case "ice-candidate" ->
                        transport.addRemoteCandidate(
                                message.path("candidate").path("candidate").asText());
                case "encodings" -> onEncodings(message.path("active"));
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

    /** The answered tracks, by what they show; for messages of tests. */
    @Override
    public String toString() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("statistics", statistics());
        all.put("failures", failures());
        return all.toString();
    }
}
