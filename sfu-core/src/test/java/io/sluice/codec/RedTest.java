package io.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class RedTest {
    private static int primaryOffset(byte[] payload) {
        byte[] behindOthers = new byte[payload.length + 3];
        System.arraycopy(payload, 0, behindOthers, 3, payload.length);
        return Red.primaryOffset(MemorySegment.ofArray(behindOthers), 3, payload.length);
    }

    static Stream<Arguments> payloads() {
        // F and block type, timestamp offset and length; then the primary's type; then the blocks.
        return Stream.of(
                Arguments.of("no redundancy", "6f aabb", 1),
                Arguments.of("one block of 3", "ef 03c003 6f 010203 aabb", 8),
                Arguments.of("two blocks", "ef 078002 ef 03c001 6f 0102 03 aa", 12),
                Arguments.of("an empty block", "ef 03c000 6f aa", 5),
                Arguments.of("16 blocks", "ef03c000".repeat(16) + "6f aa", 65),
                Arguments.of("17 blocks", "ef03c000".repeat(17) + "6f aa", Red.MALFORMED),
                Arguments.of("nothing", "", Red.MALFORMED),
                Arguments.of("no primary", "6f", Red.MALFORMED),
                Arguments.of("a header cut off", "ef 03c0", Red.MALFORMED),
                Arguments.of("headers only", "ef 03c000", Red.MALFORMED),
                Arguments.of("a block longer than the packet", "ef 03c3ff 6f 0102", Red.MALFORMED),
                Arguments.of("a block up to the end", "ef 03c002 6f 0102", Red.MALFORMED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("payloads")
    void shouldFindTheFrameBehindWhatIsRepeated(String name, String hex, int expected) {
        byte[] payload = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(primaryOffset(payload)).as(name).isEqualTo(expected);
    }

    @Test
    void shouldStayWithinWhateverComes() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] payload = new byte[random.nextInt(40)];
            random.nextBytes(payload);
            assertThat(primaryOffset(payload)).isBetween(Red.MALFORMED, payload.length - 1);
        }
    }
}
