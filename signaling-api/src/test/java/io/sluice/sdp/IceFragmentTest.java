package io.sluice.sdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.room.Permissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Candidates and credentials that come after a description. */
final class IceFragmentTest {
    private static final String CREDENTIALS =
            "a=ice-ufrag:frag\r\na=ice-pwd:passwordpasswordpassword\r\n";
    private static final String CANDIDATE = "1 1 udp 2130706431 10.0.0.1 9 typ host";

    @Test
    void shouldReadWhatBrowsersAndTheStandardWrite() {
        String text =
                CREDENTIALS
                        + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:"
                        + CANDIDATE
                        + "\r\na=end-of-candidates\r\n";
        IceFragment expected =
                new IceFragment("frag", "passwordpasswordpassword", List.of(CANDIDATE));
        assertThat(IceFragment.parse(text)).isEqualTo(expected);
        assertThat(IceFragment.parse(text.replace("\r", ""))).isEqualTo(expected);
        assertThat(IceFragment.parse(text + CREDENTIALS)).as("said twice").isEqualTo(expected);
        assertThat(IceFragment.parse("a=end-of-candidates").candidates()).isEmpty();
    }

    static List<String> malformed() {
        return List.of(
                "",
                "\r\n",
                "hello",
                "a=mid:0",
                "a=ice-ufrag:frag",
                "a=ice-pwd:passwordpasswordpassword",
                "a=ice-ufrag:f\r\na=ice-pwd:passwordpasswordpassword",
                CREDENTIALS + "a=ice-ufrag:other",
                "a=candidate:1\u0000",
                "x=1\r\n" + CREDENTIALS,
                "a=candidate:1\r\n".repeat(65),
                CREDENTIALS + "a=x\r\n".repeat(300),
                CREDENTIALS + "a=" + "x".repeat(40_000));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void shouldRefuseWhatIsNoFragment(String text) {
        assertThatThrownBy(() -> IceFragment.parse(text)).isInstanceOf(SdpException.class);
    }

    @Test
    void shouldWriteWhatItReads() {
        Answer answer =
                Clients.negotiator(1, Permissions.ALL)
                        .answer(
                                Offers.offer()
                                        .audio("a", "sendonly")
                                        .video("v", "sendonly")
                                        .parsed(),
                                Clients.LOCAL,
                                Map.of());
        String written = IceFragment.write(SessionDescription.parse(answer.sdp()), Clients.LOCAL);
        assertThat(written).contains("a=group:BUNDLE a v\r\n", "m=audio 9 ", "a=mid:a\r\n");
        assertThat(IceFragment.parse(written))
                .isEqualTo(
                        new IceFragment(
                                Clients.LOCAL.iceUfrag(),
                                Clients.LOCAL.icePassword(),
                                Clients.LOCAL.candidates()));
    }
}
