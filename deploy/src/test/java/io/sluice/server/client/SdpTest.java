package io.sluice.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.server.client.ClientSection.Direction;
import io.sluice.server.client.ClientSection.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class SdpTest {

    private static AnswerSdp answer(String name) throws IOException {
        try (InputStream file = Objects.requireNonNull(SdpTest.class.getResourceAsStream(name))) {
            return AnswerSdp.read(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void shouldReadTheAnswerOfAServerThatReceives() throws IOException {
        AnswerSdp answer = answer("janus112-answer-videoroom-publish.sdp");
        assertThat(answer.sections()).hasSize(2);
        AnswerSdp.Section audio = answer.sections().getFirst();
        assertThat(audio.mid()).isEqualTo("0");
        assertThat(audio.media()).isEqualTo("audio");
        assertThat(audio.serverReceives()).isTrue();
        assertThat(audio.serverSends()).isFalse();
        assertThat(audio.ufrag()).isEqualTo("p1Lg");
        assertThat(audio.password()).isEqualTo("bXumlOFYp1VCRFmVUWN8OW");
        assertThat(audio.setup()).isEqualTo("active");
        assertThat(audio.rtcpMux()).isTrue();
        assertThat(audio.fingerprint()).startsWith("sha-256 0E:22:AE").hasSize(8 + 32 * 3 - 1);
        assertThat(audio.candidates())
                .containsExactly("1 1 udp 2015363327 127.0.0.1 27209 typ host");
        assertThat(audio.codecs()).containsExactlyEntriesOf(Map.of(111, "opus"));
        AnswerSdp.Section video = answer.sections().getLast();
        assertThat(video.codecs()).isEqualTo(Map.of(96, "vp8", 97, "rtx"));
        assertThat(video.apt()).isEqualTo(Map.of(97, 96));
        assertThat(video.feedback()).contains("96 nack", "96 nack pli", "96 transport-cc");
        assertThat(video.extensions())
                .containsEntry(4, ClientSection.MID)
                .containsEntry(3, ClientSection.TRANSPORT_WIDE);
        assertThat(video.ssrcs()).containsExactly(46437176);
        assertThat(video.cname()).isEqualTo("janus");
    }

    @Test
    void shouldReadTheAnswerOfOneWhoSendsToo() throws IOException {
        AnswerSdp answer = answer("chromium156-answer-sendrecv-av-answerer-sends.sdp");
        AnswerSdp.Section video = answer.sections().getLast();
        assertThat(video.serverSends()).isTrue();
        assertThat(video.serverReceives()).isTrue();
        assertThat(video.ssrcs()).hasSize(2);
        assertThat(video.rtxSsrcs())
                .isEqualTo(Map.of(video.ssrcs().getFirst(), video.ssrcs().getLast()));
    }

    @Test
    void shouldWriteWhatItReads() {
        ClientSection audio = section("0", Kind.AUDIO, Direction.SENDONLY, 5);
        ClientSection video = section("1", Kind.VIDEO, Direction.SENDRECV, -7);
        ClientSection viewed = section("2", Kind.VIDEO, Direction.RECVONLY, 0);
        OfferSdp offer =
                new OfferSdp(
                        "ufrag",
                        "password",
                        "sha-256 AB:CD",
                        "actpass",
                        List.of("1 1 udp 1 127.0.0.1 9 typ host"),
                        "cname",
                        42,
                        3,
                        false,
                        false);
        String sdp = offer.write(List.of(audio, video, viewed));
        assertThat(sdp).contains("a=group:BUNDLE 0 1 2\r\n").endsWith("\r\n");
        AnswerSdp read = AnswerSdp.read(sdp);
        assertThat(read.sections())
                .extracting(AnswerSdp.Section::direction)
                .containsExactly("sendonly", "sendrecv", "recvonly");
        AnswerSdp.Section second = read.sections().get(1);
        assertThat(second.setup()).isEqualTo("actpass");
        assertThat(second.ssrcs()).containsExactly(-7, -8);
        assertThat(second.rtxSsrcs()).isEqualTo(Map.of(-7, -8));
        assertThat(second.apt())
                .isEqualTo(Map.of(video.numbers().rtxPayloadType(), video.numbers().payloadType()));
        assertThat(read.sections().getLast().ssrcs()).isEmpty();
    }

    private static ClientSection section(String mid, Kind kind, Direction direction, int ssrc) {
        return new ClientSection(
                mid, kind, direction, ClientSection.Numbers.of(kind, true, 3), ssrc, ssrc - 1);
    }
}
