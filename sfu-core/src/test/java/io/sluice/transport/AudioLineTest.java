package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.rtp.DropReason;
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

    @Test
    void shouldNotForwardMoreThanAudioCanBeAndGoOnAfterwards() {
        publish();
        // A millisecond each: 8 Mbit/s.
        for (int i = 0; i < 1_000; i++) {
            send(PUBLISHER_SSRC, MEDIA, 500 + i, 48 * i, new byte[1_000]);
        }

        long dropped = drops.of(DropReason.OVER_MAX_BITRATE);
        // What comes in a second, and a second's at once.
        assertThat(1_000 - dropped).isBetween(140L, 165L);
        assertThat(first.waiting()).isEqualTo((int) (1_000 - dropped));
        assertThat(asked()).isEmpty();
        nowNanos += 1_000_000_000;
        send(PUBLISHER_SSRC, MEDIA, 1_500, 48_000, new byte[] {1});
        assertThat(drops.of(DropReason.OVER_MAX_BITRATE)).isEqualTo(dropped);
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
