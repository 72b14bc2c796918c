package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RtpRewriterTest {
    private static final int CLOCK_HZ = 90_000;
    private static final long SECOND = 1_000_000_000;

    private final RtpRewriter rewriter = new RtpRewriter(CLOCK_HZ, 100, 5_000);

    @Test
    void shouldBeginWhereItWasTold() {
        rewriter.begin(70_000, 1_234, null, null, 0);
        assertThat(rewriter.sequence(70_000)).isEqualTo(100);
        assertThat(rewriter.timestamp(1_234)).isEqualTo(5_000);
    }

    @Test
    void shouldKeepHolesThatTheTrackHas() {
        rewriter.begin(70_000, 0, null, null, 0);
        assertThat(rewriter.sequence(70_005)).isEqualTo(105);
        assertThat(rewriter.sequence(70_003)).isEqualTo(103);
    }

    @Test
    void shouldRefusePacketsFromBeforeARun() {
        rewriter.begin(70_000, 0, null, null, 0);
        assertThat(rewriter.sequence(69_999)).isEqualTo(RtpRewriter.BEFORE_RUN);
    }

    @Test
    void shouldFollowOnTheHighestWithTheNextRun() {
        rewriter.begin(70_000, 0, null, null, SECOND);
        rewriter.sent(100, 5_000, SECOND);
        rewriter.sent(102, 8_000, SECOND);
        rewriter.sent(101, 8_000, SECOND);

        rewriter.begin(9, 77, null, null, 2 * SECOND);
        assertThat(rewriter.sequence(9)).isEqualTo(103);
        assertThat(rewriter.timestamp(77)).isEqualTo(8_000 + CLOCK_HZ);
    }

    @Test
    void shouldNeverPutTwoRunsOnOneTimestamp() {
        rewriter.begin(70_000, 0, null, null, SECOND);
        rewriter.sent(100, 5_000, SECOND);
        rewriter.begin(9, 77, null, null, SECOND);
        assertThat(rewriter.timestamp(77)).isEqualTo(5_000 + CLOCK_HZ / 30);
    }

    @Test
    void shouldWrapTimestampsAsTheyDo() {
        rewriter.begin(70_000, -10, null, null, 0);
        assertThat(rewriter.timestamp(10)).isEqualTo(5_020);
    }

    private static SenderClock clock(int ssrc, long ntpSeconds, int rtpTimestamp) {
        return new SenderClock(ssrc, ntpSeconds << 32, rtpTimestamp, 0);
    }

    private void sendOne() {
        rewriter.begin(70_000, 1_000, null, null, SECOND);
        rewriter.sent(100, 5_000, SECOND);
    }

    @Test
    void shouldPlaceAnotherSourceByWhatBothClocksSay() {
        sendOne();
        // Half a second after the first packet's capture, though it came 40 ms later.
        SenderClock before = clock(1, 10, 1_000);
        SenderClock now = clock(2, 11, 900_000);
        int captured = 900_000 - CLOCK_HZ / 2;
        rewriter.begin(9, captured, before, now, SECOND + SECOND / 25);
        assertThat(rewriter.timestamp(captured)).isEqualTo(5_000 + CLOCK_HZ / 2);
    }

    @Test
    void shouldNotBelieveClocksThatAreFarOff() {
        sendOne();
        rewriter.begin(9, 0, clock(1, 10, 1_000), clock(2, 500, 0), 2 * SECOND);
        assertThat(rewriter.timestamp(0)).isEqualTo(5_000 + CLOCK_HZ);
    }

    @Test
    void shouldNeverGoBackInTimeNorKeepWhatThatCosts() {
        sendOne();
        SenderClock a = clock(1, 10, 1_000);
        SenderClock b = clock(2, 10, 500_000);
        // The same picture of the other source, then back with the next one.
        rewriter.begin(9, 500_000, a, b, SECOND);
        assertThat(rewriter.timestamp(500_000)).isEqualTo(5_001);
        rewriter.sent(101, 5_001, SECOND);
        rewriter.begin(70_001, 4_000, b, a, SECOND);
        assertThat(rewriter.timestamp(4_000)).isEqualTo(8_000);
    }

    @Test
    void shouldLeaveNoHoleForWhatIsLeftOut() {
        rewriter.begin(70_000, 0, null, null, 0);
        rewriter.sent(rewriter.sequence(70_000), 5_000, 0);
        assertThat(rewriter.skip(70_001, false)).isEqualTo(RtpRewriter.NO_HOLE);
        assertThat(rewriter.sequence(70_002)).isEqualTo(101);
    }

    @Test
    void shouldSeeAJumpByWhatWasSent() {
        rewriter.begin(70_000, 0, null, null, 0);
        rewriter.sent(rewriter.sequence(70_000), 5_000, 0);
        assertThat(rewriter.jumps(70_000 + RtpRewriter.JUMP_MAX)).isFalse();
        assertThat(rewriter.jumps(70_001 + RtpRewriter.JUMP_MAX)).isTrue();
        for (int i = 1; i < 5_000; i++) {
            rewriter.skip(70_000 + i, false);
        }
        assertThat(rewriter.jumps(75_000)).isFalse();
        assertThat(rewriter.passed(74_999)).isTrue();
        assertThat(rewriter.passed(75_000)).isFalse();
    }
}
