package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.ice.Slab;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.RtcpMessage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a track asks of its publisher where there is little room to say it. */
final class PublisherFeedbackTest extends PacketLineFixture {
    private static final int PICTURE_LOSS_BYTES = 12;

    PublisherFeedbackTest() {
        super(Codec.VP8);
    }

    @Test
    void shouldAskForAKeyframeAgainIfThereWasNoRoom() {
        publish();
        assertThat(feedback(PICTURE_LOSS_BYTES - 1)).isEmpty();
        assertThat(feedback(PICTURE_LOSS_BYTES))
                .containsExactly(new RtcpMessage.PictureLoss(1, PUBLISHER_SSRC));
    }

    @Test
    void shouldNotAskForASecondKeyframeWhileTheFirstIsRepaired() {
        publish();
        assertThat(feedback(Slab.SLOT_BYTES)).hasSize(1);
        send(PUBLISHER_SSRC, MEDIA, 499, 9_000, INTERFRAME);
        // 500 is the keyframe's first packet, and lost.
        send(PUBLISHER_SSRC, MEDIA, 501, 12_000, INTERFRAME);
        assertThat(asked()).containsExactly(500);
        nowNanos += 300_000_000;
        assertThat(feedback(Slab.SLOT_BYTES))
                .containsExactly(new RtcpMessage.Nack(1, PUBLISHER_SSRC, 500, 0));
        nowNanos += 300_000_000;
        assertThat(feedback(Slab.SLOT_BYTES))
                .contains(new RtcpMessage.PictureLoss(1, PUBLISHER_SSRC));
        send(PUBLISHER_RTX_SSRC, RTX, 7_500, 12_000, wrapped(500, KEYFRAME));
        nowNanos += 300_000_000;
        assertThat(feedback(Slab.SLOT_BYTES)).isEmpty();
    }

    @Test
    void shouldNeitherAskForWhatWasTooMuchNorReportItAsLost() {
        publish();
        ingress.limit().allow(100_000);
        byte[] payload = Arrays.copyOf(INTERFRAME, 1_000);
        send(PUBLISHER_SSRC, MEDIA, 499, 8_910, KEYFRAME);
        for (int i = 0; i < 100; i++) {
            send(PUBLISHER_SSRC, MEDIA, 500 + i, 9_000 + i * 90, payload);
        }
        int forwarded = first.waiting();
        // The network has lost 600.
        send(PUBLISHER_SSRC, MEDIA, 601, 90_000, payload);

        assertThat(drops.of(DropReason.OVER_MAX_BITRATE)).isBetween(50L, 99L);
        assertThat(first.waiting()).isEqualTo(forwarded);
        assertThat(asked()).containsExactly(600);
        assertThat(track.receivedPackets()).isEqualTo(102);
        assertThat(track.expectedPackets()).isEqualTo(103);
        send(PUBLISHER_RTX_SSRC, RTX, 7_500, 90_000, wrapped(600, payload));
        assertThat(asked()).isEmpty();
        assertThat(first.waiting()).as("sent again is too much too").isEqualTo(forwarded);
    }

    @Test
    void shouldAskForLostPacketsAgainIfThereWasNoRoom() {
        publish();
        assertThat(feedback(PICTURE_LOSS_BYTES)).hasSize(1);
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        send(PUBLISHER_SSRC, MEDIA, 502, 12_000, INTERFRAME);
        send(PUBLISHER_SSRC, MEDIA, 540, 15_000, INTERFRAME);

        assertThat(feedback(15)).isEmpty();
        assertThat(feedback(16)).containsExactly(new RtcpMessage.Nack(1, PUBLISHER_SSRC, 501, 0));
        List<Integer> rest = asked();
        assertThat(rest).hasSize(37).startsWith(503).endsWith(539);
        assertThat(asked()).isEmpty();
    }
}
