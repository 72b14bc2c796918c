package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.sluice.api.ApiConfig;
import io.sluice.api.Grants;
import io.sluice.api.Rate;
import io.sluice.api.SocketLimits;
import io.sluice.server.hostile.SignalSocket;
import io.sluice.server.hostile.TcpStranger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.ParticipantTracks;
import livekit.LivekitModels.TrackType;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SimulateScenario;
import livekit.LivekitRtc.SubscriptionPermission;
import livekit.LivekitRtc.SyncState;
import livekit.LivekitRtc.TrackPermission;
import livekit.LivekitRtc.TrackPublishedResponse;
import livekit.LivekitRtc.TrickleRequest;
import livekit.LivekitRtc.UpdateParticipantMetadata;
import livekit.LivekitRtc.UpdateSubscription;
import livekit.LivekitRtc.UpdateTrackSettings;
import livekit.LivekitRtc.WrappedJoinRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Clients of the LiveKit protocol and callers of RoomService that mean harm, beside two people in a call. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileLiveKitIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long SEED = 8;
    private static final int MANY = 5_000;

    /** The call's two included. */
    private static final int MAX_SOCKETS = 32;

    private static final int CROWD = 200;
    private static final Rate ANY_RATE = new Rate(100_000, 100_000);
    private static final String SERVICE = "/twirp/livekit.RoomService/";

    private final HttpClient http = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init")
    private Siege siege;

    @BeforeAll
    void begin() throws StartException {
        SluiceConfig config = Siege.config();
        ApiConfig api = config.api();
        SocketLimits usual = api.socketLimits();
        SocketLimits open =
                new SocketLimits(
                        usual.incoming(), usual.patience(), usual.maxQueuedBytes(), ANY_RATE);
        siege =
                new Siege(
                        config.withApi(
                                new ApiConfig(
                                        api.http(),
                                        api.access(),
                                        api.resumeTimeout(),
                                        MAX_SOCKETS,
                                        open,
                                        api.limits())));
    }

    @AfterAll
    void end() {
        http.shutdownNow();
        siege.close();
    }

    private int port() {
        return siege.server().sluice().httpPort();
    }

    private static byte[] zipped(int zeros) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(new byte[zeros]);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    private static String parameter(byte[] request, WrappedJoinRequest.Compression compression) {
        byte[] wrapped =
                WrappedJoinRequest.newBuilder()
                        .setCompression(compression)
                        .setJoinRequest(ByteString.copyFrom(request))
                        .build()
                        .toByteArray();
        return URLEncoder.encode(
                Base64.getUrlEncoder().encodeToString(wrapped), StandardCharsets.UTF_8);
    }

    private static String parameter(JoinRequest request) {
        return parameter(request.toByteArray(), WrappedJoinRequest.Compression.NONE);
    }

    private String path(String identity, String joinRequest) {
        return "/rtc/v1?access_token=" + siege.token(identity) + "&join_request=" + joinRequest;
    }

    private SignalSocket join(String identity) {
        String path = path(identity, parameter(JoinRequest.getDefaultInstance()));
        return new SignalSocket(http, URI.create("ws://127.0.0.1:" + port() + path));
    }

    @Test
    void shouldRefuseJoinRequestsThatMeanHarm() {
        byte[] noise = new byte[2_000];
        new Random(SEED).nextBytes(noise);
        byte[] half = new byte[100];
        System.arraycopy(zipped(100_000), 0, half, 0, half.length);
        List<String> requests =
                List.of(
                        "%21%21%21",
                        parameter(noise, WrappedJoinRequest.Compression.NONE),
                        parameter(noise, WrappedJoinRequest.Compression.GZIP),
                        parameter(half, WrappedJoinRequest.Compression.GZIP),
                        // 30 MB of zeros in 40 kB of an address.
                        parameter(zipped(30_000_000), WrappedJoinRequest.Compression.GZIP),
                        "A".repeat(200_000));
        siege.withstand(() -> {
            for (String request : requests) {
                try (TcpStranger stranger = new TcpStranger(port())) {
                    int status = stranger.upgrade(path("eve", request)).status();
                    assertThat(status).as("%.40s", request).isIn(400, 414);
                }
            }
        });
    }

    /** Of clients that say in the address itself what they want. */
    @Test
    void shouldRefuseAddressesThatMeanHarm() {
        String deep = encoded("{\"a\":".repeat(5_000));
        List<String> queries =
                List.of(
                        "&attributes=%21%21",
                        "&attributes=" + encoded("[1]"),
                        "&attributes=" + encoded("{\"a\": null}"),
                        "&attributes=" + deep,
                        "&attributes=" + "A".repeat(200_000),
                        "&join_request="
                                + parameter(
                                        zipped(30_000_000), WrappedJoinRequest.Compression.GZIP));
        siege.withstand(() -> {
            for (String query : queries) {
                try (TcpStranger stranger = new TcpStranger(port())) {
                    String path = "/rtc?access_token=" + siege.token("eve") + query;
                    assertThat(stranger.upgrade(path).status()).as("%.40s", query).isIn(400, 414);
                }
            }
        });
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Each means another track than its own, or more than anybody has. */
    private static List<SignalRequest.Builder> illWishes(List<String> trackIds) {
        List<String> unknown = IntStream.range(0, MANY).mapToObj(i -> "TR_unknown" + i).toList();
        List<SignalRequest.Builder> wishes = new ArrayList<>();
        for (String trackId : trackIds) {
            wishes.add(
                    SignalRequest.newBuilder()
                            .setMute(MuteTrackRequest.newBuilder().setSid(trackId).setMuted(true)));
            wishes.add(
                    SignalRequest.newBuilder()
                            .setAddTrack(AddTrackRequest.newBuilder().setSid(trackId)));
        }
        wishes.add(
                SignalRequest.newBuilder()
                        .setSubscription(
                                UpdateSubscription.newBuilder()
                                        .addAllTrackSids(unknown)
                                        .addParticipantTracks(
                                                ParticipantTracks.newBuilder()
                                                        .addAllTrackSids(unknown))
                                        .setSubscribe(true)));
        wishes.add(
                SignalRequest.newBuilder()
                        .setTrackSetting(
                                UpdateTrackSettings.newBuilder()
                                        .addAllTrackSids(unknown)
                                        .addAllTrackSids(trackIds)
                                        .setWidth(-1)
                                        .setHeight(-1)
                                        .setFps(-1)
                                        .setPriority(-1)));
        wishes.add(
                SignalRequest.newBuilder()
                        .setSubscriptionPermission(
                                SubscriptionPermission.newBuilder()
                                        .addTrackPermissions(
                                                TrackPermission.newBuilder()
                                                        .addAllTrackSids(unknown))));
        wishes.add(
                SignalRequest.newBuilder()
                        .setUpdateMetadata(
                                UpdateParticipantMetadata.newBuilder()
                                        .setMetadata("x".repeat(MANY))
                                        .putAllAttributes(Map.of("sluice.role", "host"))));
        wishes.add(
                SignalRequest.newBuilder()
                        .setSimulate(SimulateScenario.newBuilder().setNodeFailure(true)));
        for (String candidate :
                List.of(
                        "",
                        "{",
                        "[".repeat(5_000),
                        "{\"candidate\": [1]}",
                        "{\"candidate\": \"x\"}")) {
            wishes.add(
                    SignalRequest.newBuilder()
                            .setTrickle(TrickleRequest.newBuilder().setCandidateInit(candidate)));
        }
        return wishes;
    }

    @Test
    void shouldBearAMemberThatMeansIll() {
        siege.withstand(
                2,
                () -> {
                    SignalSocket eve = join("eve");
                    List<String> trackIds =
                            eve.joined().getOtherParticipantsList().stream()
                                    .map(ParticipantInfo::getTracksList)
                                    .flatMap(List::stream)
                                    .map(track -> track.getSid())
                                    .toList();
                    assertThat(trackIds).hasSize(4);
                    illWishes(trackIds).forEach(eve::send);
                    for (int i = 0; i < 30; i++) {
                        eve.send(
                                SignalRequest.newBuilder()
                                        .setAddTrack(
                                                AddTrackRequest.newBuilder()
                                                        .setCid("c" + i)
                                                        .setType(TrackType.AUDIO)));
                    }
                    // It is a member still, and nobody else's track was touched.
                    eve.send(SignalRequest.newBuilder().setPing(1));
                    eve.awaitPong();
                    assertThat(siege.ada().events("track-muted")).isEmpty();
                    eve.close();
                });
    }

    /** What a client says that does not fit ends its session, and nobody else's. */
    @Test
    void shouldEndWhoDoesNotNegotiate() {
        SessionDescription.Builder huge =
                SessionDescription.newBuilder().setType("offer").setSdp("v=0\r\n".repeat(MANY));
        List<SignalRequest.Builder> ends =
                List.of(
                        SignalRequest.newBuilder()
                                .setOffer(SessionDescription.newBuilder().setSdp("hello")),
                        SignalRequest.newBuilder().setOffer(huge),
                        SignalRequest.newBuilder()
                                .setSyncState(
                                        SyncState.newBuilder()
                                                .addPublishTracks(
                                                        TrackPublishedResponse.newBuilder()
                                                                .setCid("x"))));
        siege.withstand(
                ends.size(),
                () -> {
                    for (SignalRequest.Builder end : ends) {
                        SignalSocket eve = join("eve");
                        assertThat(eve.joined().getParticipant().getIdentity()).isEqualTo("eve");
                        eve.send(end);
                        assertThat(eve.closeCode()).isEqualTo(1000);
                    }
                });
    }

    @Test
    void shouldEndWhoSendsWhatIsNoMessage() {
        Random random = new Random(SEED);
        siege.withstand(
                2,
                () -> {
                    SignalSocket noisy = join("noisy");
                    assertThat(noisy.joined().getParticipant().getIdentity()).isEqualTo("noisy");
                    while (!noisy.isClosed()) {
                        byte[] noise = new byte[random.nextInt(1, 500)];
                        random.nextBytes(noise);
                        // Never a message: field 0 there is not.
                        noise[0] = 0;
                        noisy.trySend(noise);
                    }
                    SignalSocket large = join("large");
                    assertThat(large.joined().getParticipant().getIdentity()).isEqualTo("large");
                    large.trySend(new byte[8 << 20]);
                    assertThat(large.closeCode()).isIn(1009, 1006);
                });
    }

    /** As many as may be are let in, without an offer ever; who comes after the crowd is let in again. */
    @Test
    void shouldBoundWhoNeverConnects() {
        List<TcpStranger> crowd = new ArrayList<>();
        siege.withstand(
                MAX_SOCKETS,
                () -> {
                    String request = parameter(JoinRequest.getDefaultInstance());
                    List<Integer> statuses = new ArrayList<>();
                    for (int i = 0; i < CROWD; i++) {
                        TcpStranger one = new TcpStranger(port());
                        crowd.add(one);
                        statuses.add(one.upgrade(path("nobody" + i, request)).status());
                    }
                    assertThat(statuses).containsOnly(101, 503);
                    assertThat(statuses.stream().filter(status -> status == 101).count())
                            .isBetween(MAX_SOCKETS / 2L, (long) MAX_SOCKETS);
                    crowd.forEach(TcpStranger::close);
                });
        await("places are free again")
                .atMost(PATIENCE)
                .until(() -> siege.server().sluice().gate().sockets() == 2);
        SignalSocket honest = join("honest");
        assertThat(honest.joined().getParticipant().getIdentity()).isEqualTo("honest");
        honest.close();
    }

    @Test
    void shouldRefuseCallsThatMeanHarm() {
        String token =
                siege.server()
                        .sluice()
                        .tokens()
                        .issue(
                                "devkey",
                                Grants.administration("ops", true, true, Siege.ROOM),
                                Duration.ofMinutes(5));
        siege.withstand(() -> {
            assertThat(call(token, "application/json", "{\"name\":" + "[".repeat(50_000)))
                    .isEqualTo(400);
            assertThat(call(token, "application/protobuf", "\u0001\u0002\u0003")).isEqualTo(400);
            assertThat(call(token, "application/json", " ".repeat(70_000))).isEqualTo(413);
            assertThat(call(token, "text/plain", "{}")).isEqualTo(404);
            assertThat(call(siege.token("eve"), "application/json", "{\"name\": \"x\"}"))
                    .isEqualTo(403);
            assertThat(call("no.jwt.x", "application/json", "{}")).isEqualTo(401);
        });
    }

    private int call(String token, String type, String body) {
        try (TcpStranger stranger = new TcpStranger(port())) {
            stranger.write(
                    "POST "
                            + SERVICE
                            + "CreateRoom HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                            + token
                            + "\r\nContent-Type: "
                            + type
                            + "\r\nContent-Length: "
                            + body.length()
                            + "\r\n\r\n"
                            + body);
            return stranger.status();
        }
    }
}
