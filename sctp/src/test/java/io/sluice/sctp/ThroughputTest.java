package io.sluice.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What gets through a link in simulated time. */
final class ThroughputTest {
    private static final long LINK_BPS = 50_000_000;
    private static final int MESSAGE_BYTES = 65_536;

    @Test
    void fillsALinkOfFiftyMegabitsAndFortyMilliseconds() {
        SimulatedPath path = new SimulatedPath(1);
        path.bitsPerSecond = LINK_BPS;
        path.delayNanos = 40 * SimulatedPath.MILLIS;
        assertThat(bitsPerSecond(path.connected())).isGreaterThan(0.8 * LINK_BPS);
    }

    /** Sends as fast as the send buffer allows for ten seconds. */
    private static double bitsPerSecond(SimulatedPath path) {
        DataChannel channel = path.left.open(ChannelOptions.reliable("file"), path.now);
        DataMessage message = TestMessages.numbered(0, MESSAGE_BYTES);
        long seconds = 10;
        long end = path.now + seconds * SimulatedPath.SECOND;
        while (path.now < end) {
            while (channel.bufferedBytes() < 1_500_000) {
                assertThat(channel.send(message, path.now)).isEqualTo(SendResult.QUEUED);
            }
            path.runFor(10 * SimulatedPath.MILLIS, () -> false);
        }
        return path.right.received("file").size() * 8.0 * MESSAGE_BYTES / seconds;
    }
}
