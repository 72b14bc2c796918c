package io.sluice.sdp;

import static io.sluice.sdp.Offers.offer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sluice.codec.Codec;
import io.sluice.room.Permissions;
import io.sluice.room.TrackInfo;
import io.sluice.rtp.HeaderExtension;
import io.sluice.sdp.Declarations.Declared;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the sections of a participant go through, from offer to offer. */
class NegotiatorTest {
    private final Negotiator negotiator = Clients.negotiator(3);

    private Answer answer(Offers offer) {
        return negotiator.answer(offer.parsed(), Clients.LOCAL, Map.of());
    }

    private Answer answer(String sdp) {
        return negotiator.answer(SessionDescription.parse(sdp), Clients.LOCAL, Map.of());
    }

    private static List<Direction> directions(Answer answer) {
        return SessionDescription.parse(answer.sdp()).sections().stream()
                .map(MediaSection::direction)
                .toList();
    }

    private static Map<String, String> tracksByMid(Answer answer) {
        Map<String, String> tracks = new HashMap<>();
        answer.tracks().forEach(each -> tracks.put(each.mid(), each.track().trackId()));
        return tracks;
    }

    @Test
    void shouldForwardTheOldestTracksInTheFirstSectionsOfTheirKind() {
        negotiator.trackPublished(Clients.video("v1"));
        negotiator.trackPublished(Clients.audio("a1"));
        negotiator.trackPublished(Clients.video("v2"));

        Answer answer =
                answer(
                        offer().audio("0", "sendrecv")
                                .video("1", "sendonly")
                                .video("2", "recvonly")
                                .video("3", "recvonly")
                                .video("4", "recvonly"));

        assertThat(tracksByMid(answer)).isEqualTo(Map.of("0", "TR_a1", "2", "TR_v1", "3", "TR_v2"));
        assertThat(directions(answer))
                .containsExactly(
                        Direction.SENDRECV,
                        Direction.RECVONLY,
                        Direction.SENDONLY,
                        Direction.SENDONLY,
                        Direction.INACTIVE);
        assertThat(answer.missing()).isEqualTo(Missing.NONE);
    }

    @Test
    void shouldTakeReportsByStreamsOfViewersThatOfferNothingBetter() {
        negotiator.trackPublished(Clients.video("v1"));
        negotiator.trackPublished(Clients.audio("a1"));
        negotiator.trackPublished(Clients.video("v2"));
        String forAll = "a=rtcp-fb:* ack ccfb";

        Answer answer =
                answer(
                        offer().video("0", "recvonly")
                                .line(forAll)
                                .audio("1", "recvonly")
                                .line(forAll)
                                .video("2", "recvonly")
                                .line(forAll)
                                .line("a=rtcp-fb:* transport-cc")
                                .line("a=extmap:3 " + HeaderExtension.TRANSPORT_WIDE_SEQUENCE.uri())
                                .video("3", "sendonly")
                                .line(forAll));

        assertThat(answer.send())
                .extracting(SendSection::mid, section -> section.codec().reportsByStream())
                .containsExactlyInAnyOrder(tuple("0", true), tuple("1", true), tuple("2", false));
        assertThat(answer.sdp()).contains("\r\na=rtcp-fb:96 ack ccfb\r\n");
        List<MediaSection> sections = SessionDescription.parse(answer.sdp()).sections();
        assertThat(sections)
                .extracting(
                        section -> section.payloads().getFirst().feedback().contains("ack ccfb"))
                .as("we read such reports, and write none")
                .containsExactly(true, true, false, false);
        assertThat(sections.get(2).payloads().getFirst().feedback()).contains("transport-cc");
    }

    @Test
    void shouldCountTheSectionsThatAreMissing() {
        negotiator.trackPublished(Clients.audio("a1"));
        negotiator.trackPublished(Clients.audio("a2"));
        negotiator.trackPublished(Clients.video("v1"));
        assertThat(negotiator.missing()).isEqualTo(new Missing(2, 1, true));

        Answer answer = answer(offer().audio("0", "sendrecv").video("1", "recvonly"));

        assertThat(answer.missing()).isEqualTo(new Missing(1, 0, true));
        assertThat(
                        answer(
                                        offer().audio("0", "sendrecv")
                                                .video("1", "recvonly")
                                                .audio("2", "recvonly"))
                                .missing())
                .isEqualTo(Missing.NONE);
    }

