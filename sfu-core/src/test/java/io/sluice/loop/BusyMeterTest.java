package io.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BusyMeterTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long BEGIN = 7 * SECOND;
    private static final Offset<Double> CLOSE = within(1e-9);

    private final BusyMeter meter = new BusyMeter();

    @Test
    void shouldMeasureEachSecond() {
        meter.measure(BEGIN, 5 * SECOND, 0);
        assertThat(meter.share()).as("nothing to compare with").isZero();
        assertThat(meter.isDue(BEGIN + SECOND - 1)).isFalse();
        assertThat(meter.isDue(BEGIN + SECOND)).isTrue();

        meter.measure(BEGIN + SECOND, 5 * SECOND + SECOND / 4, 0);
        assertThat(meter.share()).isCloseTo(0.25, CLOSE);
        assertThat(meter.mediaShare()).isCloseTo(0.25, CLOSE);
    }

    /** Media beside a file that fills its loop leaves as it comes: longer runs would save little. */
    @Test
    void shouldNotTakeAFileForMedia() {
        meter.measure(BEGIN, 0, 0);
        meter.measure(BEGIN + 2 * SECOND, 3 * SECOND / 2, SECOND);

        assertThat(meter.share())
                .isCloseTo(0.75, CLOSE)
                .isGreaterThan(Departures.GATHERING_BUSY_SHARE);
        assertThat(meter.mediaShare())
                .isCloseTo(0.25, CLOSE)
                .isLessThan(Departures.GATHERING_BUSY_SHARE);
    }

    /** Both clocks are read one after the other, and the kernel counts in steps of its own. */
    @Test
    void shouldStayInItsBounds() {
        meter.measure(BEGIN, 0, 0);
        meter.measure(BEGIN + SECOND, SECOND / 2, 4 * SECOND / 5);
        assertThat(meter.mediaShare()).isZero();

        meter.measure(BEGIN + 2 * SECOND, 2 * SECOND, 4 * SECOND / 5);
        assertThat(meter.share()).isEqualTo(1);
        assertThat(meter.mediaShare()).isEqualTo(1);
    }
}
