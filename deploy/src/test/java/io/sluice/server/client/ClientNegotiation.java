package io.sluice.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.server.client.ClientSection.Direction;
import io.sluice.server.client.ClientSection.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sections of a client, and its offers and the answers about them.
 *
 * <p>Owned by the client's loop.
 */
final class ClientNegotiation {
    private final ClientOptions options;

    /** What the offers announce: an impostor shows another. */
    private final ClientCertificate announced;

    private final SplittableRandom random;
    private final ClientTransport transport;
    private final ClientMedia media;
    private final boolean withData;
    private final Consumer<ObjectNode> send;
    private final Consumer<String> failures;
    private final String cname;
    private final long sessionId;
    private final List<ClientSection> sections = new ArrayList<>();
    private String watched = "";
    private boolean obeys;
    private boolean offered;
    private boolean offerAgain;
    private int offeredSections;
    private int version;

    /**
     * Has the sections that the options name; nothing is offered yet.
     *
     * @param send takes messages to the server
     * @param failures hears what was answered wrongly
     */
    ClientNegotiation(
            ClientOptions options,
            ClientCertificate announced,
            SplittableRandom random,
            ClientTransport transport,
            ClientMedia media,
            String cname,
            long sessionId,
            boolean withData,
            Consumer<ObjectNode> send,
            Consumer<String> failures) {
        this.options = options;
        this.announced = announced;
        this.random = random;
        this.transport = transport;
        this.media = media;
        this.cname = cname;
        this.sessionId = sessionId;
        this.withData = withData;
        this.send = send;
        this.failures = failures;
        publishIfAny(Kind.AUDIO, options.audio());
        publishIfAny(Kind.VIDEO, options.video());
        if (sections.isEmpty()) {
            // An offer needs a section; what a viewer needs more the server asks for.
            add(Kind.AUDIO, Direction.RECVONLY);
        }
    }

    private void publishIfAny(Kind kind, ClientOptions.@Nullable Media shape) {
        if (shape != null) {
            publish(kind, shape);
        }
    }

    /** Publishes a track in a section of its own; {@link #offer} says so. */
    void publish(Kind kind, ClientOptions.Media shape) {
        Direction direction = options.sendReceive() ? Direction.SENDRECV : Direction.SENDONLY;
        ClientSection section =
                shape.encodings() > 1
                        ? addSimulcast(direction, shape.encodings())
                        : add(kind, direction);
        section.what(
                new ClientSection.Sender(
                        shape.framesPerSecond(), shape.packetsPerFrame(), shape.payloadBytes()));
    }

    /** Receives video in a section of its own; {@link #offer} says so. */
    void receiveVideo() {
        add(Kind.VIDEO, Direction.RECVONLY);
    }

    /** Publishes no more video; {@link #offer} says so. */
    void unpublishVideo() {
        for (ClientSection section : sections) {
            if (section.kind() == Kind.VIDEO && section.direction().sends()) {
                media.stop(section);
                section.direction(Direction.INACTIVE);
            }
        }
    }

    /** Stops or goes on sending one encoding of simulcast video, without a word. */
    void sending(int encoding, boolean on) {
        for (ClientSection section : sections) {
            if (section.isSimulcast() && !section.senders().isEmpty()) {
                section.senders().get(encoding).pause(!on);
            }
        }
    }

    /** Sends from now on only those encodings of simulcast video that the server asks for. */
    void obey() {
        obeys = true;
    }

    /** The video track that was answered last. */
    String watched() {
        return watched;
    }

    List<ClientSection> sections() {
        return sections;
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

    /** One offer at a time: what comes up meanwhile is offered after the answer. */
    void offer() {
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
                        ++version,
                        withData,
                        options.reportsByStream());
        send.accept(NativeClient.message("offer").put("sdp", offer.write(sections)));
        if (options.trickle()) {
            for (String candidate : ice.candidates()) {
                ObjectNode trickled = NativeClient.message("ice-candidate");
                trickled.putObject("candidate")
                        .put("candidate", "candidate:" + candidate)
                        .put("sdpMid", "0")
                        .put("sdpMLineIndex", 0);
                send.accept(trickled);
            }
        }
    }

    /** Carries out what the server answers. */
    void onAnswer(JsonNode answer) {
        offered = false;
        List<AnswerSdp.Section> all = AnswerSdp.read(answer.path("sdp").asText()).sections();
        AnswerSdp.Section first = all.getFirst();
        if (withData && (!first.mid().equals(OfferSdp.DATA_MID) || first.port() == 0)) {
            failures.accept("answered data channels as " + first);
            return;
        }
        List<AnswerSdp.Section> answers = withData ? all.subList(1, all.size()) : all;
        if (answers.size() != offeredSections) {
            failures.accept("answered " + answers.size() + " sections");
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
        transport.onAnswer(first);
        for (int i = 0; i < answers.size(); i++) {
            AnswerSdp.Section answered = answers.get(i);
            ClientSection section = sections.get(i);
            if (!answered.mid().equals(section.mid()) || !answered.rtcpMux()) {
                failures.accept("answered section " + i + " as " + answered);
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

    /** The server says which encodings it needs. */
    void onEncodings(JsonNode active) {
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

    /** The server says how many more sections it needs. */
    void onRenegotiate(JsonNode wish) {
        for (int i = 0; i < wish.path("audio").asInt(); i++) {
            add(Kind.AUDIO, Direction.RECVONLY);
        }
        for (int i = 0; i < wish.path("video").asInt(); i++) {
            add(Kind.VIDEO, Direction.RECVONLY);
        }
        offer();
    }
}
