package io.sluice.receive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyframeRequesterTest {
    private static final long MS_NANOS = 1_000_000L;

    private final KeyframeRequester requester =
            new KeyframeRequester(KeyframeRequester.DEFAULT_INTERVAL_NANOS);

    @Test
    void shouldAskAtOnceAndOnceForAll() {
        assertThat(requester.poll(0)).isFalse();
        assertThat(requester.nextTimeoutNanos()).isEqualTo(KeyframeRequester.NEVER);
        requester.request();
        requester.request();
        assertThat(requester.nextTimeoutNanos()).isLessThanOrEqualTo(5 * MS_NANOS);
        assertThat(requester.poll(5 * MS_NANOS)).isTrue();
        requester.request();
        assertThat(requester.poll(5 * MS_NANOS)).isFalse();
        assertThat(requester.nextTimeoutNanos()).isEqualTo(205 * MS_NANOS);
    }

    @Test
    void shouldAskAgainUntilAKeyframeComes() {
        requester.request();
        assertThat(requester.poll(0)).isTrue();
        assertThat(requester.poll(199 * MS_NANOS)).isFalse();
        assertThat(requester.poll(200 * MS_NANOS)).isTrue();
        requester.onKeyframe();
        assertThat(requester.poll(1000 * MS_NANOS)).isFalse();
        assertThat(requester.nextTimeoutNanos()).isEqualTo(KeyframeRequester.NEVER);
    }

    @Test
    void shouldKeepTheIntervalAfterAKeyframe() {
        requester.request();
        requester.poll(0);
        requester.onKeyframe();
        requester.request();
        assertThat(requester.poll(50 * MS_NANOS)).isFalse();
        assertThat(requester.poll(200 * MS_NANOS)).isTrue();
    }
}
