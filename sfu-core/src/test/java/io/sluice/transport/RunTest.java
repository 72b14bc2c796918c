package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.forward.Fanout;
import io.sluice.rtp.RtpPacket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a turn has brought of one track leaves viewer by viewer, in packets of one length. */
final class RunTest extends PacketLineFixture {
    private static final int FRAME = 6_000;

    RunTest() {
        super(Codec.VP8);
    }

    /** A keyframe, so that both viewers have begun. */
    @BeforeEach
    void begin() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 3_000, KEYFRAME);
        first.next();
        second.next();
    }

    @Test
    void shouldWaitForTheEndOfTheTurn() {
        deliver(PUBLISHER_SSRC, MEDIA, 501, FRAME, payload(20));
        deliver(PUBLISHER_SSRC, MEDIA, 502, FRAME, payload(20));
        assertThat(first.waiting()).isZero();

        departures.departAll();

        assertThat(first.waiting()).isEqualTo(2);
        assertThat(second.waiting()).isEqualTo(2);
        departures.departAll();
        assertThat(first.waiting()).isEqualTo(2);
    }

    @Test
    void shouldGiveOneViewerAllBeforeTheNext() {
        StringBuilder order = new StringBuilder();
        first.port.onSend(() -> order.append(1));
        second.port.onSend(() -> order.append(2));
        deliver(PUBLISHER_SSRC, MEDIA, 501, FRAME, payload(20));
        deliver(PUBLISHER_SSRC, MEDIA, 502, FRAME, payload(20));
        departures.departAll();

        assertThat(order.toString()).isEqualTo("1122");
    }

    @Test
    void shouldPadWhatIsOneByteShorterForViewersWithRtx() {
        byte[] shorter = payload(20);
        byte[] longer = payload(21);
        deliver(PUBLISHER_SSRC, MEDIA, 501, FRAME, shorter);
        deliver(PUBLISHER_SSRC, MEDIA, 502, FRAME, longer);
        departures.departAll();

        RtpPacket padded = first.next();
        assertThat(padded.paddingBytes()).isEqualTo(1);
        assertThat(payload(padded)).isEqualTo(shorter);
        RtpPacket whole = first.next();
        assertThat(whole.paddingBytes()).isZero();
        assertThat(payload(whole)).isEqualTo(longer);
        assertThat(padded.lengthBytes()).isEqualTo(whole.lengthBytes());
        // Without RTX the same bytes may have to be sent again under the same index.
        assertThat(second.next().paddingBytes()).isZero();
        assertThat(payload(second.next())).isEqualTo(longer);
    }

    @Test
    void shouldSendAgainWithoutPadding() {
        byte[] shorter = payload(20);
        deliver(PUBLISHER_SSRC, MEDIA, 501, FRAME, shorter);
        deliver(PUBLISHER_SSRC, MEDIA, 502, FRAME, payload(21));
        departures.departAll();
        RtpPacket padded = first.next();
        first.next();

        first.subscription.onNack(padded.sequence(), 0, nowNanos);

        RtpPacket again = first.next();
        assertThat(again.paddingBytes()).isZero();
        byte[] repeated = payload(again);
        assertThat(Arrays.copyOfRange(repeated, 2, repeated.length)).isEqualTo(shorter);
    }

    @Test
    void shouldSendAtOnceWhatIsMoreThanARun() {
        for (int i = 0; i < 40; i++) {
            deliver(PUBLISHER_SSRC, MEDIA, 501 + i, FRAME, payload(20));
        }
        assertThat(first.waiting()).isEqualTo(32);

        departures.departAll();

        assertThat(first.waiting()).isEqualTo(40);
        int number = first.next().sequence();
        for (int i = 1; i < 40; i++) {
            assertThat(first.next().sequence()).isEqualTo(number + i);
        }
    }

    @Test
    void shouldForgetNothingThatWaitsWhenAViewerComesOrGoes() {
        deliver(PUBLISHER_SSRC, MEDIA, 501, FRAME, payload(20));

        second.subscription.end();

        assertThat(first.waiting()).isEqualTo(1);
        assertThat(second.waiting()).isEqualTo(1);
    }

    @Test
    void shouldWaitForTheRestOfTheFrameWhileThereIsTime() {
        deliver(PUBLISHER_SSRC, MEDIA, 501, FRAME, payload(20), false);
        Fanout fanout = track.fanout();

        assertThat(fanout.isPatient(nowNanos + 1_999_999)).isTrue();
        assertThat(fanout.isPatient(nowNanos + 2_000_000)).isFalse();

        deliver(PUBLISHER_SSRC, MEDIA, 502, FRAME, payload(20), true);
        assertThat(fanout.isPatient(nowNanos)).isFalse();
        departures.departAll();
        assertThat(first.waiting()).isEqualTo(2);
        assertThat(fanout.isPatient(nowNanos)).isFalse();
    }

    @Test
    void shouldNotKeepTheEndOfAFrameForTheSakeOfTheNext() {
        deliver(PUBLISHER_SSRC, MEDIA, 501, FRAME, payload(20), true);
        deliver(PUBLISHER_SSRC, MEDIA, 502, 2 * FRAME, payload(20), false);

        assertThat(track.fanout().isPatient(nowNanos)).isFalse();
    }

    @Test
    void shouldMakeEachFrameOfARunOneLength() {
        deliver(PUBLISHER_SSRC, MEDIA, 501, FRAME, payload(40), false);
        deliver(PUBLISHER_SSRC, MEDIA, 502, FRAME, payload(41), true);
        deliver(PUBLISHER_SSRC, MEDIA, 503, 2 * FRAME, payload(20), false);
        deliver(PUBLISHER_SSRC, MEDIA, 504, 2 * FRAME, payload(21), true);
        departures.departAll();

        assertThat(List.of(first.next(), first.next(), first.next(), first.next()))
                .extracting(RtpPacket::paddingBytes)
                .containsExactly(1, 0, 1, 0);
    }

    @Test
    void shouldPassNoPaddingOnThatCameIn() {
        byte[] payload = payload(20);
        deliverPadded(501, FRAME, payload, 200);
        departures.departAll();

        RtpPacket forwarded = first.next();
        for (RtpPacket packet : List.of(forwarded, second.next())) {
            assertThat(packet.paddingBytes()).isZero();
            assertThat(payload(packet)).isEqualTo(payload);
        }
        first.subscription.onNack(forwarded.sequence(), 0, nowNanos);
        RtpPacket again = first.next();
        assertThat(again.paddingBytes()).isZero();
        assertThat(payload(again)).hasSize(payload.length + 2).endsWith(payload);
    }

    @Test
    void shouldPadAgainWhatCameInPadded() {
        deliverPadded(501, FRAME, payload(20), 3);
        deliverPadded(502, FRAME, payload(21), 200);
        departures.departAll();

        RtpPacket padded = first.next();
        assertThat(padded.paddingBytes()).isEqualTo(1);
        assertThat(padded.lengthBytes()).isEqualTo(first.next().lengthBytes());

        first.subscription.onNack(padded.sequence(), 0, nowNanos);
        assertThat(first.next().paddingBytes()).isZero();
    }

    /** As a publisher sends that pads: probing, or hiding lengths (RFC 3550 5.1). */
    private void deliverPadded(int sequence, int timestamp, byte[] payload, int paddingBytes) {
        byte[] padded = Arrays.copyOf(payload, payload.length + paddingBytes);
        padded[padded.length - 1] = (byte) paddingBytes;
        deliver(PUBLISHER_SSRC, MEDIA, sequence, timestamp, padded, true, true);
    }

    @Test
    void shouldSendARunOnceWhenAViewerEndsWhileItIsSent() {
        AtomicBoolean ended = new AtomicBoolean();
        second.port.onSend(() -> {
            if (ended.compareAndSet(false, true)) {
                second.subscription.end();
            }
        });
        deliver(PUBLISHER_SSRC, MEDIA, 501, FRAME, payload(20));
        deliver(PUBLISHER_SSRC, MEDIA, 502, FRAME, payload(20));
        departures.departAll();

        assertThat(defects).isEmpty();
        assertThat(first.waiting()).isEqualTo(2);
    }

    private static byte[] payload(int bytes) {
        byte[] payload = Arrays.copyOf(INTERFRAME, bytes);
        Arrays.fill(payload, INTERFRAME.length, bytes, (byte) bytes);
        return payload;
    }
}
