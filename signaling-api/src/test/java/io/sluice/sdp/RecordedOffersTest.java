package io.sluice.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.codec.MediaKind;
import io.sluice.room.Permissions;
import io.sluice.rtp.HeaderExtension;
import io.sluice.sctp.RemoteSctp;
import io.sluice.sdp.MediaSection.Rid;
import io.sluice.transport.NegotiatedCodec;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Offers of real clients, answered as a whole. */
class RecordedOffersTest {
    static List<String> offers() {
        return Recorded.offers();
    }

    @ParameterizedTest
    @MethodSource("offers")
    void shouldAnswerEachSectionWithItsOwnNumbers(String name) {
        SessionDescription offer = Recorded.parsed(name);
        Negotiator negotiator = Clients.negotiator(7);
        Clients.publishAll(negotiator);

        Answer answer = negotiator.answer(offer, Clients.LOCAL, Map.of());

        SessionDescription answered = SessionDescription.parse(answer.sdp());
        assertThat(answered.sections()).hasSameSizeAs(offer.sections());
        for (int i = 0; i < offer.sections().size(); i++) {
            assertMatches(offer, offer.sections().get(i), answered.sections().get(i));
        }
        List<String> accepted =
                answered.sections().stream()
                        .filter(section -> section.port() != 0)
                        .map(MediaSection::mid)
                        .toList();
        assertThat(answered.bundle())
                .containsExactlyElementsOf(
                        offer.bundle().stream().filter(accepted::contains).toList())
                .hasSameSizeAs(accepted);
    }

    private static void assertMatches(
            SessionDescription offer, MediaSection offered, MediaSection answered) {
        assertThat(answered.media()).isEqualTo(offered.media());
        assertThat(answered.protocol()).isEqualTo(offered.protocol());
        assertThat(answered.mid()).isEqualTo(offered.mid());
        assertThat(offered.formats()).containsAll(answered.formats());
        if (offered.stopped() || (offered.kind() == null && !offered.isData())) {
            assertThat(answered.stopped()).isTrue();
            assertThat(answered.direction()).isEqualTo(Direction.INACTIVE);
            return;
        }
        assertThat(answered.port()).isEqualTo(9);
        assertThat(answered.setup()).isEqualTo("passive");
        assertThat(answered.trickle()).isTrue();
        assertThat(answered.iceUfrag()).isEqualTo("localfrag");
        assertThat(answered.fingerprints()).containsExactly(Clients.LOCAL.fingerprint());
        boolean first =
                offer.sections().stream()
                        .filter(section -> section.mid().equals(offer.bundle().getFirst()))
                        .anyMatch(offered::equals);
        assertThat(answered.candidates()).isEqualTo(first ? Clients.LOCAL.candidates() : List.of());
        assertThat(answered.endOfCandidates()).isEqualTo(first);
        if (offered.isData()) {
            assertThat(answered.sctpPort()).isEqualTo(5_000);
            assertThat(answered.maxMessageSizeBytes()).isEqualTo(262_144);
            return;
        }
        assertThat(answered.rtcpMux()).isTrue();
        assertThat(answered.rtcpReducedSize()).isEqualTo(offered.rtcpReducedSize());
        assertThat(answered.extmapAllowMixed()).isEqualTo(offered.extmapAllowMixed());
        assertThat(answered.rids()).extracting(Rid::id).isEqualTo(idsOf(offered));
        assertThat(answered.rids()).noneMatch(Rid::sends);
        assertThat(answered.simulcast())
                .isEqualTo(
                        offered.simulcast() == null
                                ? null
                                : offered.simulcast().replace("send", "recv"));
        assertFlowsWhereOffered(offered.direction(), answered.direction());
        assertPayloadsMatch(offered, answered);
        for (ExtensionMapping extension : answered.extensions()) {
            assertThat(offered.extensions())
                    .anyMatch(other ->
                            other.id() == extension.id()
                                    && other.uri().equals(extension.uri())
                                    && other.direction().mirrored() == extension.direction());
        }
    }

    private static List<String> idsOf(MediaSection offered) {
        return offered.simulcast() == null
                ? List.of()
                : offered.rids().stream().map(Rid::id).toList();
    }

