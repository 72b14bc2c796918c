package io.sluice.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.transport.ReceiveSection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Simulcast as few clients offer it, or none. */
final class OfferedSimulcastTest {
    private static final String OFFER = Recorded.sdp("chromium156-offer-simulcast3-av-datachannel");
    private static final String RIDS =
            "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n";

    private static Answer answerWith(String rids) {
        assertThat(OFFER).contains(RIDS);
        return answer(OFFER.replace(RIDS, rids));
    }

    private static Answer answer(String sdp) {
        return Clients.negotiator(7).answer(SessionDescription.parse(sdp), Clients.LOCAL, Map.of());
    }

    private static ReceiveSection video(Answer answer) {
        return answer.receive().getLast();
    }

    @Test
    void shouldTakeTheFirstOfAlternativesAndThePausedOnesToo() {
        Answer answer = answerWith(RIDS.replace("send q;h;f", "recv x send q,h;~f"));

        assertThat(video(answer).rids()).containsExactly("q", "f");
        assertThat(answer.sdp()).contains("a=simulcast:recv q;~f\r\n");
    }

    @Test
    void shouldTakeThreeEncodingsOfMore() {
        Answer answer =
                answerWith(RIDS.replace("send q;h;f", "send q;h;f;x").concat("a=rid:x send\r\n"));

        assertThat(video(answer).rids()).containsExactly("q", "h", "f");
        assertThat(answer.sdp()).doesNotContain("a=rid:x");
    }

    @Test
    void shouldLeaveOutWhatNoRidDescribes() {
        Answer answer = answerWith(RIDS.replace("send q;h;f", "send ;q;~;y;q;f"));
        assertThat(video(answer).rids()).containsExactly("q", "f");
    }

    @Test
    void shouldAnswerOneEncodingWherePacketsCannotNameIt() {
        String extension = "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n";
        assertThat(OFFER).contains(extension);
        Answer answer = answer(OFFER.replace(extension, ""));

        assertThat(video(answer).rids()).isEmpty();
        assertThat(answer.sdp()).doesNotContain("a=rid").doesNotContain("a=simulcast");
    }

    @Test
    void shouldNumberEncodingsThatAreDeclaredBySsrc() {
        Answer answer =
                answerWith(
                        "a=ssrc-group:FID 11 21\r\na=ssrc-group:FID 12 22\r\n"
                                + "a=ssrc-group:SIM 11 12\r\n"
                                + "a=ssrc:12 cname:x\r\na=ssrc:11 cname:x\r\n"
                                + "a=ssrc:21 cname:x\r\na=ssrc:22 cname:x\r\n");

        assertThat(video(answer).rids()).isEqualTo(List.of("0", "1"));
        assertThat(video(answer).ssrcs().entrySet())
                .containsExactly(Map.entry(11, 21), Map.entry(12, 22));
    }
}
