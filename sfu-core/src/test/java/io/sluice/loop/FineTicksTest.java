package io.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FineTicksTest {
    private final List<String> asked = new ArrayList<>();
    private int starts;
    private final List<Throwable> defects = new ArrayList<>();
    private final FineTicks ticks = new FineTicks(() -> starts++, defects::add);

    /** Wants to be asked so many times. */
    private FineTicks.Member member(String name, int times) {
        int[] left = {times};
        return _ -> {
            asked.add(name);
            return --left[0] > 0;
        };
    }

    @Test
    void shouldAskWhoWantsToBeAskedAndNobodyElse() {
        ticks.add(member("a", 1));
        ticks.add(member("b", 3));
        ticks.add(member("c", 2));

        for (int i = 0; i < 4; i++) {
            assertThat(ticks.tick(i)).isTrue();
        }

        assertThat(asked).containsExactly("a", "b", "c", "b", "c", "b");
    }

    @Test
    void shouldAskWhoIsAddedMeanwhileAtTheNextTick() {
        ticks.add(_ -> {
            ticks.add(member("late", 1));
            asked.add("early");
            return false;
        });

        assertThat(ticks.tick(1)).isTrue();
        assertThat(asked).containsExactly("early");
        assertThat(ticks.tick(2)).isTrue();
        assertThat(asked).containsExactly("early", "late");
    }

    @Test
    void shouldStopTheTimerSomeTimeAfterTheLastAndStartItAgain() {
        ticks.add(member("a", 1));
        assertThat(starts).isEqualTo(1);
        int running = 0;
        while (ticks.tick(running)) {
            running++;
        }
        assertThat(running).isBetween(2, 1_000);

        ticks.add(member("b", 1));

        assertThat(starts).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Breakage.class)
    void shouldAskTheOthersWhenOneThrowsAndNotAskItAgain(Breakage breakage) {
        ticks.add(member("a", 3));
        ticks.add(_ -> {
            asked.add("b");
            throw breakage.now();
        });
        ticks.add(member("c", 2));

        for (int i = 0; i < 4; i++) {
            assertThat(ticks.tick(i)).isTrue();
        }

        assertThat(asked).containsExactly("a", "b", "c", "a", "c", "a");
        assertThat(defects).extracting(Throwable::getMessage).containsExactly(Breakage.MESSAGE);
    }

    @Test
    void shouldHoldAsManyAsThereAre() {
        for (int i = 0; i < 100; i++) {
            ticks.add(member("m", 2));
        }

        assertThat(ticks.tick(1)).isTrue();
        assertThat(ticks.tick(2)).isTrue();

        assertThat(asked).hasSize(200);
        assertThat(starts).isEqualTo(1);
    }
}
