package io.sluice.livekit;

import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.ApiKeys;
import io.sluice.api.Grants;
import io.sluice.api.HttpServer;
import io.sluice.api.IceServer;
import io.sluice.api.SocketGate;
import io.sluice.plain.ScriptedRoom;
import io.sluice.room.RoomCommand;
import io.sluice.sdp.MediaSection;
import io.sluice.sdp.SessionDescription;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import livekit.LivekitModels.TrackType;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.SessionDescription.Builder;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server with the LiveKit protocol, whose room the test plays, and clients to it. */
abstract class LiveKitServerTest {
    static final String SENDING = recorded("chromium156-offer-plain-av-trickle-nocand");
    static final String RECEIVING = recorded("chromium156-offer-recvonly-av");

    final AccessTokens tokens = new AccessTokens(ApiKeys.DEV, Clock.systemUTC());
    final HttpClient http = HttpClient.newHttpClient();
    final ScriptedRoom room = new ScriptedRoom();

    /** Rooms that are there already, by name; all others are {@link #room}, when somebody comes. */
    final Map<String, ScriptedRoom> others = new ConcurrentHashMap<>();

    @SuppressWarnings("NullAway.Init")
    LiveKitProtocol protocol;

    @SuppressWarnings("NullAway.Init")
    HttpServer server;

    static String recorded(String name) {
        return text("/io/sluice/sdp/" + name + ".sdp");
    }

    static String text(String resource) {
        try (InputStream in =
                Objects.requireNonNull(LiveKitServerTest.class.getResourceAsStream(resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @BeforeEach
    void start() throws IOException {
        serve(LiveKitConfig.defaults());
    }

    /** Begins anew, with offers that wait so long for what is said of the tracks in them. */
    final void restart(Duration declarationTimeout) throws IOException {
        server.close();
        serve(LiveKitConfig.defaults().withDeclarationTimeout(declarationTimeout));
    }

    private void serve(LiveKitConfig liveKitConfig) throws IOException {
        ApiConfig config = ApiConfig.development().withAddress("127.0.0.1", 0);
        protocol =
                new LiveKitProtocol(
                        config,
                        liveKitConfig,
                        new SocketGate(config, tokens),
                        tokens,
                        (name, _, create) ->
                                Optional.ofNullable(
                                        others.getOrDefault(name, create ? room : null)),
                        List.of(new IceServer("turn:turn.example.org:3478", "ada", "secret")),
                        new SecureRandom());
        server = HttpServer.start(config, List.of(protocol));
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    static JoinRequest.Builder request() {
        return JoinRequest.newBuilder()
                .setConnectionSettings(ConnectionSettings.newBuilder().setAutoSubscribe(true));
    }

    static JoinRequest.Builder reconnect(String participantId) {
        return request().setReconnect(true).setParticipantSid(participantId);
    }

    static Builder offer(String sdp, int id) {
        return livekit.LivekitRtc.SessionDescription.newBuilder()
                .setType("offer")
                .setSdp(sdp)
                .setId(id);
    }

    /** The client's id of the track in the first section of this kind. */
    static String label(String kind) {
        for (MediaSection section : SessionDescription.parse(SENDING).sections()) {
            MediaSection.Msid msid = section.msid();
            if (section.media().equals(kind) && msid != null) {
                return msid.track();
            }
        }
        throw new IllegalArgumentException("no " + kind);
    }

    static SignalRequest.Builder addTrack(String clientId, TrackType type) {
        return SignalRequest.newBuilder()
                .setAddTrack(
                        AddTrackRequest.newBuilder()
                                .setCid(clientId)
                                .setName("my " + type.name().toLowerCase(Locale.ROOT))
                                .setType(type));
    }

    String token(String identity) {
        return tokens.issue("devkey", Grants.join("maths", identity, null), Duration.ofHours(1));
    }

    URI address(String scheme, String path, String query) {
        return URI.create(scheme + "://127.0.0.1:" + server.port() + path + "?" + query);
    }

    URI uri(String token, JoinRequest.Builder request) {
        String query =
                "access_token="
                        + token
                        + "&join_request="
                        + SignalClient.parameter(request.build()).replace("=", "%3D");
        return address("ws", "/rtc/v1", query);
    }

    SignalClient connect(String identity, JoinRequest.Builder request) {
        return new SignalClient(http, uri(token(identity), request));
    }

    SignalClient joined(String identity) {
        SignalClient client = connect(identity, request());
        room.admit();
        client.next(MessageCase.JOIN);
        client.next(MessageCase.REFRESH_TOKEN);
        return client;
    }

    SignalClient publishing(String identity) {
        SignalClient client = joined(identity);
        client.send(addTrack(label("audio"), TrackType.AUDIO));
        client.send(addTrack(label("video"), TrackType.VIDEO));
        client.send(SignalRequest.newBuilder().setOffer(offer(SENDING, 1)));
        room.agree();
        return client;
    }

    /** Says how much the room has heard of a client that comes back. */
    void heard(long sequence) {
        room.next(RoomCommand.LastHeard.class).reply().complete(sequence);
    }

    HttpResponse<String> validate(String token, String joinRequest)
            throws IOException, InterruptedException {
        String query = "access_token=" + token + "&join_request=" + joinRequest.replace("=", "%3D");
        return http.send(
                HttpRequest.newBuilder(address("http", "/rtc/v1/validate", query)).build(),
                BodyHandlers.ofString());
    }
}
