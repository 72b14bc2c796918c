package io.sluice.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.room.Permissions;
import io.sluice.transport.SendSection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any answer to an offer of ours is carried out or refused with words, and the next offer can follow either. */
final class AnswerFuzzTest {
    private static final int SEED = 7;
    private static final int MAX_ANSWERS = 4;

    static List<byte[]> answers() {
        Offerer offerer = offerer();
        String taken =
                offerer.offer(Clients.LOCAL)
                        .sdp()
                        .replace("a=setup:actpass", "a=setup:active")
                        .replace("a=sendonly", "a=recvonly");
        return Stream.of(taken, taken.replace("m=video 9", "m=video 0"), taken + "\f" + taken)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private static Offerer offerer() {
        Offerer offerer = new Offerer(NegotiatorConfig.DEFAULT, Permissions.ALL, new Random(SEED));
        offerer.trackPublished(Clients.audio("a"));
        offerer.trackPublished(Clients.video("v"));
        return offerer;
    }

    @MethodSource("answers")
    @FuzzTest
    void answer(byte[] bytes) {
        Offerer offerer = offerer();
        for (String text : new String(bytes, StandardCharsets.UTF_8).split("\f", MAX_ANSWERS)) {
            SessionDescription offer = SessionDescription.parse(offerer.offer(Clients.LOCAL).sdp());
            try {
                Offerer.Agreed agreed = offerer.answered(SessionDescription.parse(text));
                assertThat(agreed.send()).hasSameSizeAs(agreed.tracks());
                assertThat(agreed.send())
                        .extracting(SendSection::mid)
                        .isSubsetOf(offer.sections().stream().map(MediaSection::mid).toList());
            } catch (SdpException refused) {
                assertThat(refused).message().hasSizeGreaterThan(10);
            }
        }
    }
}
