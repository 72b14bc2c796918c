package io.sluice.sdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.codec.MediaKind;
import io.sluice.sdp.MediaSection.Msid;
import io.sluice.sdp.MediaSection.Rid;
import io.sluice.sdp.MediaSection.SsrcGroup;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionDescriptionTest {
    private static final String HEAD = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    private static final String VIDEO = HEAD + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n";

    static List<String> all() {
        return Recorded.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void shouldReadTheSameAgainFromWhatItWrites(String name) {
        SessionDescription description = Recorded.parsed(name);

        String written = description.write();

        assertThat(SessionDescription.parse(written)).isEqualTo(description);
        assertThat(written.lines()).allMatch(line -> line.matches("[a-z]=.+"));
        assertThat(written.replace("\r\n", "")).doesNotContain("\n").doesNotContain("\r");
    }

    @Test
    void shouldReadAVideoSectionOfChromium() {
        SessionDescription description = Recorded.parsed("chromium156-offer-plain-av");
        MediaSection video = description.sections().get(1);

        assertThat(description.sessionVersion()).isEqualTo(2);
        assertThat(description.bundle()).containsExactly("0", "1");
        assertThat(description.extmapAllowMixed()).isTrue();
        assertThat(video.kind()).isEqualTo(MediaKind.VIDEO);
        assertThat(video.mid()).isEqualTo("1");
        assertThat(video.setup()).isEqualTo("actpass");
        assertThat(video.trickle()).isTrue();
        assertThat(video.fingerprints()).singleElement().asString().startsWith("sha-256 ");
        assertThat(video.payloads().getFirst())
                .isEqualTo(
                        new RtpPayload(
                                96,
                                "VP8",
                                90_000,
                                0,
                                Map.of(),
                                List.of(
                                        "goog-remb",
                                        "transport-cc",
                                        "ccm fir",
                                        "nack",
                                        "nack pli")));
        assertThat(video.extensions())
                .contains(
                        new ExtensionMapping(
                                4, Direction.SENDRECV, "urn:ietf:params:rtp-hdrext:sdes:mid", ""));
        assertThat(video.ssrcGroups())
                .singleElement()
                .extracting(SsrcGroup::semantics)
                .isEqualTo("FID");
    }

    @Test
    void shouldResolveWhatFirefoxWritesInTheSessionsPart() {
        MediaSection video =
                Recorded.parsed("firefox153-offer-simulcast3-av-datachannel").sections().get(1);

        assertThat(video.fingerprints()).singleElement().asString().startsWith("sha-256 4C:FF");
        assertThat(video.trickle()).isTrue();
        assertThat(video.direction()).isEqualTo(Direction.SENDONLY);
        assertThat(video.rids())
                .containsExactly(
                        new Rid("q", true, ""), new Rid("h", true, ""), new Rid("f", true, ""));
        assertThat(video.simulcast()).isEqualTo("send q;h;f");
        assertThat(video.extensions())
                .contains(
                        new ExtensionMapping(
                                6,
                                Direction.RECVONLY,
                                "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
                                ""));
    }

    @Test
    void shouldTakeTheMsidFromSsrcLinesWhereThereIsNoOther() {
        MediaSection video =
                Recorded.parsed("gstreamer122-offer-av-datachannel").sections().getFirst();

        assertThat(video.msid())
                .isEqualTo(new Msid("user55973851@host-b4903cc1", "webrtctransceiver0"));
    }

    @Test
    void shouldTellStoppedSectionsFromBundleOnlyOnes() {
        assertThat(Recorded.parsed("gstreamer122-offer-av-datachannel").sections())
                .noneMatch(MediaSection::stopped);
        assertThat(Recorded.parsed("firefox153-offer-renegotiated-video-stopped").sections())
                .extracting(MediaSection::stopped)
                .containsExactly(false, true);
    }

    @Test
    void shouldTakeLinesThatEndWithLfAlone() {
        String sdp = Recorded.sdp("chromium156-offer-plain-av");

        assertThat(SessionDescription.parse(sdp.replace("\r\n", "\n")))
                .isEqualTo(SessionDescription.parse(sdp));
    }

    @Test
    void shouldGiveFeedbackForAllToEachPayload() {
        SessionDescription description =
                SessionDescription.parse(
                        HEAD
                                + "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=rtcp-fb:* nack\r\n"
                                + "a=rtcp-fb:97 nack pli\r\n");

        assertThat(description.sections().getFirst().payloads())
                .extracting(RtpPayload::feedback)
                .containsExactly(List.of("nack"), List.of("nack pli", "nack"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "m=video 9 UDP/TLS/RTP/SAVPF 300|a payload type is a number from 0 to 127",
                "m=video 9 UDP/TLS/RTP/SAVPF 96 96|payload type 96 stands twice",
                "m=video 70000 UDP/TLS/RTP/SAVPF 96|the port is a number from 0 to 65535",
                "m=video 9|expected m=<media> <port> <protocol> <format>",
                "a=fingerprint:sha-256 hello|a fingerprint looks like",
                "a=group:BUNDLE 0 0|a mid stands once",
                "a=setup:maybe|setup is active, passive, actpass or holdconn",
                "a=ice-pwd:short|ice-pwd has 22 to 256 ASCII characters",
                "x=1|no line type is called x",
                "hello|expected a letter and an equals sign",
            })
    void shouldNameTheLineAndWhatWouldBeRight(String line, String expected) {
        assertThatThrownBy(() -> SessionDescription.parse(HEAD + line))
                .isInstanceOf(SdpException.class)
                .hasMessageStartingWith("line 5: ")
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=rtpmap:96 VP8",
                "a=rtpmap:200 VP8/90000",
                "a=rtpmap:96 VP8/fast",
                "a=fmtp:96",
                "a=rtcp-fb:96",
                "a=extmap:1",
                "a=extmap:x urn:x",
                "a=extmap:1/sideways urn:x",
                "a=extmap:99999999999999999999 urn:x",
                "a=mid:",
                "a=mid:a b",
                "a=ssrc:1",
                "a=ssrc:4294967296 cname:x",
                "a=ssrc-group:",
                "a=rid:q",
                "a=rid:q upwards",
                "a=msid:",
                "a=sctp-port:many",
                "a=mid:\u0000",
            })
    void shouldRefuseAttributesThatMeanNothing(String line) {
        assertThatThrownBy(() -> SessionDescription.parse(VIDEO + line))
                .isInstanceOf(SdpException.class)
                .hasMessageStartingWith("line 6: ");
    }

    @Test
    void shouldRefuseTheSameMidTwice() {
        String section = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n";

        assertThatThrownBy(() -> SessionDescription.parse(HEAD + section + section))
                .isInstanceOf(SdpException.class)
                .hasMessage("line 7: mid 0 names another section already");
    }

    @Test
    void shouldRefuseWhatDoesNotBeginAsADescription() {
        assertThatThrownBy(() -> SessionDescription.parse("")).isInstanceOf(SdpException.class);
        assertThatThrownBy(() -> SessionDescription.parse("m=video 9 RTP/AVP 96"))
                .isInstanceOf(SdpException.class)
                .hasMessageContaining("v=0");
    }

    @Test
    void shouldReadUpToEachLimitAndNoMore() {
        String sdp = VIDEO + "a=candidate:1\r\na=candidate:2\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n";
        SdpLimits exact = new SdpLimits(sdp.length(), 8, 32, 2, 2, 2);

        assertThat(SessionDescription.parse(sdp, exact).sections()).hasSize(2);
        assertRefused(sdp, new SdpLimits(sdp.length() - 1, 8, 32, 2, 2, 2));
        assertRefused(sdp, new SdpLimits(sdp.length(), 7, 32, 2, 2, 2));
        assertRefused(sdp, new SdpLimits(sdp.length(), 8, 29, 2, 2, 2));
        assertRefused(sdp, new SdpLimits(sdp.length(), 8, 32, 1, 2, 2));
        assertRefused(sdp, new SdpLimits(sdp.length(), 8, 32, 2, 1, 2));
        assertRefused(sdp, new SdpLimits(sdp.length(), 8, 32, 2, 2, 1));
    }

    /** Else a line of 16 bytes is kept 128 times, and a description costs seconds. */
    @Test
    void shouldNotLetFeedbackForAllNumbersMultiply() {
        StringBuilder sdp = new StringBuilder(VIDEO);
        for (int i = 0; i < 32; i++) {
            sdp.append("a=rtcp-fb:* kind").append(i).append("\r\n");
        }

        MediaSection video = SessionDescription.parse(sdp.toString()).sections().getFirst();
        assertThat(video.payloads().getFirst().feedback()).hasSize(32);
        assertRefused(sdp + "a=rtcp-fb:* one-more\r\n", SdpLimits.DEFAULT);
    }

    private static void assertRefused(String sdp, SdpLimits limits) {
        assertThatThrownBy(() -> SessionDescription.parse(sdp, limits))
                .isInstanceOf(SdpException.class)
                .hasMessageContaining("at most");
    }

    /** Whatever a client sends, it is a description or an {@link SdpException}. */
    @ParameterizedTest
    @MethodSource("all")
    void shouldNeverFailOtherwiseOnBrokenText(String name) {
        long seed = name.hashCode();
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        String sdp = Recorded.sdp(name);
        for (int round = 0; round < 100; round++) {
            Mutation.assertHarmless(Mutation.of(sdp, random), seed, round);
        }
    }
}
