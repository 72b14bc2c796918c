package io.sluice.sdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.room.Permissions;
import io.sluice.room.TrackInfo;
import io.sluice.rtp.HeaderExtension;
import io.sluice.transport.NegotiatedCodec;
import io.sluice.transport.SendSection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Offers of ours, and what clients make of them. */
final class OffererTest {
    private final Offerer offerer = offerer(NegotiatorConfig.DEFAULT.withStreamPerTrack());

    private static Offerer offerer(NegotiatorConfig config) {
        return new Offerer(config, Permissions.ALL, new Random(7));
    }

    private SessionDescription offer() {
        return SessionDescription.parse(offerer.offer(Clients.LOCAL).sdp());
    }

    /** As a client answers that takes everything but what it says. */
    private static String answer(SessionDescription offer) {
        return offer.write()
                .replace("a=setup:actpass", "a=setup:active")
                .replace("a=sendonly", "a=recvonly")
                .replaceAll("a=(ssrc|ssrc-group|msid|candidate):[^\r]*\r\n", "");
    }

    private Offerer.Agreed agree() {
        return offerer.answered(SessionDescription.parse(answer(offer())));
    }

    @Test
    void shouldOfferNothingForNothing() {
        assertThat(offerer.isNeeded()).isFalse();
    }

    @Test
    void shouldOfferEachTrackInASectionOfItsOwn() {
        offerer.trackPublished(Clients.audio("a"));
        offerer.trackPublished(Clients.video("v"));
        assertThat(offerer.isNeeded()).isTrue();
        SessionDescription offer = offer();
        assertThat(offer.bundle()).containsExactly("0", "1");
        assertThat(offer.sections())
                .extracting(MediaSection::direction)
                .containsOnly(Direction.SENDONLY);
        MediaSection audio = offer.sections().getFirst();
        assertThat(audio.msid()).isEqualTo(new MediaSection.Msid("PA_a|TR_a", "TR_a"));
        assertThat(audio.setup()).isEqualTo("actpass");
        assertThat(audio.candidates()).isEqualTo(Clients.LOCAL.candidates());
        assertThat(audio.ssrcs()).isNotEmpty();
        assertThat(offer.sections().get(1).ssrcGroups()).hasSize(1);
    }

    @Test
    void shouldSendWhatIsAnsweredUnderTheClientsNumbers() {
        offerer.trackPublished(Clients.audio("a"));
        offerer.trackPublished(Clients.video("v"));
        Offerer.Agreed agreed = agree();
        assertThat(agreed.tracks()).extracting(ForwardedTrack::mid).containsExactly("0", "1");
        SendSection audio = agreed.send().getFirst();
        SendSection video = agreed.send().get(1);
        assertThat(audio.codec().redPayloadType()).isNotEqualTo(NegotiatedCodec.NO_RED);
        assertThat(video.codec().rtxPayloadType()).isEqualTo(video.codec().payloadType() + 1);
        assertThat(video.codec().nack()).isTrue();
        assertThat(video.codec().transportWide()).isTrue();
        assertThat(video.rtxSsrc()).isNotZero();
        assertThat(video.extensions())
                .containsKeys(HeaderExtension.MID, HeaderExtension.TRANSPORT_WIDE_SEQUENCE)
                .doesNotContainKey(HeaderExtension.DEPENDENCY_DESCRIPTOR);
        assertThat(agreed.remote().passive()).isFalse();
        assertThat(offerer.isNeeded()).isFalse();
    }

    @Test
    void shouldNotRepairWhereTheClientTakesNoRepair() {
        offerer.trackPublished(Clients.video("v"));
        String answer =
                answer(offer())
                        .replaceAll("a=rtpmap:97 rtx[^\r]*\r\na=fmtp:97[^\r]*\r\n", "")
                        .replace(" 96 97", " 96");
        SendSection sent = offerer.answered(SessionDescription.parse(answer)).send().getFirst();
        assertThat(sent.rtxSsrc()).isZero();
        assertThat(sent.codec().rtxPayloadType()).isEqualTo(NegotiatedCodec.NO_RTX);
    }

