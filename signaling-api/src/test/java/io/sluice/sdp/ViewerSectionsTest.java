package io.sluice.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.room.RoomSettings;
import io.sluice.room.TrackInfo;
import io.sluice.rtp.HeaderExtension;
import io.sluice.transport.SendSection;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A viewer's sections, which carry one track after another. */
final class ViewerSectionsTest {
    private static ViewerSections answer(SessionDescription offer) {
        return ViewerSections.answer(
                offer, RoomSettings.DEFAULT_CODECS, Clients.LOCAL, "PA_1", new Random(7));
    }

    @Test
    void shouldAnswerEachSectionWithOneStreamAndAllCodecs() {
        ViewerSections sections =
                answer(Offers.offer().audio("a", "recvonly").video("v", "sendrecv").parsed());
        SessionDescription answer = SessionDescription.parse(sections.answer().write());
        assertThat(answer.sections())
                .allSatisfy(section -> {
                    assertThat(section.direction()).isEqualTo(Direction.SENDONLY);
                    assertThat(section.msid()).isNotNull();
                    assertThat(section.ssrcs()).isNotEmpty();
                });
        assertThat(answer.sections().get(1).formats()).containsExactly("96", "97", "102");
        assertThat(answer.sections().get(1).ssrcGroups()).hasSize(1);
        assertThat(sections.size()).isEqualTo(2);
    }

    @Test
    void shouldCarryOneTrackAfterAnotherUnderOneSsrc() {
        ViewerSections sections = answer(Offers.offer().video("v", "recvonly").parsed());
        SendSection vp8 = sections.carry(Clients.video("1")).orElseThrow();
        SendSection next = sections.carry(Clients.video("2")).orElseThrow();
        assertThat(next.ssrc()).isEqualTo(vp8.ssrc());
        assertThat(next.rtxSsrc()).isEqualTo(vp8.rtxSsrc()).isNotZero();
        assertThat(next.trackId()).isEqualTo("TR_2");
        TrackInfo h264 = Clients.track("3", Codec.H264, Map.of("packetization-mode", "1"));
        SendSection other = sections.carry(h264).orElseThrow();
        assertThat(other.ssrc()).isEqualTo(vp8.ssrc());
        assertThat(other.codec().payloadType()).isEqualTo(102);
        assertThat(other.rtxSsrc()).as("none is offered for it").isZero();
    }

    @Test
    void shouldNotCarryWhatCannotBeDecoded() {
        ViewerSections sections = answer(Offers.offer().video("v", "recvonly").parsed());
        assertThat(sections.carry(Clients.track("1", Codec.AV1, Map.of()))).isEmpty();
        assertThat(sections.carry(Clients.audio("1"))).as("no section of audio").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"chromium156-offer-recvonly-av", "firefox153-offer-recvonly-av"})
    void shouldAnswerBrowsers(String name) {
        ViewerSections sections = answer(Recorded.parsed(name));
        assertThat(sections.size()).isGreaterThanOrEqualTo(2);
        SendSection av1 = sections.carry(Clients.track("1", Codec.AV1, Map.of())).orElse(null);
        SendSection vp8 = sections.carry(Clients.video("2")).orElseThrow();
        assertThat(vp8.extensions()).doesNotContainKey(HeaderExtension.DEPENDENCY_DESCRIPTOR);
        assertThat(vp8.extensions()).containsKey(HeaderExtension.MID);
        if (av1 != null) {
            assertThat(av1.ssrc()).isEqualTo(vp8.ssrc());
        }
    }
}
