package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.sluice.api.AccessTokens;
import io.sluice.api.ApiConfig;
import io.sluice.api.Cors;
import io.sluice.api.Grants;
import io.sluice.api.HttpServer;
import io.sluice.api.RequestRates;
import io.sluice.api.SocketGate;
import io.sluice.api.rest.LiveRooms;
import io.sluice.room.LeaveReason;
import io.sluice.room.RoomEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import livekit.LivekitModels;
import livekit.LivekitRoom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RoomService as its clients call it; the bodies are those that livekit-server-sdk 2.19.2 sends. */
final class RoomServiceApiTest {
    private static final String JSON = "application/json;charset=UTF-8";
    private static final String SERVICE = "/twirp/livekit.RoomService/";

    private static final LiveRooms LIVE = new LiveRooms();
    private static final TestClients CLIENTS = new TestClients();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static AccessTokens tokens;
    private static HttpServer server;

    @BeforeAll
    static void start() throws IOException {
        ApiConfig config = ApiConfig.development().withAddress("127.0.0.1", 0);
        tokens = new AccessTokens(config.access().keys(), Clock.systemUTC());
        RoomServiceApi api =
                new RoomServiceApi(
                        LIVE.rooms,
                        LiveRooms.CONFIG,
                        tokens,
                        config.limits(),
                        new Cors(new SocketGate(config, tokens), "authorization", ""),
                        new RequestRates(config.limits()),
                        CLIENTS);
        server = HttpServer.start(config, List.of(api));
    }

    @AfterAll
    static void stop() {
        server.close();
        LIVE.close();
        CLIENT.close();
    }

    private static String token(Grants grants) {
        return tokens.issue("devkey", grants, Duration.ofMinutes(5));
    }

    private static String operator() {
        return token(Grants.administration("ops", true, true, null));
    }

    private static String admin(String room) {
        return token(Grants.administration("ops", false, false, room));
    }