    @Test
    void shouldGoOnUnderTheSameSsrc() {
        offerer.trackPublished(Clients.video("v"));
        SendSection first = agree().send().getFirst();
        offerer.trackPublished(Clients.video("w"));
        assertThat(agree().send()).hasSize(2).first().isEqualTo(first);
    }

    @Test
    void shouldLetASectionRestBeforeItCarriesAnotherTrack() {
        offerer.trackPublished(Clients.video("v"));
        agree();
        offerer.trackUnpublished("TR_v");
        assertThat(offerer.isNeeded()).isTrue();
        SessionDescription resting = offer();
        assertThat(resting.sections().getFirst().direction()).isEqualTo(Direction.INACTIVE);
        assertThat(offerer.answered(SessionDescription.parse(answer(resting))).send()).isEmpty();
        assertThat(offerer.isNeeded()).isFalse();
        offerer.trackPublished(Clients.video("w"));
        Offerer.Agreed agreed = agree();
        assertThat(agreed.tracks()).containsExactly(new ForwardedTrack("0", Clients.video("w")));
    }

    @Test
    void shouldNotTakeASectionThatDoesNotRestYet() {
        offerer.trackPublished(Clients.video("v"));
        agree();
        offerer.trackUnpublished("TR_v");
        offerer.trackPublished(Clients.video("w"));
        assertThat(agree().tracks()).containsExactly(new ForwardedTrack("1", Clients.video("w")));
    }

    @Test
    void shouldKeepSectionsOfAnOfferThatIsNotAnswered() {
        offerer.trackPublished(Clients.audio("a"));
        offerer.trackPublished(Clients.video("v"));
        offer();
        offerer.trackUnpublished("TR_v");
        SessionDescription again = offer();
        assertThat(again.sections()).hasSize(2);
        assertThat(again.sections().get(1).direction()).isEqualTo(Direction.INACTIVE);
        assertThat(again.sessionVersion()).isEqualTo(2);
    }

    @Test
    void shouldOfferWhatEverybodyDecodesBesideEachCodec() {
        TrackInfo av1 = Clients.track("1", Codec.AV1, Map.of());
        offerer.trackPublished(av1);
        assertThat(offerer.answered(SessionDescription.parse(withoutAv1(offer()))).send())
                .isEmpty();
        assertThat(offerer.unavailable()).containsEntry("TR_1", UnavailableReason.CODEC);
        assertThat(offerer.isNeeded()).as("the section is to rest").isTrue();
        agree();
        assertThat(offerer.isNeeded()).isFalse();
        offerer.trackPublished(Clients.video("v"));
        assertThat(agree().tracks()).containsExactly(new ForwardedTrack("0", Clients.video("v")));
    }

    @Test
    void shouldOfferAgainWhatComesInAnotherCodec() {
        TrackInfo av1 = Clients.track("1", Codec.AV1, Map.of());
        offerer.trackPublished(Clients.promised(av1));
        assertThat(offerer.answered(SessionDescription.parse(withoutAv1(offer()))).send())
                .isEmpty();
        assertThat(offerer.unavailable()).isEmpty();
        assertThat(offerer.awaited()).containsExactly("TR_1");
        agree();
        assertThat(offerer.isNeeded()).isFalse();

        offerer.trackChanged(Clients.promised(av1, Codec.VP8));
        assertThat(offerer.awaited()).isEmpty();
        assertThat(offerer.isNeeded()).isTrue();
        SendSection sent =
                offerer.answered(SessionDescription.parse(withoutAv1(offer()))).send().getFirst();
        assertThat(sent.trackId()).isEqualTo("TR_1");
        assertThat(sent.codec().format().codec()).isEqualTo(Codec.VP8);
        assertThat(offerer.isNeeded()).isFalse();

        offerer.trackChanged(Clients.promised(av1));
        assertThat(offerer.isNeeded()).as("the backup has ended").isTrue();
    }

