package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LadderTest {
    private static Rung rung(int encoding, int height, int frames, long kbps, boolean active) {
        return new Rung(encoding, 0, frames, height, frames, kbps * 1_000, active);
    }

    private static Rung rung(int encoding, int height, int frames, long kbps) {
        return rung(encoding, height, frames, kbps, true);
    }

    private static List<String> rungs(Ladder ladder) {
        List<String> rungs = new ArrayList<>();
        for (int i = 0; i <= ladder.top(); i++) {
            Rung rung = ladder.rung(i);
            rungs.add(
                    "%dp%d %d"
                            .formatted(
                                    rung.height(),
                                    rung.framesPerSecond(),
                                    rung.bitrateBps() / 1_000));
        }
        return rungs;
    }

    @Test
    void shouldLeaveOutLargePicturesThatStutterUnlessTheyStandStill() {
        List<Rung> all =
                List.of(
                        rung(0, 180, 7, 80),
                        rung(0, 180, 30, 150),
                        rung(1, 360, 7, 250),
                        rung(1, 360, 15, 350),
                        rung(1, 360, 30, 500),
                        rung(2, 720, 5, 1_500));

        assertThat(rungs(Ladder.of(all, false, true)))
                .containsExactly(
                        "180p7 80", "180p30 150", "360p15 350", "360p30 500", "720p5 1500");
        assertThat(rungs(Ladder.of(all, true, true)))
                .containsExactly(
                        "180p7 80",
                        "180p30 150",
                        "360p7 250",
                        "360p15 350",
                        "360p30 500",
                        "720p5 1500");
    }

    @Test
    void shouldLeaveOutWhatCostsNoLessThanSomethingBetterThatComes() {
        List<Rung> all =
                List.of(rung(0, 180, 30, 200), rung(1, 360, 30, 190), rung(2, 720, 30, 900));

        assertThat(rungs(Ladder.of(all, false, true))).containsExactly("360p30 190", "720p30 900");
    }

    @Test
    void shouldBelieveLittleOfThePriceOfWhatDoesNotCome() {
        List<Rung> all =
                List.of(
                        rung(0, 180, 30, 150),
                        rung(1, 360, 30, 500),
                        // When it paused it had just begun.
                        rung(2, 720, 30, 100, false));

        assertThat(rungs(Ladder.of(all, false, true)))
                .containsExactly("180p30 150", "360p30 500", "720p30 500");
    }

    @Test
    void shouldFindItsPlaceInTheNextLadder() {
        Ladder ladder =
                Ladder.of(List.of(rung(0, 180, 30, 150), rung(1, 360, 30, 500)), false, true);

        assertThat(ladder.nearest(rung(1, 360, 30, 900))).isEqualTo(1);
        assertThat(ladder.nearest(rung(1, 540, 15, 900))).isEqualTo(1);
        assertThat(ladder.nearest(rung(1, 270, 15, 900))).isZero();
        assertThat(ladder.nearest(rung(0, 90, 15, 900))).isZero();
    }

    @Test
    void shouldNotBeEmpty() {
        assertThatThrownBy(() -> Ladder.of(List.of(), false, true))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