    @Test
    void shouldAskForAnOfferAndNoSectionWhenATrackFitsAFreeOne() {
        answer(offer().video("0", "recvonly"));

        negotiator.trackPublished(Clients.video("v1"));

        assertThat(negotiator.missing()).isEqualTo(new Missing(0, 0, true));
    }

    @Test
    void shouldLetAFreedSectionRestForOneAnswerBeforeItIsUsedAgain() {
        negotiator.trackPublished(Clients.video("v1"));
        Offers offer = offer().video("0", "recvonly");
        SendSection before = answer(offer).send().getFirst();

        negotiator.trackUnpublished("TR_v1");
        negotiator.trackPublished(Clients.video("v2"));
        assertThat(negotiator.missing()).isEqualTo(new Missing(0, 0, true));

        Answer resting = answer(offer);
        assertThat(directions(resting)).containsExactly(Direction.INACTIVE);
        assertThat(resting.send()).isEmpty();
        assertThat(resting.missing()).isEqualTo(new Missing(0, 0, true));

        Answer reused = answer(offer);
        assertThat(tracksByMid(reused)).isEqualTo(Map.of("0", "TR_v2"));
        assertThat(reused.missing()).isEqualTo(Missing.NONE);
        SendSection after = reused.send().getFirst();
        assertThat(Set.of(after.ssrc(), after.rtxSsrc()))
                .doesNotContain(before.ssrc(), before.rtxSsrc());
    }

    @Test
    void shouldAskForAnOfferToEndATrackThatIsGone() {
        negotiator.trackPublished(Clients.video("v1"));
        Offers offer = offer().video("0", "recvonly");
        answer(offer);

        negotiator.trackUnpublished("TR_v1");

        assertThat(negotiator.missing()).isEqualTo(new Missing(0, 0, true));
        assertThat(answer(offer).missing()).isEqualTo(Missing.NONE);
    }

    @Test
    void shouldPublishAnotherTrackWhenTheCodecChanges() {
        String vp8 = "a=rtpmap:96 VP8/90000\r\n";
        String h264 =
                "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;profile-level-id=%s\r\n";
        ReceiveSection first = published("96", vp8);
        ReceiveSection renumbered = published("100", vp8.replace("96", "100"));
        ReceiveSection other = published("96", h264.formatted("42e01f"));
        ReceiveSection higherLevel = published("96", h264.formatted("42e034"));
        ReceiveSection otherProfile = published("96", h264.formatted("64001f"));

        assertThat(renumbered.trackId()).isEqualTo(first.trackId());
        assertThat(renumbered.codecs().getFirst().payloadType()).isEqualTo(100);
        assertThat(other.trackId()).isNotEqualTo(first.trackId());
        assertThat(higherLevel.trackId()).isEqualTo(other.trackId());
        assertThat(otherProfile.trackId()).isNotEqualTo(other.trackId());
    }

    private ReceiveSection published(String formats, String lines) {
        return answer(offer().section("video 9", "0", formats, "sendonly", lines))
                .receive()
                .getFirst();
    }

