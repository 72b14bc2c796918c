package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.room.LeaveReason;
import io.sluice.room.Muting;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.ForwardedTrack;
import io.sluice.sdp.UnavailableReason;
import io.sluice.transport.TrackSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlainJsonTest {
    private static final ParticipantInfo BOB =
            new ParticipantInfo("PA_b", "bob", "Bob", "", Instant.EPOCH);
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
                .isEqualTo(new ClientMessage.Candidate("1 1 udp 1 ::1 9 typ host"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "{\"candidate\":\"\"}", "{\"candidate\":null}"})
    void shouldReadTheEndOfCandidates(String candidate) throws BadMessage {
        assertThat(json.read("{\"type\":\"ice-candidate\",\"candidate\":" + candidate + "}"))
                .isEqualTo(new ClientMessage.Candidate(""));
    }

    @Test
    void shouldReadAJoinThatResumes() throws BadMessage {
        assertThat(json.read("{\"type\":\"join\",\"session\":\"s\",\"seq\":7}"))
                .isEqualTo(new ClientMessage.Join(null, null, "s", 7));
        assertThat(json.read("{\"type\":\"join\",\"token\":\"t\",\"name\":\"Ada\"}"))
                .isEqualTo(
                        new ClientMessage.Join("t", "Ada", null, ClientMessage.Join.UNKNOWN_SEQ));
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

    @Test
    void shouldWriteEachMessageOfTheServer() {
        assertThat(
                        json.write(
                                new ServerMessage.Joined(
                                        BOB, "maths", "s1", false, List.of(BOB), List.of(SCREEN))))
                .isEqualTo(
                        "{\"type\":\"joined\",\"participant\":\"PA_b\",\"identity\":\"bob\","
                                + "\"name\":\"Bob\",\"room\":\"maths\",\"session\":\"s1\","
                                + "\"resumed\":false,\"participants\":[{\"participant\":\"PA_b\","
                                + "\"identity\":\"bob\",\"name\":\"Bob\"}],\"tracks\":["
                                + "{\"participant\":\"PA_b\",\"identity\":\"bob\",\"track\":\"TR_s\","
                                + "\"kind\":\"video\",\"source\":\"screen_share\"}],"
                                + "\"iceServers\":[]}");
        assertThat(
                        json.write(
                                new ServerMessage.Answered(
                                        "v=0", List.of(new ForwardedTrack("2", SCREEN))),
                                3))
                .isEqualTo(
                        "{\"type\":\"answer\",\"sdp\":\"v=0\",\"tracks\":[{\"mid\":\"2\","
                                + "\"participant\":\"PA_b\",\"identity\":\"bob\",\"track\":\"TR_s\","
                                + "\"kind\":\"video\",\"source\":\"screen_share\"}],\"seq\":3}");
        assertThat(json.write(new ServerMessage.Candidate("1 1 udp"), 4))
                .isEqualTo(
                        "{\"type\":\"ice-candidate\",\"candidate\":{\"candidate\":"
                                + "\"candidate:1 1 udp\",\"sdpMLineIndex\":0},\"seq\":4}");
        assertThat(json.write(new ServerMessage.ParticipantLeft(BOB, LeaveReason.CONNECTION_LOST)))
                .isEqualTo(
                        "{\"type\":\"participant-left\",\"participant\":\"PA_b\","
                                + "\"identity\":\"bob\",\"name\":\"Bob\","
                                + "\"reason\":\"connection_lost\"}");
        assertThat(json.write(new ServerMessage.Renegotiate(1, 2)))
                .isEqualTo("{\"type\":\"renegotiate\",\"audio\":1,\"video\":2}");
        assertThat(json.write(new ServerMessage.Unavailable("TR_s", UnavailableReason.CODEC)))
                .isEqualTo("{\"type\":\"unavailable\",\"track\":\"TR_s\",\"reason\":\"codec\"}");
        assertThat(json.write(new ServerMessage.Failed(ErrorCode.BAD_MESSAGE, "No.")))
                .isEqualTo("{\"type\":\"error\",\"code\":\"bad_message\",\"message\":\"No.\"}");
    }
}