    /** Each offer costs every viewer a round of its own. */
    @Test
    void shouldNotOfferAgainWhatWasRefusedHoweverOftenItComesAndGoes() {
        TrackInfo av1 = Clients.track("1", Codec.AV1, Map.of());
        TrackInfo both = Clients.promised(av1, Codec.H265);
        offerer.trackPublished(Clients.promised(av1));
        refuse();
        offerer.trackChanged(both);
        assertThat(offerer.isNeeded()).isTrue();
        refuse();

        for (int i = 0; i < 10; i++) {
            offerer.trackChanged(Clients.promised(av1));
            assertThat(offerer.isNeeded()).isFalse();
            assertThat(offerer.awaited()).containsExactly("TR_1");
            offerer.trackChanged(both);
            assertThat(offerer.isNeeded()).isFalse();
            assertThat(offerer.unavailable()).containsKey("TR_1");
        }
    }

    @Test
    void shouldOfferWhatCameWhileTheClientRefusedTheRest() {
        TrackInfo av1 = Clients.track("1", Codec.AV1, Map.of());
        offerer.trackPublished(Clients.promised(av1));
        SessionDescription late = offer();
        offerer.trackChanged(Clients.promised(av1, Codec.VP8));
        offerer.answered(SessionDescription.parse(withoutAv1(late)));
        assertThat(offerer.unavailable()).isEmpty();
        assertThat(agree().send()).extracting(SendSection::trackId).containsExactly("TR_1");
    }

    @Test
    void shouldBoundHowOftenAPublisherHasOneTrackOfferedInSomethingElse() {
        TrackInfo track = Clients.track("1", Codec.H264, Map.of("profile-level-id", "640c1f"));
        offerer.trackPublished(track);
        int offers = 0;
        for (int level = 0; level < 256; level++) {
            Map<String, String> other = Map.of("profile-level-id", "64%04x".formatted(level));
            CodecFormat format = new CodecFormat(Codec.H264, other);
            offerer.trackChanged(track.with(List.of(new TrackInfo.Backup(format, List.of()))));
            if (offerer.isNeeded()) {
                refuse();
                offers++;
            }
        }
        assertThat(offers).isLessThan(20);
        assertThat(offerer.unavailable()).containsEntry("TR_1", UnavailableReason.CODEC);

        // Everybody decodes it.
        CodecFormat vp8 = new CodecFormat(Codec.VP8, Map.of());
        offerer.trackChanged(track.with(List.of(new TrackInfo.Backup(vp8, List.of()))));
        assertThat(offerer.unavailable()).isEmpty();
        assertThat(offerer.isNeeded()).isTrue();
        refuse();
        assertThat(offerer.isNeeded()).isFalse();
    }

    /** It takes nothing of what is offered, and the section rests. */
    private void refuse() {
        String answer = answer(offer()).replace("a=recvonly", "a=inactive");
        assertThat(offerer.answered(SessionDescription.parse(answer)).send()).isEmpty();
        agree();
    }

    @Test
    void shouldAwaitNothingForWhoMayNotSubscribe() {
        offerer.trackPublished(Clients.promised(Clients.track("1", Codec.AV1, Map.of())));
        refuse();
        offerer.permit(new Permissions(true, false, true));
        assertThat(offerer.awaited()).isEmpty();
        assertThat(offerer.unavailable()).isEmpty();
        offerer.permit(Permissions.ALL);
        assertThat(offerer.awaited()).containsExactly("TR_1");
    }

    private static String withoutAv1(SessionDescription offer) {
        return answer(offer)
                .replaceAll("a=[a-z-]+:9[67] [^\r]*\r\n", "")
                .replace(" 96 97 98 99", " 98 99");
    }

