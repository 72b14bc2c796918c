package io.sluice.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any offer is answered or refused with words, the answer is a description that belongs to it, and a
 * refused one changes nothing. An input holds several offers of one client, form feeds between them.
 */
final class OfferFuzzTest {
    private static final int SEED = 7;
    private static final int MAX_OFFERS = 4;

    static List<byte[]> offers() {
        Stream<String> recorded = Recorded.offers().stream().map(Recorded::sdp);
        String both = Offers.offer().audio("0", "sendrecv").video("1", "sendrecv").sdp();
        String more =
                Offers.offer()
                        .audio("0", "sendrecv")
                        .video("1", "recvonly")
                        .video("2", "sendonly", "track")
                        .sdp();
        String stopped = Offers.offer().audio("0", "sendrecv").stopped("1").sdp();
        return Stream.concat(recorded, Stream.of(both + "\f" + more, both + "\f" + stopped))
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @MethodSource("offers")
    @FuzzTest
    void offer(byte[] bytes) {
        Negotiator negotiator = Clients.negotiator(SEED);
        Clients.publishAll(negotiator);
        String[] texts = new String(bytes, StandardCharsets.UTF_8).split("\f", MAX_OFFERS);
        for (String text : texts) {
            offer(negotiator, text);
            negotiator.trackUnpublished("TR_v1");
        }
    }

    private static void offer(Negotiator negotiator, String text) {
        Missing missing = negotiator.missing();
        try {
            SessionDescription offer = SessionDescription.parse(text);
            negotiator.restartsIce(offer);
            check(offer, negotiator.answer(offer, Clients.LOCAL, Map.of()));
        } catch (SdpException refused) {
            assertThat(refused).message().hasSizeGreaterThan(10);
            assertThat(negotiator.missing()).isEqualTo(missing);
        }
    }

    private static void check(SessionDescription offer, Answer answer) {
        SessionDescription read = SessionDescription.parse(answer.sdp());
        assertThat(read.sections()).hasSameSizeAs(offer.sections());
        for (int i = 0; i < read.sections().size(); i++) {
            MediaSection offered = offer.sections().get(i);
            MediaSection answered = read.sections().get(i);
            assertThat(answered.mid()).isEqualTo(offered.mid());
            assertThat(answered.media()).isEqualTo(offered.media());
            assertThat(answered.protocol()).isEqualTo(offered.protocol());
            assertThat(numbers(offered)).containsAll(numbers(answered));
            assertThat(answered.direction().sends() && !offered.direction().receives()).isFalse();
            assertThat(answered.direction().receives() && !offered.direction().sends()).isFalse();
        }
        assertThat(offer.bundle()).containsAll(read.bundle());
        assertThat(answer.receive().size()).isLessThanOrEqualTo(offer.sections().size());
        assertThat(answer.send().size()).isLessThanOrEqualTo(offer.sections().size());
    }

    private static List<Integer> numbers(MediaSection section) {
        return section.payloads().stream().map(RtpPayload::number).toList();
    }
}
