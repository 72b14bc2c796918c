package io.sluice.plot;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.plot.LinePlot.Axis;
import io.sluice.plot.LinePlot.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LinePlotTest {
    private static List<String> numbers(boolean amounts, double... values) {
        Axis axis = Axis.of(values, amounts);
        return axis.ticks().stream().map(axis::number).toList();
    }

    @Test
    void shouldCountInSteps() {
        assertThat(numbers(true, 0.3, 4.2)).containsExactly("0", "1", "2", "3", "4", "5");
        assertThat(numbers(true, 1.1)).containsExactly("0.0", "0.5", "1.0", "1.5");
        assertThat(numbers(true, 0.07)).containsExactly("0.00", "0.02", "0.04", "0.06", "0.08");
        assertThat(numbers(false, 0, 12_000)).containsExactly("0", "5,000", "10,000");
        assertThat(numbers(false, 0.04, 99.96)).containsExactly("0", "20", "40", "60", "80", "100");
    }

    /** There is no half a participant. */
    @Test
    void shouldCountWholeThingsByWholeNumbers() {
        assertThat(numbers(false, 2, 3, 5)).containsExactly("2", "3", "4", "5");
        assertThat(numbers(false, 1, 2)).containsExactly("1", "2");
        assertThat(numbers(false, 1, 50)).containsExactly("10", "20", "30", "40", "50");
        assertThat(numbers(true, 1)).containsExactly("0", "1");
    }

    @Test
    void shouldShowOneValueAndNone() {
        assertThat(numbers(true)).containsExactly("0", "1");
        assertThat(numbers(false, 7)).containsExactly("7", "8");
        assertThat(numbers(true, 0, 0)).containsExactly("0", "1");
    }

    @Test
    void shouldDrawFromOneEndToTheOther() {
        LinePlot plot =
                new LinePlot("what it takes", "rooms", "cores")
                        .line("<measured>", List.of(new Point(0, 0), new Point(10, 5)));

        assertThat(LinePlot.stack("Growth", List.of(plot)))
                .contains("d=\"M80.0 215.0 L570.0 40.0\"")
                .contains(">&lt;measured></text>")
                .contains("rotate(-90 ");
    }
}
