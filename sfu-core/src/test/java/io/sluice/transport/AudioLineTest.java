package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.rtp.RtpPacket;
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

    /** Discontinuous transmission (RFC 7587 3.1.3): a pause costs nothing, and time goes on over it. */
    @Test
    void shouldSendNothingInAPauseAndKeepItsLength() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 48_000, new byte[] {1, 2, 3});
        RtpPacket before = first.next();
        int sequence = before.sequence();
        int timestamp = before.timestamp();
        nowNanos += 5_000_000_000L;
        departures.departAll();
        assertThat(first.waiting()).isZero();

        send(PUBLISHER_SSRC, MEDIA, 501, 48_000 + 5 * 48_000, new byte[] {4, 5, 6});

        RtpPacket after = first.next();
        assertThat(after.sequence()).isEqualTo(sequence + 1);
        assertThat(after.timestamp()).isEqualTo(timestamp + 5 * 48_000);
    }
}
