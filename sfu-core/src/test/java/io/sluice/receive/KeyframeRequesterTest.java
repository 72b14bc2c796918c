package io.sluice.receive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyframeRequesterTest {
    private static final long MS_NANOS = 1_000_000L;

    private final KeyframeRequester requester =
            new KeyframeRequester(KeyframeRequester.DEFAULT_INTERVAL_NANOS);

    @Test
    void shouldAskAtOnceAndOnceForAll() {
        assertThat(requester.poll(0, false, 0)).isFalse();
        assertThat(requester.nextTimeoutNanos()).isEqualTo(KeyframeRequester.NEVER);
        requester.request();
        requester.request();
        assertThat(requester.nextTimeoutNanos()).isLessThanOrEqualTo(5 * MS_NANOS);
        assertThat(requester.poll(5 * MS_NANOS, false, 0)).isTrue();
        requester.request();
        assertThat(requester.poll(5 * MS_NANOS, false, 0)).isFalse();
        assertThat(requester.nextTimeoutNanos()).isEqualTo(205 * MS_NANOS);
    }

    @Test
    void shouldAskAgainUntilAKeyframeComes() {
        requester.request();
        assertThat(requester.poll(0, false, 0)).isTrue();
        assertThat(requester.poll(199 * MS_NANOS, false, 0)).isFalse();
        assertThat(requester.poll(200 * MS_NANOS, false, 0)).isTrue();
        requester.onKeyframe(250 * MS_NANOS);
        assertThat(requester.poll(1000 * MS_NANOS, false, 0)).isFalse();
        assertThat(requester.nextTimeoutNanos()).isEqualTo(KeyframeRequester.NEVER);
    }

    @Test
    void shouldKeepTheIntervalAfterAKeyframe() {
        requester.request();
        requester.poll(0, false, 0);
        requester.onKeyframe(MS_NANOS);
        requester.request();
        assertThat(requester.poll(50 * MS_NANOS, false, 0)).isFalse();
        assertThat(requester.poll(200 * MS_NANOS, false, 0)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0,200", "150,200", "450,450", "600,600", "5000,600"})
    void shouldNotAskAgainBeforeAnAnswerCanHaveCome(int roundTripMillis, int nextMillis) {
        long roundTrip = roundTripMillis * MS_NANOS;
        requester.request();
        assertThat(requester.poll(0, false, roundTrip)).isTrue();
        assertThat(requester.poll((nextMillis - 1) * MS_NANOS, false, roundTrip)).isFalse();
        assertThat(requester.poll(nextMillis * MS_NANOS, false, roundTrip)).isTrue();
    }

    @Test
    void shouldNotAskAgainWhileWhatItAskedForIsBeingRepaired() {
        requester.request();
        assertThat(requester.poll(0, true, 0)).as("the first one").isTrue();
        assertThat(requester.poll(400 * MS_NANOS, true, 0)).isFalse();
        assertThat(requester.poll(599 * MS_NANOS, true, 0)).isFalse();
        assertThat(requester.poll(600 * MS_NANOS, true, 0)).as("the request may be lost").isTrue();
        assertThat(requester.poll(900 * MS_NANOS, true, 0)).isFalse();
        assertThat(requester.poll(900 * MS_NANOS, false, 0)).as("given up").isTrue();
    }

    @Test
    void shouldNotWaitForARepairOfWhatIsNoKeyframe() {
        requester.request();
        requester.poll(0, false, 0);
        requester.onKeyframe(MS_NANOS);
        requester.request();
        assertThat(requester.poll(200 * MS_NANOS, true, 0)).isTrue();
    }

    @Test
    void shouldKnowAPublisherThatDoesNotAnswer() {
        requester.request();
        for (long ms = 0; ms < 1_000; ms += 200) {
            assertThat(requester.isIgnored()).isFalse();
            requester.poll(ms * MS_NANOS, false, 0);
        }
        requester.poll(1_000 * MS_NANOS, false, 0);
        assertThat(requester.isIgnored()).isTrue();
        requester.onKeyframe(1_900 * MS_NANOS);
        assertThat(requester.isIgnored()).as("it came by itself").isTrue();

        requester.request();
        requester.poll(2_000 * MS_NANOS, false, 0);
        requester.onKeyframe(2_100 * MS_NANOS);
        assertThat(requester.isIgnored()).isFalse();
    }
}
