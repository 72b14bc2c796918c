package io.sluice.sdp;

import static io.sluice.sdp.Offers.offer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Offers that cannot work here are refused with what would be right, and not half answered. */
class RefusedOffersTest {
    private final Negotiator negotiator = Clients.negotiator(5);

    private void assertRefused(String sdp, String because) {
        assertThatThrownBy(() ->
                        negotiator.answer(SessionDescription.parse(sdp), Clients.LOCAL, Map.of()))
                .isInstanceOf(SdpException.class)
                .hasMessageContaining(because);
    }

    @Test
    void shouldRefuseMediaOutsideTheBundle() {
        String sdp = offer().audio("0", "sendonly").video("1", "sendonly").sdp();

        assertRefused(sdp.replace("a=group:BUNDLE 0 1\r\n", ""), "BUNDLE");
        assertRefused(sdp.replace("a=group:BUNDLE 0 1\r\n", "a=group:BUNDLE 0\r\n"), "mid 1");
    }

    @Test
    void shouldRefuseRtcpOnAPortOfItsOwn() {
        assertRefused(
                offer().audio("0", "sendonly").sdp().replace("a=rtcp-mux\r\n", ""), "a=rtcp-mux");
    }

    @Test
    void shouldRefuseATransportWithoutFingerprintOrCredentials() {
        String sdp = offer().audio("0", "sendonly").sdp();

        assertRefused(sdp.replaceFirst("a=fingerprint.*\r\n", ""), "a=fingerprint");
        assertRefused(sdp.replaceFirst("a=ice-ufrag.*\r\n", ""), "a=ice-ufrag");
        assertRefused(sdp.replaceFirst("a=ice-pwd.*\r\n", ""), "a=ice-pwd");
    }

    private String answer(String sdp) {
        return negotiator.answer(SessionDescription.parse(sdp), Clients.LOCAL, Map.of()).sdp();
    }

    @Test
    void shouldRefuseToTurnTheDtlsAssociationAround() {
        String sdp = offer().audio("0", "sendonly").sdp();
        assertRefused(sdp.replace("a=setup:actpass", "a=setup:holdconn"), "offer actpass");

        assertThat(answer(sdp.replace("a=setup:actpass", "a=setup:active")))
                .contains("a=setup:passive\r\n");
        assertRefused(sdp.replace("a=setup:actpass", "a=setup:passive"), "offer actpass");
        assertThat(answer(sdp)).contains("a=setup:passive\r\n");
    }

    @Test
    void shouldRefuseAnotherCertificate() {
        String sdp = offer().audio("0", "sendonly").sdp();
        negotiator.answer(SessionDescription.parse(sdp), Clients.LOCAL, Map.of());

        assertRefused(sdp.replace("CD:CD", "CD:CE"), "join anew");
    }

    @Test
    void shouldRefuseSectionsThatVanish() {
        negotiator.answer(
                offer().audio("0", "sendonly").audio("1", "recvonly").parsed(),
                Clients.LOCAL,
                Map.of());

        assertRefused(offer().audio("0", "sendonly").sdp(), "stop them with port 0");
    }

    @Test
    void shouldRefuseAnExtensionIdOrSsrcWithTwoMeanings() {
        assertRefused(
                offer().audio("0", "sendonly")
                        .line("a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid")
                        .video("1", "sendonly")
                        .line("a=extmap:1 urn:3gpp:video-orientation")
                        .sdp(),
                "extension id 1");
        assertRefused(
                offer().audio("0", "sendonly")
                        .line("a=ssrc:77 cname:c")
                        .video("1", "sendonly")
                        .line("a=ssrc:77 cname:c")
                        .sdp(),
                "SSRC 77");
    }

    @Test
    void shouldRefuseAnOfferWithNothingToConnect() {
        assertRefused(offer().sdp(), "no m= section");
        assertRefused(offer().stopped("0").sdp(), "stopped");
        assertRefused(offer().audio("0", "sendonly").sdp().replace("a=mid:0\r\n", ""), "no a=mid");
    }

    @Test
    void shouldRejectOnlyTheSectionWhoseCodecsAreUnknown() {
        Answer answer =
                negotiator.answer(
                        offer().audio("0", "sendonly")
                                .section("audio 9", "1", "0 9", "sendonly", "")
                                .parsed(),
                        Clients.LOCAL,
                        Map.of());

        assertThat(answer.sdp())
                .contains("a=group:BUNDLE 0\r\n")
                .contains("m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n");
        assertThat(answer.receive()).hasSize(1);
    }
}
