package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class KeyRatesTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final KeyRates rates = new KeyRates(new Rate(1, 2));

    @Test
    void shouldCountEachKeyByItself() {
        assertThat(rates.pass("a", 0)).isTrue();
        assertThat(rates.pass("a", 0)).isTrue();
        assertThat(rates.pass("a", 0)).isFalse();
        assertThat(rates.pass("b", 0)).isTrue();
        assertThat(rates.pass("a", SECOND)).isTrue();
        assertThat(rates.pass("a", SECOND)).isFalse();
        assertThat(rates.refused()).isEqualTo(2);
    }

    @Test
    void shouldTakeAnotherRateButForgetNothingForTheSame() {
        assertThat(rates.pass("a", 0)).isTrue();
        assertThat(rates.pass("a", 0)).isTrue();
        rates.limit(new Rate(1, 2));
        assertThat(rates.pass("a", 0)).isFalse();
        rates.limit(new Rate(1, 3));
        assertThat(rates.pass("a", 0)).isTrue();
    }
}
