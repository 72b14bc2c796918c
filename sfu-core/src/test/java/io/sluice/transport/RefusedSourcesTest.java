package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RefusedSourcesTest {
    private final RefusedSources refused = new RefusedSources();

    @Test
    void shouldKnowWhatWasRefusedAndNothingElse() {
        assertThat(refused.contains(0, 0, 0)).isFalse();
        refused.add(-1, 127, 0);

        assertThat(refused.contains(-1, 127, 0)).isTrue();
        assertThat(refused.contains(-1, 127, 1)).isFalse();
        assertThat(refused.contains(-1, 126, 0)).isFalse();
        assertThat(refused.contains(1, 127, 0)).isFalse();
    }

    @Test
    void shouldForgetEverythingWhenCleared() {
        refused.add(4711, 96, 1);
        refused.clear();
        assertThat(refused.contains(4711, 96, 1)).isFalse();
    }

    @Test
    void shouldMakeRoomForNewcomers() {
        for (int ssrc = 0; ssrc < 10_000; ssrc++) {
            refused.add(ssrc, 96, 1);
            assertThat(refused.contains(ssrc, 96, 1)).isTrue();
        }
    }
}
