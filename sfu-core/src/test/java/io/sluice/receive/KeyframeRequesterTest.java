package io.sluice.receive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyframeRequesterTest {
    private static final long MS_NANOS = 1_000_000L;

    private final KeyframeRequester requester =
            new KeyframeRequester(KeyframeRequester.DEFAULT_INTERVAL_NANOS);

    @Test
    void shouldAskAtOnceAndOnceForAll() {
        assertThat(requester.poll(0, false)).isFalse();
        assertThat(requester.nextTimeoutNanos()).isEqualTo(KeyframeRequester.NEVER);
        requester.request();
        requester.request();
        assertThat(requester.nextTimeoutNanos()).isLessThanOrEqualTo(5 * MS_NANOS);
        assertThat(requester.poll(5 * MS_NANOS, false)).isTrue();
        requester.request();
        assertThat(requester.poll(5 * MS_NANOS, false)).isFalse();
        assertThat(requester.nextTimeoutNanos()).isEqualTo(205 * MS_NANOS);
    }

    @Test
    void shouldAskAgainUntilAKeyframeComes() {
        requester.request();
        assertThat(requester.poll(0, false)).isTrue();
        assertThat(requester.poll(199 * MS_NANOS, false)).isFalse();
        assertThat(requester.poll(200 * MS_NANOS, false)).isTrue();
        requester.onKeyframe(250 * MS_NANOS);
        assertThat(requester.poll(1000 * MS_NANOS, false)).isFalse();
        assertThat(requester.nextTimeoutNanos()).isEqualTo(KeyframeRequester.NEVER);
    }

    @Test
    void shouldKeepTheIntervalAfterAKeyframe() {
        requester.request();
        requester.poll(0, false);
        requester.onKeyframe(MS_NANOS);
        requester.request();
        assertThat(requester.poll(50 * MS_NANOS, false)).isFalse();
        assertThat(requester.poll(200 * MS_NANOS, false)).isTrue();
    }

    private void ask(int millis) {
        requester.request();
        assertThat(requester.poll(millis * MS_NANOS, false)).isTrue();
    }

    private void assertAsksNextAt(int millis) {
        assertThat(requester.poll((millis - 1) * MS_NANOS, false)).as("before").isFalse();
        assertThat(requester.poll(millis * MS_NANOS, false)).isTrue();
    }

    @Test
    void shouldWaitForAnAnswerAsLongAsTheLastOneTook() {
        ask(0);
        assertAsksNextAt(200);
        requester.onKeyframe(350 * MS_NANOS);

        // Which of the two was answered is not known.
        ask(1_000);
        assertThat(requester.poll(1_399 * MS_NANOS, false)).isFalse();
        requester.onKeyframe(1_350 * MS_NANOS);

        ask(2_000);
        assertAsksNextAt(2_350);
        requester.onKeyframe(2_400 * MS_NANOS);

        requester.request();
        assertAsksNextAt(2_550);
    }

    @Test
    void shouldWaitForNoLostRequestForLong() {
        ask(0);
        assertAsksNextAt(200);
        requester.onKeyframe(240 * MS_NANOS);
        ask(1_000);
        requester.onKeyframe(1_040 * MS_NANOS);

        ask(2_000);
        assertAsksNextAt(2_200);
    }

    @Test
    void shouldLearnNothingFromAKeyframeThatCameByItself() {
        ask(0);
        requester.onKeyframe(30_000 * MS_NANOS);

        ask(40_000);
        assertAsksNextAt(40_200);
    }

    @Test
    void shouldNotAskAgainWhileWhatItAskedForIsBeingRepaired() {
        requester.request();
        assertThat(requester.poll(0, true)).as("the first one").isTrue();
        assertThat(requester.poll(400 * MS_NANOS, true)).isFalse();
        assertThat(requester.poll(599 * MS_NANOS, true)).isFalse();
        assertThat(requester.poll(600 * MS_NANOS, true)).as("the request may be lost").isTrue();
        assertThat(requester.poll(900 * MS_NANOS, true)).isFalse();
        assertThat(requester.poll(900 * MS_NANOS, false)).as("given up").isTrue();
    }

    @Test
    void shouldNotWaitForARepairOfWhatIsNoKeyframe() {
        requester.request();
        requester.poll(0, false);
        requester.onKeyframe(MS_NANOS);
        requester.request();
        assertThat(requester.poll(200 * MS_NANOS, true)).isTrue();
    }

    @Test
    void shouldKnowAPublisherThatDoesNotAnswer() {
        requester.request();
        for (long ms = 0; ms < 1_000; ms += 200) {
            assertThat(requester.isIgnored()).isFalse();
            requester.poll(ms * MS_NANOS, false);
        }
        requester.poll(1_000 * MS_NANOS, false);
        assertThat(requester.isIgnored()).isTrue();
        requester.onKeyframe(1_900 * MS_NANOS);
        assertThat(requester.isIgnored()).as("it came by itself").isTrue();

        requester.request();
        requester.poll(2_000 * MS_NANOS, false);
        requester.onKeyframe(2_100 * MS_NANOS);
        assertThat(requester.isIgnored()).isFalse();
    }
}
