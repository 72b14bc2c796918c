package io.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LayerCeilingTest {
    private static final int ROUNDS = 4;

    private final LayerCeiling ceiling = new LayerCeiling();

    @Test
    void shouldSumWhatViewersSayInTheTicksOfOneRound() {
        for (int round = 0; round < ROUNDS; round++) {
            ceiling.note(300, 10, 20);
            ceiling.endTick();
            ceiling.endTick();
            ceiling.note(500, 1, 2);
            ceiling.endTick();

            assertThat(ceiling.take())
                    .as("round %d", round)
                    .isEqualTo(new LayerCeiling.Noted(500, 11, 22));
        }
    }

    @Test
    void shouldForgetWhoSaysNothingAnyMore() {
        ceiling.note(300, 10, 20);
        ceiling.endTick();
        assertThat(ceiling.take()).isEqualTo(new LayerCeiling.Noted(300, 10, 20));

        ceiling.endTick();
        assertThat(ceiling.take()).isEqualTo(LayerCeiling.Noted.NOTHING);
    }
}