    private static void assertFlowsWhereOffered(Direction offered, Direction answered) {
        assertThat(!answered.sends() || offered.receives()).isTrue();
        assertThat(answered.receives()).isEqualTo(offered.sends());
    }

    private static void assertPayloadsMatch(MediaSection offered, MediaSection answered) {
        Map<Integer, RtpPayload> own =
                offered.payloads().stream()
                        .collect(Collectors.toMap(RtpPayload::number, payload -> payload));
        assertThat(answered.payloads()).isNotEmpty();
        for (RtpPayload payload : answered.payloads()) {
            RtpPayload other = Objects.requireNonNull(own.get(payload.number()));
            assertThat(payload.encoding()).isEqualTo(other.encoding());
            assertThat(payload.clockRateHz()).isEqualTo(other.clockRateHz());
            assertThat(payload.channels()).isEqualTo(other.channels());
            assertThat(other.feedback()).containsAll(payload.feedback());
            assertThat(other.parameters().entrySet()).containsAll(payload.parameters().entrySet());
        }
    }

    @Test
    void shouldAnswerChromiumLineByLine() {
        Negotiator negotiator = Clients.negotiator(7);
        negotiator.trackPublished(Clients.video("v1"));

        Answer answer =
                negotiator.answer(
                        Recorded.parsed("chromium156-offer-plain-av"),
                        Clients.LOCAL,
                        Map.of("1", TrackSource.SCREEN_SHARE));

        SendSection send = answer.send().getFirst();
        String ssrc = Integer.toUnsignedString(send.ssrc());
        String rtx = Integer.toUnsignedString(send.rtxSsrc());
        String transport =
                """
                a=ice-ufrag:localfrag
                a=ice-pwd:localpasswordlocalpassword
                a=ice-options:trickle
                a=fingerprint:%s
                a=setup:passive
                """
                        .formatted(Clients.LOCAL.fingerprint());
        assertThat(answer.sdp().replace("\r\n", "\n").replaceFirst("o=- \\d+ 1", "o=- 5 1"))
                .isEqualTo(
                        """
                        v=0
                        o=- 5 1 IN IP4 127.0.0.1
                        s=-
                        t=0 0
                        a=group:BUNDLE 0 1
                        a=extmap-allow-mixed
                        a=msid-semantic: WMS *
                        m=audio 9 UDP/TLS/RTP/SAVPF 111 63
                        c=IN IP4 0.0.0.0
                        a=candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host
                        a=end-of-candidates
                        """
                                + transport
                                + """
                                a=mid:0
                                a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
                                a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
                                a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
                                a=recvonly
                                a=rtcp-mux
                                a=rtcp-rsize
                                a=rtpmap:111 opus/48000/2
                                a=rtcp-fb:111 transport-cc
                                a=fmtp:111 minptime=10;useinbandfec=1
                                a=rtpmap:63 red/48000/2
                                a=fmtp:63 111/111
                                m=video 9 UDP/TLS/RTP/SAVPF 96 97
                                c=IN IP4 0.0.0.0
                                """
                                + transport
                                + """
                                a=mid:1
                                a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
                                a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
                                a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
                                a=extmap:13 urn:3gpp:video-orientation
                                a=sendrecv
                                a=msid:PA_v1 TR_v1
                                a=rtcp-mux
                                a=rtcp-rsize
                                a=rtpmap:96 VP8/90000
                                a=rtcp-fb:96 transport-cc
                                a=rtcp-fb:96 ccm fir
                                a=rtcp-fb:96 nack
                                a=rtcp-fb:96 nack pli
                                a=rtpmap:97 rtx/90000
                                a=fmtp:97 apt=96
                                a=ssrc-group:FID SSRC RTX
                                a=ssrc:SSRC cname:cname0
                                a=ssrc:SSRC msid:PA_v1 TR_v1
                                a=ssrc:RTX cname:cname0
                                a=ssrc:RTX msid:PA_v1 TR_v1
                                """
                                        .replace("SSRC", ssrc)
                                        .replace("RTX", rtx));
        assertThat(answer.receive())
                .extracting(ReceiveSection::source)
                .containsExactly(TrackSource.MICROPHONE, TrackSource.SCREEN_SHARE);
        assertThat(send.codec().rtxPayloadType()).isEqualTo(97);
        assertThat(answer.remote().candidates()).hasSize(2);
        assertThat(answer.remote().iceLite()).isFalse();
    }

