package io.sluice.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text is a fragment or is refused with words, and nothing of it can stand on a line of its own. */
final class IceFragmentFuzzTest {
    static List<byte[]> fragments() {
        String credentials = "a=ice-ufrag:frag\r\na=ice-pwd:passwordpasswordpassword\r\n";
        String candidate = "a=candidate:1 1 udp 2130706431 10.0.0.1 9 typ host\r\n";
        return List.of(
                (credentials + "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n" + candidate)
                        .getBytes(StandardCharsets.UTF_8),
                (candidate + "a=end-of-candidates").getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("fragments")
    @FuzzTest
    void fragment(byte[] bytes) {
        IceFragment fragment;
        try {
            fragment = IceFragment.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (SdpException refused) {
            assertThat(refused).message().hasSizeGreaterThan(10);
            return;
        }
        assertThat(fragment.ufrag() == null).isEqualTo(fragment.password() == null);
        assertThat(fragment.candidates())
                .hasSizeLessThanOrEqualTo(64)
                .allMatch(candidate -> candidate.chars().allMatch(c -> c >= ' '));
    }
}
