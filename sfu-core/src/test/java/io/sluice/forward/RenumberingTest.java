package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RenumberingTest {
    private final Renumbering numbers = new Renumbering();

    @Test
    void shouldCloseTheHolesOfWhatIsSkipped() {
        numbers.begin(70_000, 100);
        assertThat(numbers.number(70_000)).isEqualTo(100);
        assertThat(numbers.skip(70_001, false, 100)).isEqualTo(Renumbering.NONE);
        assertThat(numbers.skip(70_002, false, 100)).isEqualTo(Renumbering.NONE);
        assertThat(numbers.number(70_003)).isEqualTo(101);
    }

    @Test
    void shouldKeepThePlaceOfWhatHasNotCome() {
        numbers.begin(70_000, 100);
        assertThat(numbers.number(70_001)).isEqualTo(101);
        numbers.skip(70_002, false, 101);
        assertThat(numbers.number(70_004)).isEqualTo(103);
        assertThat(numbers.number(70_003)).isEqualTo(102);
        assertThat(numbers.number(70_000)).isEqualTo(100);
    }

    @Test
    void shouldNameTheHoleOfWhatProvesUnwanted() {
        numbers.begin(70_000, 100);
        numbers.number(70_000);
        numbers.number(70_003);
        assertThat(numbers.skip(70_001, false, 103)).isEqualTo(101);
        // It is not used by anything else.
        assertThat(numbers.number(70_002)).isEqualTo(102);
        assertThat(numbers.number(70_004)).isEqualTo(104);
    }

    @Test
    void shouldTakeAPlaceBackThatNothingWasSentBehind() {
        numbers.begin(70_000, 100);
        numbers.number(70_000);
        numbers.skip(70_002, false, 100);
        assertThat(numbers.skip(70_001, false, 100)).isEqualTo(Renumbering.NONE);
        assertThat(numbers.number(70_003)).isEqualTo(101);
    }

    @Test
    void shouldSkipWhatIsMissingWithinWhatIsSkipped() {
        numbers.begin(70_000, 100);
        numbers.number(70_000);
        numbers.skip(70_001, false, 100);
        numbers.skip(70_004, true, 100);
        assertThat(numbers.number(70_005)).isEqualTo(101);
        // It is known as skipped, should it come after all.
        assertThat(numbers.skip(70_002, false, 101)).isEqualTo(Renumbering.NONE);
        assertThat(numbers.number(70_003)).isEqualTo(Renumbering.NONE);
    }

    @Test
    void shouldKnowNothingBeforeItsRun() {
        numbers.begin(70_000, 100);
        numbers.number(70_000);
        assertThat(numbers.number(69_999)).isEqualTo(Renumbering.NONE);
        assertThat(numbers.skip(69_999, false, 100)).isEqualTo(Renumbering.NONE);
    }

    /** Order and choice at random: no number twice, in the order of what came in, no hole unexplained. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNumberLikeAListOfAll(long seed) {
        Random random = new Random(seed);
        int count = 20_000;
        boolean[] wanted = new boolean[count];
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            wanted[i] = random.nextInt(3) != 0;
            order.add(i);
        }
        for (int i = 0; i < count; i++) {
            int other = Math.min(count - 1, i + random.nextInt(random.nextInt(40) == 0 ? 200 : 2));
            order.set(i, order.set(other, order.get(i)));
        }
        numbers.begin(0, 0);
        Map<Integer, Long> given = new HashMap<>();
        Set<Long> used = new HashSet<>();
        long highest = -1;
        for (int at : order) {
            if (random.nextInt(50) == 0) {
                continue;
            }
            if (wanted[at]) {
                long number = numbers.number(at);
                assertThat(used.add(number)).as("number %d of %d", number, at).isTrue();
                given.put(at, number);
                highest = Math.max(highest, number);
            } else {
                long hole = numbers.skip(at, false, highest);
                assertThat(hole == Renumbering.NONE || used.add(hole)).isTrue();
            }
        }
        long before = -1;
        for (int at = 0; at < count; at++) {
            Long number = given.get(at);
            if (number != null) {
                assertThat(number).isGreaterThan(before);
                before = number;
            }
        }
        // A fiftieth was lost, and each lost one is a hole at most.
        assertThat(highest + 1 - used.size()).isLessThan(count / 25L);
    }
}
