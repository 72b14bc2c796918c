package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probes of one packet of a picture and padding behind it, which is smaller, over paths of any width. */
final class ProbeResultsTest {
    private static final int[] SIZES = {624, 200, 200, 200, 200};
    private static final long RATE = 450_000;
    private static final double BITS_NANOS = 8e9;
    private static final long WAY_NANOS = 40_000_000;

    @CsvSource({"10000000, 450000", "460000, 450000", "300000, 285000", "150000, 142500"})
    @ParameterizedTest(name = "{0} bit/s")
    void shouldShowWhatPasses(long capacity, long shown) {
        ProbeResults results = new ProbeResults();
        results.expect(new ProbePlan(1, RATE, 1_000, SIZES.length));
        long sentNanos = 0;
        long freeNanos = 0;
        for (int sizeBytes : SIZES) {
            freeNanos = Math.max(freeNanos, sentNanos) + (long) (sizeBytes * BITS_NANOS / capacity);
            results.onPacket(1, sizeBytes, sentNanos, freeNanos + WAY_NANOS);
            sentNanos += (long) (sizeBytes * BITS_NANOS / RATE);
        }
        assertThat(results.take()).isCloseTo(shown, Percentage.withPercentage(5));
        assertThat(results.filled()).isEqualTo(capacity < RATE);
    }
}
