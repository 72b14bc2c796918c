package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {
    private static final ServerMetrics METRICS =
            ServerMetrics.parse(
                    """
                    # HELP drops_total Packets
                    drops_total{loop="0",reason="muted"} 2.0
                    drops_total{loop="1",reason="muted"} 3.0
                    drops_total{loop="1",reason="late"} 1.0E3
                    rooms 4.0
                    """);

    @Test
    void shouldAddUpOverLoops() {
        assertThat(METRICS.sum("drops_total")).isEqualTo(1_005);
        assertThat(METRICS.sum("rooms")).isEqualTo(4);
        assertThat(METRICS.byReason("drops_total")).isEqualTo(Map.of("muted", 5L, "late", 1_000L));
    }

    @Test
    void shouldNotTakeAMetricThatIsNotThereForZero() {
        assertThatIllegalStateException().isThrownBy(() -> METRICS.sum("drops"));
        assertThatIllegalStateException().isThrownBy(() -> METRICS.byReason("drops"));
    }
}
