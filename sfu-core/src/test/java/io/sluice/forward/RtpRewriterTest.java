package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RtpRewriterTest {
    private static final int CLOCK_HZ = 90_000;
    private static final long SECOND = 1_000_000_000;

    private final RtpRewriter rewriter = new RtpRewriter(CLOCK_HZ, 100, 5_000);

    @Test
    void shouldBeginWhereItWasTold() {
        rewriter.begin(70_000, 1_234, 0);
        assertThat(rewriter.sequence(70_000)).isEqualTo(100);
        assertThat(rewriter.timestamp(1_234)).isEqualTo(5_000);
    }

    @Test
    void shouldKeepHolesThatTheTrackHas() {
        rewriter.begin(70_000, 0, 0);
        assertThat(rewriter.sequence(70_005)).isEqualTo(105);
        assertThat(rewriter.sequence(70_003)).isEqualTo(103);
    }

    @Test
    void shouldRefusePacketsFromBeforeARun() {
        rewriter.begin(70_000, 0, 0);
        assertThat(rewriter.sequence(69_999)).isEqualTo(RtpRewriter.BEFORE_RUN);
    }

    @Test
    void shouldFollowOnTheHighestWithTheNextRun() {
        rewriter.begin(70_000, 0, SECOND);
        rewriter.sent(100, 5_000, SECOND);
        rewriter.sent(102, 8_000, SECOND);
        rewriter.sent(101, 8_000, SECOND);

        rewriter.begin(9, 77, 2 * SECOND);
        assertThat(rewriter.sequence(9)).isEqualTo(103);
        assertThat(rewriter.timestamp(77)).isEqualTo(8_000 + CLOCK_HZ);
    }

    @Test
    void shouldNeverPutTwoRunsOnOneTimestamp() {
        rewriter.begin(70_000, 0, SECOND);
        rewriter.sent(100, 5_000, SECOND);
        rewriter.begin(9, 77, SECOND);
        assertThat(rewriter.timestamp(77)).isEqualTo(5_000 + CLOCK_HZ / 30);
    }

    @Test
    void shouldWrapTimestampsAsTheyDo() {
        rewriter.begin(70_000, -10, 0);
        assertThat(rewriter.timestamp(10)).isEqualTo(5_020);
    }
}
