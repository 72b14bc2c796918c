package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RefusedSourcesTest {
    private final RefusedSources refused = new RefusedSources();

    @Test
    void shouldKnowWhatWasRefusedAndNothingElse() {
        assertThat(refused.contains(0, 0, false)).isFalse();
        refused.add(-1, 127, false);

        assertThat(refused.contains(-1, 127, false)).isTrue();
        assertThat(refused.contains(-1, 127, true)).isFalse();
        assertThat(refused.contains(-1, 126, false)).isFalse();
        assertThat(refused.contains(1, 127, false)).isFalse();
    }

    @Test
    void shouldForgetEverythingWhenCleared() {
        refused.add(4711, 96, true);
        refused.clear();
        assertThat(refused.contains(4711, 96, true)).isFalse();
    }

    @Test
    void shouldMakeRoomForNewcomers() {
        for (int ssrc = 0; ssrc < 10_000; ssrc++) {
            refused.add(ssrc, 96, true);
            assertThat(refused.contains(ssrc, 96, true)).isTrue();
        }
    }
}
