package io.sluice.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class MediaPatternTest {
    private static final MediaPattern PATTERN =
            new MediaPattern(0xCAFE_BABE, 70_000, 2, 4, 0, true, 1_234_567_890_123_456_789L);

    @Test
    void shouldReadBackWhatWasWritten() {
        byte[] bytes = new byte[1_000];
        for (int length = MediaPattern.MIN_BYTES; length < 900; length += 37) {
            PATTERN.write(bytes, 13, length);
            assertThat(MediaPattern.read(bytes, 13, length)).isEqualTo(PATTERN);
        }
    }

    @Test
    void shouldNoticeEverySingleWrongBit() {
        byte[] bytes = new byte[200];
        PATTERN.write(bytes, 0, bytes.length);
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < bytes.length; i++) {
            byte right = bytes[i];
            bytes[i] ^= (byte) (1 << random.nextInt(8));
            assertThat(MediaPattern.read(bytes, 0, bytes.length)).as("byte %d", i).isNull();
            bytes[i] = right;
        }
        assertThat(MediaPattern.read(bytes, 0, bytes.length - 1)).as("cut").isNull();
    }

    @Test
    void shouldKnowWhatMayFollow() {
        MediaPattern last = new MediaPattern(1, 5, 3, 4, 0, false, 0);
        assertThat(PATTERN.precedes(new MediaPattern(0xCAFE_BABE, 70_000, 3, 4, 0, true, 0)))
                .isTrue();
        assertThat(PATTERN.precedes(new MediaPattern(0xCAFE_BABE, 70_001, 0, 4, 0, true, 0)))
                .isFalse();
        assertThat(last.precedes(new MediaPattern(1, 6, 0, 4, 0, false, 0))).isTrue();
        assertThat(last.precedes(new MediaPattern(1, 8, 0, 4, 0, true, 0))).as("left out").isTrue();
        assertThat(last.precedes(new MediaPattern(1, 6, 1, 4, 0, false, 0))).isFalse();
        assertThat(last.precedes(new MediaPattern(2, 6, 0, 4, 0, false, 0))).isFalse();
        MediaPattern unfinished = new MediaPattern(1, 5, 2, 4, 0, false, 0);
        assertThat(unfinished.precedes(new MediaPattern(1, 6, 0, 4, 0, false, 0))).isFalse();
        assertThat(unfinished.precedes(new MediaPattern(1, 5, 0, 8, 1, true, 0)))
                .as("another encoding, whatever was lost before")
                .isTrue();
        assertThat(unfinished.precedes(new MediaPattern(1, 3, 0, 8, 1, true, 0)))
                .as("another encoding, by a keyframe that was kept")
                .isTrue();
        assertThat(unfinished.precedes(new MediaPattern(1, 6, 0, 8, 1, false, 0))).isFalse();
        assertThat(last.precedes(new MediaPattern(1, 4, 0, 4, 0, false, 0))).isFalse();
    }
}
