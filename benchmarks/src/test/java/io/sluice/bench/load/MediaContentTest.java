package io.sluice.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaContentTest {
    private static final int OFFSET = 3;

    @ParameterizedTest
    @ValueSource(ints = {12, 13, 15, 16, 80, 1199})
    void shouldNoticeEveryByteThatWasChanged(int length) {
        MemorySegment memory = MemorySegment.ofArray(new byte[OFFSET + length]);
        MediaContent.write(memory, OFFSET, length, 123_456_789_012L);

        assertThat(MediaContent.matches(memory, OFFSET, length)).isTrue();
        assertThat(MediaContent.sentNanos(memory, OFFSET)).isEqualTo(123_456_789_012L);
        for (int i = OFFSET; i < OFFSET + length; i++) {
            // The upper half of the time has no part in what follows it.
            boolean decides = i < OFFSET + 4 || i >= OFFSET + 8;
            flip(memory, i);
            if (decides && length >= 16) {
                assertThat(MediaContent.matches(memory, OFFSET, length)).isFalse();
            }
            flip(memory, i);
        }
    }

    private static void flip(MemorySegment memory, long at) {
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) ~memory.get(ValueLayout.JAVA_BYTE, at));
    }
}
