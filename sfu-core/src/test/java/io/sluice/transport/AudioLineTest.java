package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import org.junit.jupiter.api.Test;

/** Audio on the packet line. */
final class AudioLineTest extends PacketLineFixture {
    AudioLineTest() {
        super(Codec.OPUS);
    }

    @Test
    void shouldLeaveWithoutWaitingForTheEndOfTheTurn() {
        publish();
        for (int i = 0; i < 3; i++) {
            deliver(PUBLISHER_SSRC, MEDIA, 500 + i, 960 * i, new byte[] {1, 2, 3}, false);

            assertThat(first.waiting()).isEqualTo(i + 1);
            assertThat(second.waiting()).isEqualTo(i + 1);
            assertThat(track.fanout().isPatient(nowNanos)).isFalse();
        }
    }
}
