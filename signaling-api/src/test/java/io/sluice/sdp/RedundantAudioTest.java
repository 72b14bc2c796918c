package io.sluice.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sdp.Declarations.Declared;
import io.sluice.transport.NegotiatedCodec;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Opus with redundancy (RFC 2198) in offers. */
final class RedundantAudioTest {
    private static final String OPUS = "a=rtpmap:111 opus/48000/2\r\n";

    private static Offers offer(String formats, String direction, String lines) {
        return Offers.offer().section("audio 9", "0", formats, direction, OPUS + lines);
    }

    private static Answer answer(Offers offer) {
        return answer(Clients.negotiator(7), offer);
    }

    private static Answer answer(Negotiator negotiator, Offers offer) {
        return negotiator.answer(offer.parsed(), Clients.LOCAL, Map.of());
    }

    @ParameterizedTest
    @CsvSource({"111 63,111 63", "63 111,63 111"})
    void shouldAnswerItInTheOrderThatIsOffered(String offered, String answered) {
        String red = "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";
        Answer answer = answer(offer(offered, "sendonly", red));

        assertThat(answer.sdp())
                .contains("m=audio 9 UDP/TLS/RTP/SAVPF " + answered + "\r\n")
                .contains("a=rtpmap:63 red/48000/2\r\n")
                .contains("a=fmtp:63 111/111\r\n");
        ReceiveSection section = answer.receive().getFirst();
        assertThat(section.codecs().getFirst().payloadType()).isEqualTo(111);
        assertThat(section.codecs().getFirst().redPayloadType()).isEqualTo(63);
    }

    @ParameterizedTest
    @CsvSource({"111 63,true,63 111", "111 63,false,111 63", "63 111,false,63 111"})
    void shouldAnswerItFirstToWhoHasSaidSo(String offered, boolean redundant, String answered) {
        String red = "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";
        Answer answer =
                Clients.negotiator(7)
                        .answer(
                                offer(offered, "sendonly", red).parsed(),
                                Clients.LOCAL,
                                _ -> new Declared("TR_1", TrackSource.MICROPHONE, null, redundant));

        assertThat(answer.sdp()).contains("m=audio 9 UDP/TLS/RTP/SAVPF " + answered + "\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "red/48000/2,111/63",
        "red/48000/2,111",
        "red/48000/2,0/111",
        "red/48000/2,111/111/111/111/111/111/111/111/111/111",
        "red/8000,111/111",
        "red/48000,111/111",
        "red/48000/2,a=111",
    })
    void shouldLeaveOutWhatRepeatsSomethingElse(String map, String parameters) {
        String red = "a=rtpmap:63 " + map + "\r\na=fmtp:63 " + parameters + "\r\n";
        Answer answer = answer(offer("111 63", "sendonly", red));

        assertThat(answer.sdp()).contains("SAVPF 111\r\n").doesNotContain("red/");
        assertThat(answer.receive().getFirst().codecs().getFirst().redPayloadType())
                .isEqualTo(NegotiatedCodec.NO_RED);
    }

    @Test
    void shouldTellViewersNumbersToTheTransport() {
        Negotiator negotiator = Clients.negotiator(7);
        negotiator.trackPublished(Clients.audio("a1"));
        String red = "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";
        SendSection with = answer(negotiator, offer("111 63", "recvonly", red)).send().getFirst();
        assertThat(with.codec().redPayloadType()).isEqualTo(63);
    }
}