    /** Else Chromium cannot offer a camera with named encodings in a section that it adds later. */
    @Test
    void shouldAnswerTheNamesOfEncodingsWhereTheClientOnlyReceives() {
        Negotiator negotiator = Clients.negotiator(7);
        negotiator.trackPublished(Clients.video("v1"));

        Answer answer = answer(negotiator, "chromium156-offer-recvonly-av");

        assertThat(answer.sdp()).contains("sdes:rtp-stream-id", "sdes:repaired-rtp-stream-id");
        assertThat(answer.send().getFirst().extensions())
                .doesNotContainKeys(HeaderExtension.RID, HeaderExtension.REPAIRED_RID);
    }

    @Test
    void shouldMirrorTheDirectionsOfFirefoxsExtensions() {
        Negotiator negotiator = Clients.negotiator(7);
        negotiator.trackPublished(Clients.video("v1"));

        Answer answer = answer(negotiator, "firefox153-offer-sendrecv-av-answerer-sends");

        assertThat(answer.sdp())
                .contains(
                        "\r\na=extmap:6/sendonly"
                                + " http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n")
                .doesNotContain("rtp-stream-id")
                .doesNotContain("abs-send-time")
                .doesNotContain("max-fs");
        ReceiveSection received = answer.receive().getLast();
        assertThat(received.codecs())
                .singleElement()
                .extracting(NegotiatedCodec::payloadType, NegotiatedCodec::rtxPayloadType)
                .containsExactly(120, 124);
        assertThat(received.extensions())
                .containsEntry(HeaderExtension.TRANSPORT_WIDE_SEQUENCE, 7)
                .doesNotContainKey(HeaderExtension.PLAYOUT_DELAY);
        assertThat(received.ssrcs()).isEqualTo(Map.of(1_598_804_510, 838_566_753));
        assertThat(answer.send().getFirst().extensions())
                .containsEntry(HeaderExtension.PLAYOUT_DELAY, 6)
                .containsEntry(HeaderExtension.MID, 3);
    }

    @Test
    void shouldAcceptAllEncodingsOfASimulcastOffer() {
        for (String client : List.of("firefox153", "chromium156", "roamhq-wrtc0100")) {
            Answer answer =
                    answer(Clients.negotiator(7), client + "-offer-simulcast3-av-datachannel");

            ReceiveSection video = answer.receive().getLast();
            assertThat(video.kind()).isEqualTo(MediaKind.VIDEO);
            assertThat(video.rids()).containsExactly("q", "h", "f");
            assertThat(video.ssrcs()).isEmpty();
            assertThat(video.extensions())
                    .containsKeys(HeaderExtension.RID, HeaderExtension.REPAIRED_RID);
            assertThat(video.extensions().containsKey(HeaderExtension.VIDEO_LAYERS_ALLOCATION))
                    .isEqualTo(client.equals("chromium156"));
            assertThat(answer.sdp())
                    .contains(
                            "a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\n"
                                    + "a=simulcast:recv q;h;f\r\n");
        }
    }

    @Test
    void shouldTakeEncodingsOfAnyName() {
        Answer answer = answer(Clients.negotiator(7), "webrtc-java0140-offer-simulcast3-auto-rids");
        assertThat(answer.receive().getLast().rids()).containsExactly("0", "1", "2");
    }

    @Test
    void shouldTakeTheDependencyDescriptorFromAPublisherThatOffersIt() {
        Answer answer = answer(Clients.negotiator(7), "firefox153-offer-simulcast3-av-datachannel");

        assertThat(answer.receive().getLast().extensions())
                .containsEntry(HeaderExtension.DEPENDENCY_DESCRIPTOR, 8);
        assertThat(answer.sdp()).contains("\r\na=extmap:8/recvonly https://aomediacodec");
    }

