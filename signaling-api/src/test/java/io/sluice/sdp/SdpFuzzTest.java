package io.sluice.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text is a description or is refused with words, and a description is the same when written and read. */
final class SdpFuzzTest {
    /** Writing spells out what a description says once for all, so that it grows. */
    private static final SdpLimits NO_LIMITS =
            new SdpLimits(
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE);

    static List<byte[]> recorded() {
        return Recorded.all().stream()
                .map(name -> Recorded.sdp(name).getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @MethodSource("recorded")
    @FuzzTest
    void sdp(byte[] bytes) {
        SessionDescription description;
        try {
            description = SessionDescription.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (SdpException refused) {
            assertThat(refused).message().hasSizeGreaterThan(10);
            return;
        }
        String written = description.write();
        assertThat(written.replace("\r\n", "")).doesNotContain("\n", "\r");
        assertThat(SessionDescription.parse(written, NO_LIMITS)).isEqualTo(description);
    }
}
