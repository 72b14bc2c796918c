package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.codec.Codec;
import io.sluice.forward.SubscriptionFormat;
import io.sluice.receive.TrackFormat;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.RtpPacket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Descriptions that change the numbers of a track or a subscription while media flows. */
final class ChangedNumbersTest extends PacketLineFixture {
    ChangedNumbersTest() {
        super(Codec.VP8);
    }

    private static TrackFormat numbers(int payloadType, int rtx, ExtensionMap extensions) {
        return new TrackFormat(Codec.VP8, payloadType, rtx, true, true, extensions, List.of());
    }

    private static SubscriptionFormat second(int payloadType, ExtensionMap extensions) {
        return new SubscriptionFormat("0", payloadType, 0, 0xBBBB0001, 0, extensions);
    }

    @Test
    void shouldTakeThePublishersNewPayloadNumbers() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        int before = first.next().sequence();
        track.update(numbers(100, 101, extensions(4, 7)));

        send(PUBLISHER_SSRC, MEDIA, 501, 9_000, INTERFRAME);
        assertThat(drops.of(DropReason.WRONG_PAYLOAD_TYPE)).isEqualTo(1);
        send(PUBLISHER_SSRC, 100, 502, 12_000, INTERFRAME);
        send(PUBLISHER_RTX_SSRC, 101, 7, 15_000, wrapped(503, INTERFRAME));

        assertThat(first.next().sequence()).isEqualTo(before + 2);
        assertThat(first.next().sequence()).isEqualTo(before + 3);
    }

    @Test
    void shouldReadThePublishersExtensionsUnderTheirNewIds() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        assertThat(first.next().find(7)).isEqualTo(RtpPacket.ABSENT);
        // The packets' own MID now stands for the orientation.
        track.update(
                numbers(MEDIA, RTX, ExtensionMap.of(Map.of(HeaderExtension.VIDEO_ORIENTATION, 4))));

        send(PUBLISHER_SSRC, MEDIA, 501, 12_000, INTERFRAME);
        assertThat(first.next().find(7)).isEqualTo(1);
    }

    @Test
    void shouldWriteTheViewersNewNumbers() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        RtpPacket before = second.next();
        second.subscription.update(second(121, extensions(11, 7)));

        send(PUBLISHER_SSRC, MEDIA, 501, 12_000, INTERFRAME);
        RtpPacket after = second.next();
        assertThat(after.payloadType()).isEqualTo(121);
        assertThat(after.textEquals(11, "0")).isTrue();
        assertThat(after.sequence()).isEqualTo(before.sequence() + 1);
    }

    @Test
    void shouldNotSendAgainWhatWouldHaveOtherBytesNow() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        int before = second.next().sequence();
        second.subscription.update(second(121, extensions(11, 7)));

        // Under the old index: the checking context throws for other bytes.
        second.subscription.onNack(before, 0, nowNanos);

        assertThat(second.waiting()).isZero();
        assertThat(drops.of(DropReason.RESEND_UNAVAILABLE)).isEqualTo(1);
    }

    @Test
    void shouldGoOnSendingAgainWhenNothingHasChanged() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        int before = second.next().sequence();
        second.subscription.update(second(120, extensions(9, 7)));
        track.update(
                numbers(
                        MEDIA,
                        RTX,
                        ExtensionMap.of(
                                Map.of(
                                        HeaderExtension.MID,
                                        4,
                                        HeaderExtension.VIDEO_ORIENTATION,
                                        7))));

        second.subscription.onNack(before, 0, nowNanos);
        assertThat(second.waiting()).isEqualTo(1);
    }

    @Test
    void shouldRefuseAnotherCodecUnderTheSameTrack() {
        publish();
        TrackFormat other =
                new TrackFormat(Codec.H264, MEDIA, RTX, true, true, ExtensionMap.EMPTY, List.of());
        assertThatThrownBy(() -> track.update(other)).hasMessageContaining("another track");
    }
}
