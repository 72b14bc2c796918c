package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SendHistoryTest {
    private static final int CAPACITY = 512;

    private final SendHistory history = new SendHistory(CAPACITY);

    @Test
    void shouldKnowNothingBeforeAnythingWasSent() {
        assertThat(history.find(0)).isEqualTo(SendHistory.NONE);
        assertThat(history.find(0xffff)).isEqualTo(SendHistory.NONE);
    }

    @Test
    void shouldFindByTheLowSixteenBits() {
        history.keep(65_535, 7, 70, 1, Rewrite.NOTHING);
        history.keep(65_536, 8, 80, 2, Rewrite.NOTHING);

        int before = history.find(0xffff);
        assertThat(history.trackSequence(before)).isEqualTo(7);
        int after = history.find(0);
        assertThat(history.trackSequence(after)).isEqualTo(8);
        assertThat(history.timestamp(after)).isEqualTo(80);
        assertThat(history.departure(after)).isEqualTo(2);
        assertThat(history.sequence(after)).isEqualTo(65_536);
    }

    @Test
    void shouldNotFindWhatWasNeverSent() {
        history.keep(100, 7, 70, 1, Rewrite.NOTHING);
        history.keep(102, 9, 70, 2, Rewrite.NOTHING);
        assertThat(history.find(101)).isEqualTo(SendHistory.NONE);
        assertThat(history.find(103)).isEqualTo(SendHistory.NONE);
    }

    @Test
    void shouldForgetWhatIsARingAgo() {
        history.keep(100, 7, 70, 1, Rewrite.NOTHING);
        history.keep(100 + CAPACITY, 9, 70, 2, Rewrite.NOTHING);
        assertThat(history.find(100)).isEqualTo(SendHistory.NONE);
    }

    @Test
    void shouldResendOnceInAnInterval() {
        history.keep(100, 7, 70, 1, Rewrite.NOTHING);
        int index = history.find(100);
        assertThat(history.mayResend(index, 1_000, 50)).isTrue();
        history.resent(index, 1_000);
        assertThat(history.mayResend(index, 1_049, 50)).isFalse();
        assertThat(history.mayResend(index, 1_050, 50)).isTrue();
    }
}
