package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.forward.ViewerWish;
import io.sluice.room.ConnectionQuality;
import io.sluice.room.LeaveReason;
import io.sluice.room.Muting;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomSettings;
import io.sluice.room.Speaker;
import io.sluice.room.TrackInfo;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sdp.ForwardedTrack;
import io.sluice.sdp.UnavailableReason;
import io.sluice.transport.TrackSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PlainJsonTest {
    private static final ParticipantInfo BOB =
            new ParticipantInfo("PA_b", "bob", "Bob", "{}", Instant.EPOCH);
    private static final TrackInfo SCREEN =
            new TrackInfo(
                    "TR_s",
                    "PA_b",
                    "bob",
                    MediaKind.VIDEO,
                    TrackSource.SCREEN_SHARE,
                    new CodecFormat(Codec.VP8, Map.of()),
                    Muting.NONE);

    private final PlainJson json = new PlainJson(256 * 1024);

    @Test
    void shouldReadAnOfferWithItsSources() throws BadMessage {
        assertThat(
                        json.read(
                                """
                                {"type":"offer","sdp":"v=0","sources":{"0":"camera","1":"screen_share_audio"}}
                                """))
                .isEqualTo(
                        new ClientMessage.Offer(
                                "v=0",
                                Map.of(
                                        "0", TrackSource.CAMERA,
                                        "1", TrackSource.SCREEN_SHARE_AUDIO)));
    }

    @Test
    void shouldReadWhatTutorialsSend() throws BadMessage {
        // JSON.stringify(pc.localDescription), and a message of a newer client.
        assertThat(json.read("{\"type\":\"offer\",\"sdp\":\"v=0\",\"new\":[1]}"))
                .isEqualTo(new ClientMessage.Offer("v=0", Map.of()));
    }

    @Test
    void shouldReadAnAnswerAndWhatBelongsToItsConnection() throws BadMessage {
        assertThat(json.read("{\"type\":\"answer\",\"sdp\":\"v=0\",\"id\":3}"))
                .isEqualTo(new ClientMessage.Answer("v=0", 3));
        assertThat(json.read("{\"type\":\"answer\",\"sdp\":\"v=0\"}"))
                .isEqualTo(new ClientMessage.Answer("v=0", 0));
        assertThat(
                        json.read(
                                """
                                {"type":"ice-candidate","candidate":null,"connection":"offer"}
                                """))
                .isEqualTo(new ClientMessage.Candidate("", Subscribing.BY_OFFER));
    }

    private static ClientMessage.Candidate candidate(String value) {
        return new ClientMessage.Candidate(value, Subscribing.BY_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"candidate:1 1 udp 1 ::1 9 typ host\"",
                "\"a=candidate:1 1 udp 1 ::1 9 typ host\"",
                "\"1 1 udp 1 ::1 9 typ host\"",
                "{\"candidate\":\"candidate:1 1 udp 1 ::1 9 typ host\",\"sdpMid\":\"0\"}"
            })
    void shouldReadACandidateInEachOfItsForms(String candidate) throws BadMessage {
        assertThat(json.read("{\"type\":\"ice-candidate\",\"candidate\":" + candidate + "}"))
                .isEqualTo(candidate("1 1 udp 1 ::1 9 typ host"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "{\"candidate\":\"\"}", "{\"candidate\":null}"})
    void shouldReadTheEndOfCandidates(String candidate) throws BadMessage {
        assertThat(json.read("{\"type\":\"ice-candidate\",\"candidate\":" + candidate + "}"))
                .isEqualTo(candidate(""));
    }

    @Test
    void shouldReadAJoinThatResumes() throws BadMessage {
        assertThat(json.read("{\"type\":\"join\",\"session\":\"s\",\"seq\":7}"))
                .isEqualTo(new ClientMessage.Join(null, null, "s", 7, Subscribing.BY_ANSWER));
        assertThat(
                        json.read(
                                "{\"type\":\"join\",\"token\":\"t\",\"name\":\"Ada\",\"subscribe\":\"offer\"}"))
                .isEqualTo(
                        new ClientMessage.Join(
                                "t",
                                "Ada",
                                null,
                                ClientMessage.Join.UNKNOWN_SEQ,
                                Subscribing.BY_OFFER));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "7",
                "[]",
                "{",
                "{}",
                "{\"type\":7}",
                "{\"type\":\"dance\"}",
                "{\"type\":\"offer\"}",
                "{\"type\":\"answer\"}",
                "{\"type\":\"answer\",\"sdp\":\"v=0\",\"id\":\"1\"}",
                "{\"type\":\"join\",\"subscribe\":\"both\"}",
                "{\"type\":\"offer\",\"sdp\":{}}",
                "{\"type\":\"offer\",\"sdp\":\"\",\"sources\":[]}",
                "{\"type\":\"offer\",\"sdp\":\"\",\"sources\":{\"0\":\"webcam\"}}",
                "{\"type\":\"join\",\"seq\":\"1\"}",
                "{\"type\":\"join\",\"seq\":1e99}",
                "{\"type\":\"join\",\"seq\":99999999999999999999999}",
                "{\"type\":\"ping\"} {\"type\":\"ping\"}",
                "{\"type\":\"ping\",\"type\":\"leave\"}",
                "{\"type\":\"ice-candidate\",\"candidate\":7}"
            })
    void shouldRefuseWhatIsNoMessage(String text) {
        assertThatExceptionOfType(BadMessage.class)
                .isThrownBy(() -> json.read(text))
                .satisfies(bad -> assertThat(bad.text()).isNotBlank());
    }

    @Test
    void shouldRefuseWhatIsTooDeep() {
        assertThatExceptionOfType(BadMessage.class).isThrownBy(() -> json.read("[".repeat(10_000)));
        String nested = "{\"candidate\":".repeat(20) + "\"\"" + "}".repeat(20);
        assertThatExceptionOfType(BadMessage.class)
                .isThrownBy(() ->
                        json.read("{\"type\":\"ice-candidate\",\"candidate\":" + nested + "}"));
    }

    @Test
    void shouldNotRepeatATokenInAnError() {
        assertThatExceptionOfType(BadMessage.class)
                .isThrownBy(() -> json.read("{\"type\":\"join\",\"token\":\"geheim"))
                .satisfies(bad -> assertThat(bad.text()).doesNotContain("geheim"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"mute\",\"muted\":true}",
                "{\"type\":\"mute\",\"mid\":\"0\"}",
                "{\"type\":\"mute\",\"mid\":\"0\",\"muted\":1}",
                "{\"type\":\"mute\",\"mid\":\"0\",\"track\":\"TR_1\",\"muted\":true}"
            })
    void shouldRefuseAMuteThatDoesNotSayWhatOrHow(String text) {
        assertThatExceptionOfType(BadMessage.class).isThrownBy(() -> json.read(text));
    }

    @Test
    void shouldReadAMuteByTrackOrBySection() throws BadMessage {
        assertThat(json.read("{\"type\":\"mute\",\"track\":\"TR_1\",\"muted\":true}"))
                .isEqualTo(new ClientMessage.Mute("TR_1", null, true));
        assertThat(json.read("{\"type\":\"mute\",\"mid\":\"0\",\"muted\":false}"))
                .isEqualTo(new ClientMessage.Mute(null, "0", false));
    }

    @Test
    void shouldReadAChannelAndTakeWhatItLeavesOutAsBrowsersDo() throws BadMessage {
        assertThat(json.read("{\"type\":\"channel\",\"id\":5}"))
                .isEqualTo(new ClientMessage.Channel(5, ChannelOptions.reliable("")));
        assertThat(
                        json.read(
                                "{\"type\":\"channel\",\"id\":65534,\"label\":\"game\",\"protocol\":\"sluice\","
                                        + "\"ordered\":false,\"maxPacketLifeTime\":200}"))
                .isEqualTo(
                        new ClientMessage.Channel(
                                65_534,
                                new ChannelOptions(
                                        "game", "sluice", false, ChannelOptions.UNLIMITED, 200)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"label\":\"x\"",
                "\"id\":65535",
                "\"id\":-1",
                "\"id\":1,\"ordered\":1",
                "\"id\":1,\"label\":7",
                "\"id\":1,\"maxRetransmits\":65536",
                "\"id\":1,\"maxRetransmits\":1,\"maxPacketLifeTime\":1"
            })
    void shouldRefuseAChannelThatCannotBe(String fields) {
        assertThatExceptionOfType(BadMessage.class)
                .isThrownBy(() -> json.read("{\"type\":\"channel\"," + fields + "}"));
    }

    @Test
    void shouldReadAWishAndTakeWhatItLeavesOutAsNoBound() throws BadMessage {
        assertThat(
                        json.read(
                                "{\"type\":\"wish\",\"track\":\"TR_1\",\"maxHeight\":360,"
                                        + "\"maxFps\":15,\"priority\":1,\"paused\":true}"))
                .isEqualTo(new ClientMessage.Wish("TR_1", new ViewerWish(true, 360, 15, 1)));
        assertThat(json.read("{\"type\":\"wish\",\"track\":\"TR_1\",\"maxFps\":null}"))
                .isEqualTo(new ClientMessage.Wish("TR_1", ViewerWish.EVERYTHING));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"maxHeight\":360",
                "\"track\":\"TR_1\",\"maxHeight\":0",
                "\"track\":\"TR_1\",\"maxHeight\":16385",
                "\"track\":\"TR_1\",\"maxHeight\":1e3",
                "\"track\":\"TR_1\",\"maxHeight\":\"360\"",
                "\"track\":\"TR_1\",\"maxFps\":241",
                "\"track\":\"TR_1\",\"maxFps\":-1",
                "\"track\":\"TR_1\",\"priority\":256",
                "\"track\":\"TR_1\",\"priority\":99999999999999999999",
                "\"track\":\"TR_1\",\"paused\":0"
            })
    void shouldRefuseAWishOutOfItsBounds(String fields) {
        assertThatExceptionOfType(BadMessage.class)
                .isThrownBy(() -> json.read("{\"type\":\"wish\"," + fields + "}"));
    }

    static Stream<Arguments> written() {
        String bob =
                "\"participant\":\"PA_b\",\"identity\":\"bob\",\"name\":\"Bob\",\"metadata\":\"{}\"";
        String screen =
                "\"participant\":\"PA_b\",\"identity\":\"bob\",\"track\":\"TR_s\","
                        + "\"kind\":\"video\",\"source\":\"screen_share\"";
        RoomSettings settings =
                new RoomSettings(9, Duration.ZERO, "topic", List.of(Codec.VP8), false);
        return Stream.of(
                        Arguments.of(
                                new ServerMessage.Joined(
                                        BOB,
                                        "maths",
                                        "topic",
                                        settings,
                                        "s1",
                                        false,
                                        List.of(BOB),
                                        List.of(SCREEN)),
                                "{'type':'joined',%1$s,'room':'maths','roomMetadata':'topic','session':'s1',"
                                        + "'resumed':false,'settings':{'maxParticipants':9,'unmuteAllowed':false,"
                                        + "'codecs':['vp8','opus']},'participants':[{%1$s}],"
                                        + "'tracks':[{%2$s,'muted':false}],'iceServers':[]}"),
                        Arguments.of(
                                new ServerMessage.Answered(
                                        "v=0",
                                        List.of(new ForwardedTrack("2", SCREEN)),
                                        Map.of("0", "TR_own")),
                                "{'type':'answer','sdp':'v=0','tracks':[{'mid':'2',%2$s,'muted':false}],"
                                        + "'published':[{'mid':'0','track':'TR_own'}]}"),
                        Arguments.of(
                                new ServerMessage.Candidate("1 1 udp"),
                                "{'type':'ice-candidate','candidate':{'candidate':'candidate:1 1 udp',"
                                        + "'sdpMLineIndex':0}}"),
                        Arguments.of(
                                new ServerMessage.ParticipantLeft(BOB, LeaveReason.CONNECTION_LOST),
                                "{'type':'participant-left',%1$s,'reason':'connection_lost'}"),
                        Arguments.of(
                                new ServerMessage.ParticipantUpdated(BOB),
                                "{'type':'participant-updated',%1$s}"),
                        Arguments.of(
                                new ServerMessage.Muted(muted(Muting.BY_PARTICIPANT)),
                                "{'type':'muted',%2$s,'muted':true}"),
                        Arguments.of(
                                new ServerMessage.TrackMuted(muted(Muting.BY_ROOM)),
                                "{'type':'track-muted',%2$s,'muted':true,'mutedBy':'room'}"),
                        Arguments.of(
                                new ServerMessage.TrackUnmuted(SCREEN),
                                "{'type':'track-unmuted',%2$s,'muted':false}"),
                        Arguments.of(
                                new ServerMessage.RoomUpdated("new"),
                                "{'type':'room-updated','metadata':'new'}"),
                        Arguments.of(
                                new ServerMessage.Quality("PA_b", "bob", ConnectionQuality.POOR),
                                "{'type':'connection-quality','participant':'PA_b','identity':'bob',"
                                        + "'quality':'poor'}"),
                        Arguments.of(
                                new ServerMessage.Speakers(List.of(new Speaker("PA_b", "bob", 30))),
                                "{'type':'active-speakers','speakers':[{'participant':'PA_b',"
                                        + "'identity':'bob','level':30}]}"),
                        Arguments.of(
                                new ServerMessage.DominantSpeaker("PA_b", "bob"),
                                "{'type':'dominant-speaker','participant':'PA_b','identity':'bob'}"),
                        Arguments.of(
                                new ServerMessage.Encodings("TR_v", Map.of("f", false)),
                                "{'type':'encodings','track':'TR_v','active':{'f':false}}"),
                        Arguments.of(
                                new ServerMessage.RoomClosing(RoomEnd.DELETED),
                                "{'type':'room-closing','reason':'deleted'}"),
                        Arguments.of(
                                new ServerMessage.Renegotiate(1, 2),
                                "{'type':'renegotiate','audio':1,'video':2}"),
                        Arguments.of(
                                new ServerMessage.Unavailable("TR_s", UnavailableReason.CODEC),
                                "{'type':'unavailable','track':'TR_s','reason':'codec'}"),
                        Arguments.of(
                                new ServerMessage.Failed(ErrorCode.BAD_MESSAGE, "No."),
                                "{'type':'error','code':'bad_message','message':'No.'}"),
                        Arguments.of(
                                new ServerMessage.Failed(ErrorCode.NO_SUCH_TRACK, "No.", "mute"),
                                "{'type':'error','code':'no_such_track','message':'No.','about':'mute'}"))
                .map(pair ->
                        Arguments.of(
                                pair.get()[0],
                                String.valueOf(pair.get()[1])
                                        .replace('\'', '"')
                                        .replace("%1$s", bob)
                                        .replace("%2$s", screen)));
    }

    private static TrackInfo muted(Muting muting) {
        return new TrackInfo(
                SCREEN.trackId(),
                SCREEN.participantId(),
                SCREEN.identity(),
                SCREEN.kind(),
                SCREEN.source(),
                SCREEN.format(),
                muting);
    }

    @ParameterizedTest
    @MethodSource("written")
    void shouldWriteEachMessageOfTheServer(ServerMessage message, String expected) {
        assertThat(json.write(message)).isEqualTo(expected);
        assertThat(json.write(message, 7)).endsWith(",\"seq\":7}");
    }
}