    @Test
    void shouldPublishFromTheNativeClient() {
        Answer answer = answer(Clients.negotiator(7), "webrtc-java0140-offer-av-datachannel-vp8");

        assertThat(answer.sdp())
                .contains("\r\na=group:BUNDLE 0 1 2\r\n")
                .contains(
                        "\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                                + "c=IN IP4 0.0.0.0\r\n")
                .contains("\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n");
        assertThat(answer.remote().sctp()).isNotNull();
        assertThat(answer.receive().getLast().ssrcs())
                .isEqualTo(Map.of(525_562_738, (int) 3_872_464_269L));
        assertThat(answer.receive().getLast().trackId()).matches("TR_[2-9A-HJ-NP-Za-km-z]{12}");
    }

    @Test
    void shouldTakeWhatTheClientSaysOfItsDataChannels() {
        Answer chromium = answer(Clients.negotiator(7), "chromium156-offer-datachannel-only");
        Answer firefox = answer(Clients.negotiator(7), "firefox153-offer-datachannel-only");
        Answer without = answer(Clients.negotiator(7), "chromium156-offer-plain-av");

        assertThat(chromium.remote().sctp()).isEqualTo(new RemoteSctp(5_000, 262_144));
        assertThat(firefox.remote().sctp()).isEqualTo(new RemoteSctp(5_000, 1_073_741_823));
        assertThat(without.remote().sctp()).isNull();
    }

    @Test
    void shouldPreferConstrainedBaselineOfAiortc() {
        Negotiator negotiator =
                new Negotiator(
                        new NegotiatorConfig(List.of(Codec.H264, Codec.OPUS), 8, SdpLimits.DEFAULT),
                        Permissions.ALL,
                        new Random(7));

        Answer answer = answer(negotiator, "aiortc140-offer-av-datachannel");

        ReceiveSection video = answer.receive().getFirst();
        NegotiatedCodec codec = video.codecs().getFirst();
        assertThat(codec.payloadType()).isEqualTo(101);
        assertThat(codec.format().parameters()).containsEntry("profile-level-id", "42e01f");
        assertThat(codec.nack()).isTrue();
        assertThat(codec.transportWide()).isFalse();
        assertThat(answer.sdp()).contains("\r\na=rtcp-fb:101 goog-remb\r\n");
        assertThat(video.extensions())
                .isEqualTo(Map.of(HeaderExtension.MID, 1, HeaderExtension.ABS_SEND_TIME, 3));
        assertThat(answer.remote().iceUfrag()).isEqualTo("VImA");
        assertThat(answer.remote().candidates()).hasSize(1);
    }

    @Test
    void shouldAnswerGstreamersBundleOnlySections() {
        Negotiator negotiator = Clients.negotiator(7);
        negotiator.trackPublished(Clients.video("v1"));

        Answer answer = answer(negotiator, "gstreamer122-offer-av-datachannel");

        assertThat(answer.sdp())
                .contains("\r\na=group:BUNDLE video0 audio1 application2\r\n")
                .contains("\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n")
                .contains("\r\na=rtpmap:111 OPUS/48000/2\r\n")
                .doesNotContain("transport-cc")
                .doesNotContain("sprop")
                .doesNotContain("rtx");
        assertThat(answer.send().getFirst().rtxSsrc()).isZero();
        assertThat(answer.send().getFirst().codec().rtxPayloadType())
                .isEqualTo(NegotiatedCodec.NO_RTX);
        assertThat(answer.receive().getFirst().codecs().getFirst().pictureLoss()).isTrue();
        assertThat(answer.receive().getFirst().codecs().getFirst().nack()).isFalse();
    }

    @Test
    void shouldTakeLongExtensionIdsOnlyWhereFormsMayBeMixed() {
        String sdp = Recorded.sdp("chromium156-offer-all-hdrext-2byte-ids");
        String plain = sdp.replace("a=extmap-allow-mixed\r\n", "");

        assertThat(receivedVideo(sdp).extensions())
                .containsEntry(HeaderExtension.DEPENDENCY_DESCRIPTOR, 17)
                .containsEntry(HeaderExtension.ABS_CAPTURE_TIME, 5);
        assertThat(receivedVideo(plain).extensions())
                .doesNotContainKey(HeaderExtension.DEPENDENCY_DESCRIPTOR)
                .containsEntry(HeaderExtension.ABS_CAPTURE_TIME, 5);
    }

    private static ReceiveSection receivedVideo(String sdp) {
        return Clients.negotiator(7)
                .answer(SessionDescription.parse(sdp), Clients.LOCAL, Map.of())
                .receive()
                .getLast();
    }

    private static Answer answer(Negotiator negotiator, String name) {
        return negotiator.answer(Recorded.parsed(name), Clients.LOCAL, Map.of());
    }
}
