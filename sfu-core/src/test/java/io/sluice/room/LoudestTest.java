package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.receive.AudioLevel;
import org.junit.jupiter.api.Test;

final class LoudestTest {
    private final Loudest loudest = new Loudest(new RoomConfig.LoudestAudio(2, 4));

    private int round(int participants, int... levels) {
        for (int level : levels) {
            loudest.hear(level);
        }
        loudest.poll(participants);
        return loudest.threshold().level();
    }

    @Test
    void shouldLetTheLoudestFewThrough() {
        assertThat(round(4, 70, 20, 50, 35)).isEqualTo(35);
        assertThat(round(4, 20, 20, 20, 35)).isEqualTo(20);
    }

    @Test
    void shouldForgetTheRoundBefore() {
        round(4, 10, 10, 10);
        assertThat(round(4, 90, 100, 110)).isEqualTo(100);
    }

    @Test
    void shouldLetEverybodyThroughWhereThereAreFew() {
        assertThat(round(3, 70, 20, 50)).isEqualTo(AudioLevel.SILENCE);
        assertThat(round(9, 70)).isEqualTo(AudioLevel.SILENCE);
        assertThat(round(9)).isEqualTo(AudioLevel.SILENCE);
    }

    @Test
    void shouldBeOffUnlessConfigured() {
        assertThat(loudest.isOn()).isTrue();
        assertThat(new Loudest(RoomConfig.defaults().loudestAudio()).isOn()).isFalse();
    }
}