    @Test
    void shouldNeverUseAnSsrcTwice() {
        Offers offer = offer().video("0", "recvonly");
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            negotiator.trackPublished(Clients.video("v" + i));
            SendSection send = answer(offer).send().getFirst();
            assertThat(seen.add(send.ssrc())).isTrue();
            assertThat(seen.add(send.rtxSsrc())).isTrue();
            negotiator.trackUnpublished("TR_v" + i);
            answer(offer);
        }
    }

    @Test
    void shouldAnswerTheSameOfferTheSame() {
        negotiator.trackPublished(Clients.video("v1"));
        Offers offer = offer().audio("0", "sendonly").video("1", "sendrecv", "cam");

        Answer first = answer(offer);
        Answer second = answer(offer);

        assertThat(second.receive()).isEqualTo(first.receive());
        assertThat(second.send()).isEqualTo(first.send());
        assertThat(second.iceRestart()).isFalse();
        assertThat(second.sdp().replaceFirst(" 2 IN", " 1 IN")).isEqualTo(first.sdp());
    }

    @Test
    void shouldBeTheDtlsClientOfWhoWaits() {
        String sdp = offer().audio("0", "sendonly").audio("1", "recvonly").sdp();

        Answer answer = answer(sdp.replace("a=setup:actpass", "a=setup:passive"));

        assertThat(answer.remote().passive()).isTrue();
        assertThat(answer.sdp()).contains("a=setup:active\r\n").doesNotContain("a=setup:passive");
        // Browsers leave it open in each further offer: who is what stays (RFC 8842 5.2).
        Answer again = answer(sdp);
        assertThat(again.remote().passive()).isTrue();
        assertThat(again.sdp()).contains("a=setup:active\r\n");
    }

    @Test
    void shouldAnswerBothCodecsOfASectionThatSendsOneAndReceivesAnother() {
        negotiator.trackPublished(
                Clients.track(
                        "h",
                        Codec.H264,
                        Map.of("packetization-mode", "1", "profile-level-id", "42c02a")));

        Answer answer = answer(offer().video("0", "sendrecv"));

        assertThat(answer.receive().getFirst().codecs().getFirst().payloadType()).isEqualTo(96);
        assertThat(answer.send().getFirst().codec().payloadType()).isEqualTo(102);
        assertThat(answer.sdp()).contains("m=video 9 UDP/TLS/RTP/SAVPF 96 97 102\r\n");
    }

    @Test
    void shouldTellWhichTracksAClientCannotDecode() {
        TrackInfo av1 = Clients.track("1", Codec.AV1, Map.of());
        TrackInfo main = Clients.track("m", Codec.H264, Map.of("profile-level-id", "4d001f"));
        TrackInfo single = Clients.track("s", Codec.H264, Map.of("profile-level-id", "42e01f"));
        negotiator.trackPublished(av1);
        negotiator.trackPublished(main);
        negotiator.trackPublished(single);
        assertThat(negotiator.unavailable()).isEmpty();

        Answer answer = answer(offer().video("0", "recvonly").video("1", "recvonly"));

        assertThat(answer.unavailable())
                .isEqualTo(
                        Map.of(
                                "TR_1", UnavailableReason.CODEC,
                                "TR_m", UnavailableReason.CODEC,
                                "TR_s", UnavailableReason.CODEC));
        assertThat(answer.missing()).isEqualTo(Missing.NONE);
        assertThat(answer.send()).isEmpty();
    }

    @Test
    void shouldForwardInTheFirstCodecThatAClientDecodes() {
        TrackInfo av1 = Clients.track("1", Codec.AV1, Map.of());
        negotiator.trackPublished(Clients.promised(av1));
        Answer before = answer(offer().video("0", "recvonly"));
        assertThat(before.send()).isEmpty();
        assertThat(before.unavailable()).as("it is only awaited").isEmpty();
        assertThat(negotiator.awaited()).containsExactly("TR_1");
        assertThat(negotiator.missing().offerNeeded()).isFalse();

        negotiator.trackChanged(Clients.promised(av1, Codec.VP8));
        assertThat(negotiator.awaited()).isEmpty();
        assertThat(negotiator.missing().offerNeeded()).isTrue();
        SendSection sent = answer(offer().video("0", "recvonly")).send().getFirst();
        assertThat(sent.trackId()).isEqualTo("TR_1");
        assertThat(sent.codec().format().codec()).isEqualTo(Codec.VP8);
        assertThat(answer(offer().video("0", "recvonly")).send()).containsExactly(sent);

        negotiator.trackChanged(Clients.promised(av1));
        assertThat(negotiator.missing().offerNeeded()).as("the section is to rest").isTrue();
        assertThat(answer(offer().video("0", "recvonly")).send()).isEmpty();
        assertThat(negotiator.awaited()).containsExactly("TR_1");

        negotiator.trackChanged(Clients.promised(av1, Codec.VP9));
        assertThat(negotiator.awaited()).isEmpty();
        assertThat(negotiator.unavailable()).isEqualTo(Map.of("TR_1", UnavailableReason.CODEC));
    }

    @Test
    void shouldLeaveTheBackupToThoseWhoNeedIt() {
        TrackInfo vp8 = Clients.video("v");
        negotiator.trackPublished(Clients.promised(vp8));
        SendSection sent = answer(offer().video("0", "recvonly")).send().getFirst();
        negotiator.trackChanged(Clients.promised(vp8, Codec.H264));
        assertThat(negotiator.missing()).isEqualTo(Missing.NONE);
        assertThat(answer(offer().video("0", "recvonly")).send()).containsExactly(sent);
        negotiator.trackChanged(Clients.promised(Clients.video("x"), Codec.H264));
        assertThat(negotiator.missing()).as("it is not to be forwarded").isEqualTo(Missing.NONE);
    }

    @Test
    void shouldTakeTheCodecThatAPublisherWantsToSend() {
        Declarations wished = _ -> new Declared("TR_h", TrackSource.CAMERA, Codec.H264, false);
        SessionDescription sends = offer().video("0", "sendonly", "cam").parsed();
        Answer answer = negotiator.answer(sends, Clients.LOCAL, wished);
        assertThat(answer.receive().getFirst().codecs().getFirst().payloadType()).isEqualTo(102);
        assertThat(answer.sdp()).contains("m=video 9 UDP/TLS/RTP/SAVPF 102\r\n");
        Answer again = negotiator.answer(sends, Clients.LOCAL, wished);
        assertThat(again.receive()).isEqualTo(answer.receive());

        Declarations unknown = _ -> new Declared("TR_a", TrackSource.CAMERA, Codec.AV1, false);
        Negotiator other = Clients.negotiator(2);
        Answer usual = other.answer(sends, Clients.LOCAL, unknown);
        assertThat(usual.receive().getFirst().codecs().getFirst().payloadType()).isEqualTo(96);
    }

    @Test
    void shouldNotAskForMoreSectionsThanAreAllowed() {
        Negotiator small =
                new Negotiator(
                        new NegotiatorConfig(List.of(Codec.VP8), 2, SdpLimits.DEFAULT),
                        Permissions.ALL,
                        new Random(1));
        small.trackPublished(Clients.video("v1"));
        small.trackPublished(Clients.video("v2"));
        small.trackPublished(Clients.video("v3"));

        assertThat(small.missing()).isEqualTo(new Missing(0, 2, true));
        assertThat(small.unavailable()).isEqualTo(Map.of("TR_v3", UnavailableReason.LIMIT));
        Offers three = offer().video("0", "recvonly").video("1", "recvonly").video("2", "recvonly");
        assertThatThrownBy(() -> small.answer(three.parsed(), Clients.LOCAL, Map.of()))
                .isInstanceOf(SdpException.class)
                .hasMessageContaining("at most 2");
    }

    @Test
    void shouldKeepATracksIdWhileItIsSent() {
        String first = publishedId(answer(offer().video("0", "sendonly", "cam")));

        assertThat(publishedId(answer(offer().video("0", "sendrecv", "cam")))).isEqualTo(first);
        assertThat(answer(offer().video("0", "recvonly")).receive()).isEmpty();
        String again = publishedId(answer(offer().video("0", "sendonly", "cam")));
        assertThat(again).isNotEqualTo(first);
        assertThat(publishedId(answer(offer().video("0", "sendonly", "screen"))))
                .isNotEqualTo(again);
    }

    private static String publishedId(Answer answer) {
        return answer.receive().getFirst().trackId();
    }

    @Test
    void shouldGiveTheSectionOfAStoppedOneToAnother() {
        negotiator.trackPublished(Clients.video("v1"));
        answer(offer().audio("0", "sendonly").video("1", "recvonly"));

        Answer stopped = answer(offer().audio("0", "sendonly").stopped("1"));
        assertThat(stopped.sdp()).contains("m=video 0 ").contains("a=group:BUNDLE 0\r\n");
        assertThat(stopped.missing()).isEqualTo(new Missing(0, 1, true));

        Answer recycled = answer(offer().audio("0", "sendonly").video("2", "recvonly"));
        assertThat(tracksByMid(recycled)).isEqualTo(Map.of("2", "TR_v1"));
    }

    @Test
    void shouldMoveATrackWhoseSectionNoLongerReceives() {
        negotiator.trackPublished(Clients.video("v1"));
        SendSection before = answer(offer().video("0", "sendrecv")).send().getFirst();

        Answer moved = answer(offer().video("0", "sendonly").video("1", "recvonly"));

        assertThat(tracksByMid(moved)).isEqualTo(Map.of("1", "TR_v1"));
        assertThat(moved.send().getFirst().ssrc()).isNotEqualTo(before.ssrc());
    }

    @Test
    void shouldSeeAnIceRestart() {
        assertThat(negotiator.restartsIce(offer().audio("0", "sendonly").parsed())).isFalse();
        answer(offer().audio("0", "sendonly"));

        Offers restart = offer().ufrag("other").audio("0", "sendonly");
        assertThat(negotiator.restartsIce(restart.parsed())).isTrue();
        assertThat(answer(restart).iceRestart()).isTrue();
        assertThat(negotiator.restartsIce(restart.parsed())).isFalse();
    }

    @Test
    void shouldSeeFirefoxRestartIce() {
        negotiator.answer(
                Recorded.parsed("firefox153-offer-renegotiated-video-stopped"),
                Clients.LOCAL,
                Map.of());

        Answer answer =
                negotiator.answer(
                        Recorded.parsed("firefox153-offer-ice-restart"), Clients.LOCAL, Map.of());

        assertThat(answer.iceRestart()).isTrue();
        assertThat(answer.remote().iceUfrag()).isEqualTo("afc84ff6");
        assertThat(answer.receive()).hasSize(1);
    }

    @Test
    void shouldReceiveNothingFromWhoMayNotPublish() {
        Negotiator viewer = Clients.negotiator(3, new Permissions(false, true, true));
        viewer.trackPublished(Clients.video("v1"));

        Answer answer =
                viewer.answer(
                        offer().audio("0", "sendonly").video("1", "sendrecv").parsed(),
                        Clients.LOCAL,
                        Map.of());

        assertThat(answer.receive()).isEmpty();
        assertThat(directions(answer)).containsExactly(Direction.INACTIVE, Direction.SENDONLY);
    }

    @Test
    void shouldSendNothingToWhoMayNotSubscribe() {
        Negotiator publisher = Clients.negotiator(3, new Permissions(true, false, true));
        publisher.trackPublished(Clients.video("v1"));

        Answer answer =
                publisher.answer(offer().video("0", "sendrecv").parsed(), Clients.LOCAL, Map.of());

        assertThat(answer.send()).isEmpty();
        assertThat(answer.receive()).extracting(ReceiveSection::mid).containsExactly("0");
        assertThat(answer.missing()).isEqualTo(Missing.NONE);
        assertThat(directions(answer)).containsExactly(Direction.RECVONLY);
    }

    @Test
    void shouldChangeNothingWhenAnOfferIsRefused() {
        negotiator.trackPublished(Clients.video("v1"));
        Offers good = offer().video("0", "sendrecv", "cam");
        Answer before = answer(good);
        negotiator.trackPublished(Clients.video("v2"));

        Offers bad = offer().video("0", "recvonly").video("1", "recvonly").line("a=setup:holdconn");
        assertThatThrownBy(() -> answer(bad)).isInstanceOf(SdpException.class);
        assertThatThrownBy(() -> answer(offer().video("9", "recvonly")))
                .isInstanceOf(SdpException.class)
                .hasMessageContaining("was mid 0 and is mid 9");

        Answer after = answer(good);
        assertThat(after.receive()).isEqualTo(before.receive());
        assertThat(after.send()).isEqualTo(before.send());
        assertThat(after.sdp().replaceFirst(" 2 IN", " 1 IN")).isEqualTo(before.sdp());
    }
}