    private static HttpResponse<byte[]> post(
            String path, @Nullable String token, String type, byte[] body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .timeout(Duration.ofMinutes(1))
                        .header("content-type", type)
                        .POST(BodyPublishers.ofByteArray(body));
        if (token != null) {
            request.header("authorization", "Bearer " + token);
        }
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static HttpResponse<byte[]> post(String method, @Nullable String token, String json) {
        return post(SERVICE + method, token, JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonObject call(String method, String token, String json) {
        HttpResponse<byte[]> answer = post(method, token, json);
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(answer.statusCode()).as(body).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        return new JsonObject(body);
    }

    private static void assertFails(HttpResponse<byte[]> answer, int status, String code) {
        JsonObject error = new JsonObject(new String(answer.body(), StandardCharsets.UTF_8));
        assertThat(error.getString("code")).as(error.encode()).isEqualTo(code);
        assertThat(error.getString("msg")).isNotEmpty();
        assertThat(answer.statusCode()).isEqualTo(status);
    }

    private static byte[] binary(String method, String token, Message request) {
        HttpResponse<byte[]> answer =
                post(SERVICE + method, token, "application/protobuf", request.toByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("application/protobuf");
        return answer.body();
    }

    @Test
    void shouldCreateListChangeAndDeleteARoom() {
        JsonObject room =
                call(
                        "CreateRoom",
                        operator(),
                        """
                        {"name": "arts", "emptyTimeout": 600, "maxParticipants": 20,
                         "metadata": "hall 1", "somethingNew": {"a": [1]}}
                        """);
        assertThat(room.getString("sid")).startsWith("RM_");
        assertThat(room.getInteger("empty_timeout")).isEqualTo(600);
        assertThat(room.getInteger("max_participants")).isEqualTo(20);
        assertThat(room.getString("metadata")).isEqualTo("hall 1");
        assertThat(room.getInteger("num_participants")).isZero();
        assertThat(room.getBoolean("active_recording")).isFalse();
        // The same again, and in the other spelling.
        assertThat(
                        call("CreateRoom", operator(), "{\"name\": \"arts\", \"empty_timeout\": 5}")
                                .getString("sid"))
                .isEqualTo(room.getString("sid"));
        assertThat(names(call("ListRooms", operator(), "{}"))).contains("arts");
        assertThat(names(call("ListRooms", operator(), "{\"names\": [\"arts\", \"none\"]}")))
                .containsExactly("arts");
        assertThat(
                        call(
                                        "UpdateRoomMetadata",
                                        admin("arts"),
                                        "{\"room\": \"arts\", \"metadata\": \"hall 2\"}")
                                .getString("metadata"))
                .isEqualTo("hall 2");
        assertThat(call("DeleteRoom", operator(), "{\"room\": \"arts\"}")).isEmpty();
        assertFails(post("DeleteRoom", operator(), "{\"room\": \"arts\"}"), 404, "not_found");
    }

    private static List<String> names(JsonObject list) {
        return list.getJsonArray("rooms").stream()
                .map(room -> ((JsonObject) room).getString("name"))
                .toList();
    }

    @Test
    void shouldShowChangeMuteAndRemoveParticipants() {
        LiveRooms.Guest ada = LIVE.join("maths", "ada");
        LIVE.publish("maths", ada, "TR_ada");
        LIVE.join("maths", "bob");
        String admin = admin("maths");
        JsonArray all =
                call("ListParticipants", admin, "{\"room\": \"maths\"}")
                        .getJsonArray("participants");
        assertThat(all).hasSize(2);
        JsonObject shown =
                call("GetParticipant", admin, "{\"room\": \"maths\", \"identity\": \"ada\"}");
        assertThat(shown.getString("sid")).startsWith("PA_");
        assertThat(shown.getString("state")).isEqualTo("JOINED");
        assertThat(shown.getBoolean("is_publisher")).isTrue();
        assertThat(shown.getJsonObject("permission").getBoolean("can_publish")).isTrue();
        JsonObject track = shown.getJsonArray("tracks").getJsonObject(0);
        assertThat(track.getString("sid")).isEqualTo("TR_ada");
        assertThat(track.getString("source")).isEqualTo("MICROPHONE");

        JsonObject muted =
                call(
                        "MutePublishedTrack",
                        admin,
                        """
                        {"room": "maths", "identity": "ada", "trackSid": "TR_ada", "muted": true}
                        """);
        assertThat(muted.getJsonObject("track").getBoolean("muted")).isTrue();

        JsonObject changed =
                call(
                        "UpdateParticipant",
                        admin,
                        """
                        {"room": "maths", "identity": "ada", "name": "Ada L.", "metadata": "",
                         "attributes": {"hand": "up"},
                         "permission": {"canSubscribe": true, "canPublishData": true}}
                        """);
        assertThat(changed.getString("name")).isEqualTo("Ada L.");
        assertThat(changed.getJsonObject("attributes").getString("hand")).isEqualTo("up");
        assertThat(changed.getJsonObject("permission").getBoolean("can_publish")).isFalse();
        assertThat(changed.getJsonArray("tracks")).isEmpty();

        call("RemoveParticipant", admin, "{\"room\": \"maths\", \"identity\": \"ada\"}");
        assertThat(ada.events()).endsWith(new RoomEvent.Left(LeaveReason.REMOVED));
        assertFails(
                post("GetParticipant", admin, "{\"room\": \"maths\", \"identity\": \"ada\"}"),
                404,
                "not_found");
    }

    @Test
    void shouldFindNoTrackOfSomebodyElseAndUnmuteNothingThatItsPublisherMuted() {
        LiveRooms.Guest ada = LIVE.join("mute", "ada");
        LIVE.publish("mute", ada, "TR_mine");
        LIVE.join("mute", "bob");
        String format =
                "{\"room\": \"mute\", \"identity\": \"%s\", \"track_sid\": \"%s\", \"muted\": %s}";
        String admin = admin("mute");
        assertFails(
                post("MutePublishedTrack", admin, format.formatted("bob", "TR_mine", "true")),
                404,
                "not_found");
        assertFails(
                post("MutePublishedTrack", admin, format.formatted("eve", "TR_mine", "true")),
                404,
                "not_found");
        LIVE.mute("mute", ada, "TR_mine");
        assertFails(
                post("MutePublishedTrack", admin, format.formatted("ada", "TR_mine", "false")),
                412,
                "failed_precondition");
    }

    @Test
    void shouldDecideWhatSomebodyIsSent() {
        LiveRooms.Guest ada = LIVE.join("watch", "ada");
        LIVE.publish("watch", ada, "TR_watched");
        LiveRooms.Guest bob = LIVE.join("watch", "bob");
        String admin = admin("watch");
        String format =
                """
                {"room": "watch", "identity": "%s", "trackSids": ["%s"], "subscribe": %s}
                """;
        String stop = format.formatted("bob", "TR_watched", "false");
        // Whatever bob is sent by now: his client hears of it too.
        assertThat(call("UpdateSubscriptions", admin, stop)).isEmpty();
        LIVE.hear("watch", bob, "TR_watched");
        assertThat(call("UpdateSubscriptions", admin, stop)).isEmpty();
        assertThat(LIVE.bound("watch", "bob", "TR_watched").paused()).isTrue();
        call("UpdateSubscriptions", admin, format.formatted("bob", "TR_watched", "true"));
        assertThat(LIVE.bound("watch", "bob", "TR_watched").paused()).isFalse();
        assertFails(
                post("UpdateSubscriptions", admin, format.formatted("eve", "TR_watched", "true")),
                404,
                "not_found");
        assertFails(
                post("UpdateSubscriptions", admin, format.formatted("bob", "TR_none", "true")),
                404,
                "not_found");
        assertThat(bob.events())
                .contains(
                        new RoomEvent.SubscriptionAsked(List.of("TR_watched"), false),
                        new RoomEvent.SubscriptionAsked(List.of("TR_watched"), true));
    }

    @Test
    void shouldSendDataToThoseWhoAreThere() {
        LIVE.join("data", "ada");
        String admin = admin("data");
        call(
                "SendData",
                admin,
                "{\"room\": \"data\", \"data\": \"aGVsbG8=\", \"kind\": \"LOSSY\"}");
        call(
                "SendData",
                admin,
                """
                {"room": "data", "data": "aGVsbG8=", "topic": "chat", "nonce": "AAAAAAAAAAAAAAAAAAAAAA==",
                 "destinationIdentities": ["ada", "nobody"]}
                """);
        assertFails(
                post("SendData", admin, "{\"room\": \"data\", \"data\": \"%\"}"), 400, "malformed");
        assertFails(post("SendData", admin("none"), "{\"room\": \"none\"}"), 404, "not_found");
    }

    @Test
    void shouldSpeakProtobufToo() throws Exception {
        LivekitModels.Room room =
                LivekitModels.Room.parseFrom(
                        binary(
                                "CreateRoom",
                                operator(),
                                LivekitRoom.CreateRoomRequest.newBuilder()
                                        .setName("binary")
                                        .build()));
        assertThat(room.getName()).isEqualTo("binary");
        LIVE.join("binary", "ada");
        LivekitRoom.ListParticipantsResponse list =
                LivekitRoom.ListParticipantsResponse.parseFrom(
                        binary(
                                "ListParticipants",
                                admin("binary"),
                                LivekitRoom.ListParticipantsRequest.newBuilder()
                                        .setRoom("binary")
                                        .build()));
        assertThat(list.getParticipantsList())
                .extracting(LivekitModels.ParticipantInfo::getIdentity)
                .containsExactly("ada");
        binary(
                "SendData",
                admin("binary"),
                LivekitRoom.SendDataRequest.newBuilder()
                        .setRoom("binary")
                        .setData(ByteString.copyFromUtf8("x"))
                        .build());
        assertFails(
                post(
                        SERVICE + "ListRooms",
                        operator(),
                        "application/protobuf",
                        new byte[] {-1, -1, -1}),
                400,
                "malformed");
    }

    @Test
    void shouldSendAParticipantToARoomThatIsThere() {
        LiveRooms.Guest ada = LIVE.join("here", "ada");
        LIVE.join("there", "bob");
        LIVE.join("nowhere near", "cyd");
        String mover = token(Grants.moving("ops", "here", "there"));
        assertThat(call("MoveParticipant", mover, moving("here", "ada", "there"))).isEmpty();
        assertThat(CLIENTS.asked)
                .containsExactly(ada.joined().self().participantId() + " to there");

        assertFails(
                post("MoveParticipant", mover, moving("here", "eve", "there")), 404, "not_found");
        String admin = admin("here");
        for (String token : List.of(admin, token(Grants.moving("ops", "here", "elsewhere")))) {
            assertFails(
                    post("MoveParticipant", token, moving("here", "ada", "there")),
                    403,
                    "permission_denied");
        }
        assertFails(
                post(
                        "MoveParticipant",
                        token(Grants.moving("ops", "here", "missing")),
                        moving("here", "ada", "missing")),
                404,
                "not_found");
        assertFails(
                post(
                        "MoveParticipant",
                        token(Grants.moving("ops", "here", "here")),
                        moving("here", "ada", "here")),
                400,
                "invalid_argument");
        assertFails(
                post(
                        "MoveParticipant",
                        token(Grants.moving("ops", "here", "nowhere near")),
                        moving("here", "ada", "nowhere near")),
                412,
                "failed_precondition");
    }

    private static String moving(String room, String identity, String destination) {
        return "{\"room\": \"%s\", \"identity\": \"%s\", \"destination_room\": \"%s\"}"
                .formatted(room, identity, destination);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CreateRoom|{\"name\": \"x\"}",
                "ListRooms|{}",
                "DeleteRoom|{\"room\": \"x\"}",
                "UpdateRoomMetadata|{\"room\": \"x\"}",
                "ListParticipants|{\"room\": \"x\"}",
                "GetParticipant|{\"room\": \"x\", \"identity\": \"ada\"}",
                "RemoveParticipant|{\"room\": \"x\", \"identity\": \"ada\"}",
                "UpdateParticipant|{\"room\": \"x\", \"identity\": \"ada\"}",
                "MutePublishedTrack|{\"room\": \"x\", \"identity\": \"ada\"}",
                "SendData|{\"room\": \"x\"}",
                "UpdateSubscriptions|{\"room\": \"x\", \"identity\": \"ada\"}",
                "MoveParticipant|{\"room\": \"x\", \"identity\": \"ada\", \"destination_room\": \"y\"}"
            })
    void shouldWantATokenThatGrantsIt(String method, String body) {
        assertFails(post(method, null, body), 401, "unauthenticated");
        assertFails(post(method, "nonsense", body), 401, "unauthenticated");
        String joiner = token(Grants.join("x", "eve", null));
        assertFails(post(method, joiner, body), 403, "permission_denied");
        assertFails(post(method, admin("other"), body), 403, "permission_denied");
        assertThat(LIVE.rooms.find("x")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "livekit.Egress/ListEgress",
                "livekit.Ingress/CreateIngress",
                "livekit.SIP/CreateSIPTrunk",
                "livekit.AgentDispatchService/CreateDispatch"
            })
    void shouldSayWhatItDoesNotHave(String path) {
        assertFails(
                post("/twirp/" + path, operator(), JSON, "{}".getBytes(StandardCharsets.UTF_8)),
                501,
                "unimplemented");
    }

    @Test
    void shouldRefuseWhatIsNoCall() {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        assertFails(post(SERVICE + "Nothing", operator(), JSON, body), 404, "bad_route");
        assertFails(post("/twirp/Nothing/At/All", operator(), JSON, body), 404, "bad_route");
        assertFails(post(SERVICE + "ListRooms", operator(), "text/plain", body), 404, "bad_route");
        assertFails(post("ListRooms", operator(), "{\"names\": 7}"), 400, "malformed");
        assertFails(post("ListRooms", operator(), "[".repeat(5_000)), 400, "malformed");
        assertFails(post("CreateRoom", operator(), "{\"name\": \"\"}"), 400, "invalid_argument");
        assertFails(
                post("CreateRoom", operator(), "{\"name\": \"big\", \"maxParticipants\": 9999}"),
                400,
                "invalid_argument");
        assertFails(
                post(
                        "CreateRoom",
                        operator(),
                        "{\"name\": \"long\", \"emptyTimeout\": 4294967295}"),
                400,
                "invalid_argument");
        assertFails(post("ListRooms", operator(), " ".repeat(70_000)), 413, "resource_exhausted");
    }
}