    @Test
    void shouldLeaveASectionThatTheClientGaveUp() {
        offerer.trackPublished(Clients.audio("a"));
        offerer.trackPublished(Clients.video("v"));
        String answer =
                answer(offer())
                        .replace("m=video 9", "m=video 0")
                        .replace("a=group:BUNDLE 0 1", "a=group:BUNDLE 0");
        assertThat(offerer.answered(SessionDescription.parse(answer)).send()).hasSize(1);
        assertThat(offerer.unavailable()).containsOnlyKeys("TR_v");
        offerer.trackPublished(Clients.video("w"));
        SessionDescription next = offer();
        assertThat(next.sections()).extracting(MediaSection::port).containsExactly(9, 0, 9);
        assertThat(next.bundle()).containsExactly("0", "2");
    }

    @Test
    void shouldGiveEachFormatItsOwnNumbersInAllSections() {
        Map<String, String> baseline = Map.of("profile-level-id", "42e01f");
        Map<String, String> high = Map.of("profile-level-id", "640c1f");
        offerer.trackPublished(Clients.track("1", Codec.H264, baseline));
        offerer.trackPublished(Clients.track("2", Codec.H264, high));
        offerer.trackPublished(Clients.track("3", Codec.H264, baseline));
        List<SendSection> send = agree().send();
        assertThat(send)
                .extracting(section -> section.codec().payloadType())
                .satisfies(numbers -> {
                    assertThat(numbers.get(0)).isEqualTo(numbers.get(2));
                    assertThat(numbers.get(0)).isNotEqualTo(numbers.get(1));
                });
    }

    @Test
    void shouldRunOutOfNumbersWithoutHarm() {
        for (int i = 0; i < 40; i++) {
            String level = "42e0%02x".formatted(i + 10);
            offerer.trackPublished(
                    Clients.track(
                            Integer.toString(i), Codec.H264, Map.of("profile-level-id", level)));
        }
        assertThat(offer().sections()).hasSize(29);
        assertThat(offerer.unavailable()).hasSize(11);
    }

    @Test
    void shouldStopAtTheLimitOfSections() {
        Offerer small =
                offerer(new NegotiatorConfig(List.of(Codec.VP8), 1, SdpLimits.DEFAULT, true));
        small.trackPublished(Clients.video("v"));
        small.trackPublished(Clients.video("w"));
        small.answered(
                SessionDescription.parse(
                        answer(SessionDescription.parse(small.offer(Clients.LOCAL).sdp()))));
        assertThat(small.isNeeded()).isFalse();
        assertThat(small.unavailable()).containsExactly(Map.entry("TR_w", UnavailableReason.LIMIT));
    }

    @Test
    void shouldEndEverythingForWhoMayNotSubscribe() {
        offerer.trackPublished(Clients.video("v"));
        agree();
        offerer.permit(new Permissions(true, false, true));
        assertThat(offerer.isNeeded()).isTrue();
        assertThat(agree().send()).isEmpty();
        offerer.permit(Permissions.ALL);
        assertThat(agree().send()).hasSize(1);
    }

    @Test
    void shouldRefuseAnswersToSomethingElse() {
        offerer.trackPublished(Clients.video("v"));
        String answer = answer(offer());
        assertRefused(answer.replace("a=mid:0", "a=mid:7").replace("BUNDLE 0", "BUNDLE 7"));
        assertRefused(answer.replace("m=video", "m=audio"));
        assertRefused(answer.substring(0, answer.indexOf("m=video")));
        assertRefused(
                answer + answer.substring(answer.indexOf("m=video")).replace("mid:0", "mid:1"));
        assertThat(offerer.answered(SessionDescription.parse(answer)).send())
                .as("nothing has changed")
                .hasSize(1);
        offer();
        assertRefused(answer.replace("AB:AB", "CD:CD"));
        assertRefused(answer.replace("setup:active", "setup:passive"));
    }

    private void assertRefused(String answer) {
        assertThatThrownBy(() -> offerer.answered(SessionDescription.parse(answer)))
                .isInstanceOf(SdpException.class);
    }
}
