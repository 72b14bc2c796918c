package io.sluice.room;

import static io.sluice.room.ConnectionQuality.EXCELLENT;
import static io.sluice.room.ConnectionQuality.GOOD;
import static io.sluice.room.ConnectionQuality.LOST;
import static io.sluice.room.ConnectionQuality.POOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.transport.PathMeasure;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class QualityScoreTest {
    private static final PathMeasure FINE = measure(0, 0, 5, 40, 0, true);
    private static final PathMeasure FAIR = measure(50, 0, 5, 40, 0, true);
    private static final PathMeasure BAD = measure(200, 0, 5, 40, 0, true);
    private static final PathMeasure GONE = measure(0, 0, 0, 40, 6_000, true);

    private final QualityScore score = new QualityScore();

    private static PathMeasure measure(
            int lossUp,
            int lossDown,
            long jitterMillis,
            long roundTripMillis,
            long silenceMillis,
            boolean publishes) {
        return new PathMeasure(
                lossUp,
                lossDown,
                jitterMillis * 1_000_000,
                roundTripMillis * 1_000_000,
                silenceMillis * 1_000_000,
                publishes);
    }

    @ParameterizedTest
    @CsvSource({
        // loss up, loss down, jitter, round trip, silence, publishes
        "0, 0, 0, 0, 0, false, EXCELLENT",
        "20, 20, 40, 300, 5000, true, EXCELLENT",
        "21, 0, 0, 0, 0, true, GOOD",
        "0, 21, 0, 0, 0, true, GOOD",
        "0, 0, 41, 0, 0, true, GOOD",
        "0, 0, 0, 301, 0, true, GOOD",
        "80, 80, 120, 600, 0, true, GOOD",
        "81, 0, 0, 0, 0, true, POOR",
        "0, 81, 0, 0, 0, true, POOR",
        "0, 0, 121, 0, 0, true, POOR",
        "0, 0, 0, 601, 0, true, POOR",
        "0, 0, 0, 0, 5001, true, LOST",
        "0, 0, 0, 0, 5001, false, EXCELLENT",
        "0, 0, 0, 0, 12001, false, LOST"
    })
    void shouldSayWhatLasts(
            int lossUp,
            int lossDown,
            long jitterMillis,
            long roundTripMillis,
            long silenceMillis,
            boolean publishes,
            ConnectionQuality expected) {
        PathMeasure measure =
                measure(lossUp, lossDown, jitterMillis, roundTripMillis, silenceMillis, publishes);
        for (int i = 0; i < 3; i++) {
            score.update(measure);
        }
        assertThat(score.quality()).isEqualTo(expected);
    }

    static Stream<Arguments> courses() {
        return Stream.of(
                Arguments.of(
                        "worse counts the second time",
                        new PathMeasure[] {BAD, BAD},
                        new ConnectionQuality[] {EXCELLENT, POOR}),
                Arguments.of(
                        "one bad moment does not",
                        new PathMeasure[] {BAD, FINE, BAD, FINE},
                        new ConnectionQuality[] {EXCELLENT, EXCELLENT, EXCELLENT, EXCELLENT}),
                Arguments.of(
                        "better counts the third time",
                        new PathMeasure[] {BAD, BAD, FINE, FINE, FINE},
                        new ConnectionQuality[] {EXCELLENT, POOR, POOR, POOR, EXCELLENT}),
                Arguments.of(
                        "recovery stops half way",
                        new PathMeasure[] {BAD, BAD, FINE, FINE, FAIR, FINE, FINE, FINE},
                        new ConnectionQuality[] {
                            EXCELLENT, POOR, POOR, POOR, GOOD, GOOD, GOOD, EXCELLENT
                        }),
                Arguments.of(
                        "silence and its end count at once",
                        new PathMeasure[] {GONE, GONE, FAIR, FINE},
                        new ConnectionQuality[] {LOST, LOST, GOOD, GOOD}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("courses")
    void shouldChangeOnlyWhenItLasts(
            String name, PathMeasure[] measures, ConnectionQuality[] expected) {
        for (int i = 0; i < measures.length; i++) {
            ConnectionQuality before = score.quality();
            boolean changed = score.update(measures[i]);
            assertThat(score.quality()).as("%s, measure %d", name, i).isEqualTo(expected[i]);
            assertThat(changed).isEqualTo(before != expected[i]);
        }
    }

    @Test
    void shouldBeExcellentUntilSomethingIsKnown() {
        assertThat(score.quality()).isEqualTo(EXCELLENT);
        assertThat(score.update(FINE)).isFalse();
    }
}
