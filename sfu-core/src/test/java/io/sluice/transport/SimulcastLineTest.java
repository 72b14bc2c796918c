package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.forward.EncodingLayers;
import io.sluice.ice.Slab;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.RtcpMessage;
import io.sluice.rtp.RtpHeaderWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A publisher of three encodings: which packet is of which, and who is asked for what. */
final class SimulcastLineTest extends PacketLineFixture {
    private static final int LOW = 0x1001;
    private static final int MIDDLE = 0x1002;
    private static final int HIGH = 0x1003;
    private static final int HIGH_AGAIN = 0x1004;
    private static final int HIGH_RTX = 0x2003;
    private static final int NO_NAME = 0;

    SimulcastLineTest() {
        super(Codec.VP8, List.of("q", "h", "f"));
    }

    private void publishNamed() {
        ingress.routes(List.of(new ReceiveRoute(section(Map.of()), track)), server);
        first.subscription.begin();
    }

    /** A packet that names its encoding by {@code rid} in an extension. */
    private void send(int ssrc, int type, int sequence, int nameId, char rid, byte[] payload) {
        int slot = slab.take();
        RtpHeaderWriter writer = new RtpHeaderWriter();
        long at = Slab.offset(slot);
        writer.begin(slab.memory(), at, 200, true, type, sequence, sequence * 3_000L, ssrc);
        if (nameId != NO_NAME) {
            writer.add(MID, '1', 1);
            writer.add(nameId, rid, 1);
        }
        deliver(slot, writer.end(), payload);
        departures.departAll();
    }

    private void sendNamed(int ssrc, int sequence, char rid, byte[] payload) {
        send(ssrc, MEDIA, sequence, RID, rid, payload);
    }

    private void sendBare(int ssrc, int sequence, byte[] payload) {
        send(ssrc, MEDIA, sequence, NO_NAME, ' ', payload);
    }

    /** A packet that names its section only. */
    private void sendUnnamed(int ssrc, int type, int sequence, byte[] payload) {
        int slot = slab.take();
        RtpHeaderWriter writer = new RtpHeaderWriter();
        long at = Slab.offset(slot);
        writer.begin(slab.memory(), at, 200, true, type, sequence, sequence * 3_000L, ssrc);
        writer.add(MID, '1', 1);
        deliver(slot, writer.end(), payload);
        departures.departAll();
    }

    private static byte[] frame(byte[] kind, int mark) {
        byte[] frame = kind.clone();
        frame[frame.length - 1] = (byte) mark;
        return frame;
    }

    private List<byte[]> received() {
        List<byte[]> payloads = new ArrayList<>();
        while (first.waiting() > 0) {
            payloads.add(payload(first.next()));
        }
        return payloads;
    }

    /** The sources that are asked for a keyframe now. */
    private List<Integer> askedForKeyframes() {
        List<Integer> ssrcs = new ArrayList<>();
        for (RtcpMessage message : feedback(Slab.SLOT_BYTES)) {
            if (message instanceof RtcpMessage.PictureLoss loss) {
                ssrcs.add(loss.mediaSsrc());
            }
        }
        return ssrcs;
    }

    @Test
    void shouldSendAViewerOneEncodingOnly() {
        publishNamed();
        sendNamed(MIDDLE, 500, 'h', frame(KEYFRAME, 1));
        sendNamed(LOW, 900, 'q', frame(KEYFRAME, 2));
        sendNamed(HIGH, 100, 'f', frame(KEYFRAME, 3));
        sendNamed(MIDDLE, 501, 'h', frame(INTERFRAME, 4));

        assertThat(received()).containsExactly(frame(KEYFRAME, 1), frame(INTERFRAME, 4));
    }

    @Test
    void shouldKnowAnEncodingWithoutItsNameOnceItWasNamed() {
        publishNamed();
        sendNamed(HIGH, 500, 'f', frame(KEYFRAME, 1));
        sendNamed(LOW, 900, 'q', frame(KEYFRAME, 2));
        sendBare(LOW, 901, frame(INTERFRAME, 3));
        sendBare(HIGH, 501, frame(INTERFRAME, 4));

        assertThat(received()).containsExactly(frame(KEYFRAME, 1), frame(INTERFRAME, 4));
        assertThat(drops.of(DropReason.NOT_NEGOTIATED)).isZero();
    }

    @Test
    void shouldTakeWhatComesBeforeItsNameForNothing() {
        publishNamed();
        sendBare(HIGH, 500, KEYFRAME);
        assertThat(drops.of(DropReason.NOT_NEGOTIATED)).isEqualTo(1);

        sendNamed(HIGH, 501, 'f', frame(KEYFRAME, 1));
        assertThat(received()).containsExactly(frame(KEYFRAME, 1));
    }

    @Test
    void shouldRefuseARidThatWasNeverSignalled() {
        publishNamed();
        for (int i = 0; i < 10; i++) {
            sendNamed(HIGH, 500 + i, 'x', KEYFRAME);
        }
        assertThat(received()).isEmpty();
        assertThat(drops.of(DropReason.UNKNOWN_ENCODING)).isEqualTo(10);
    }

    @Test
    void shouldTakeSourcesAsTheyComeOfWhoOffersRidsAndSendsNone() {
        publishNamed();
        sendUnnamed(HIGH, MEDIA, 500, frame(KEYFRAME, 1));
        sendUnnamed(HIGH, MEDIA, 502, frame(INTERFRAME, 2));
        sendUnnamed(HIGH_RTX, RTX, 9, wrapped(501, frame(INTERFRAME, 3)));
        sendUnnamed(LOW, MEDIA, 500, frame(KEYFRAME, 4));
        sendUnnamed(MIDDLE, MEDIA, 500, frame(KEYFRAME, 5));
        sendBare(HIGH, 503, frame(INTERFRAME, 6));

        assertThat(received())
                .containsExactly(
                        frame(KEYFRAME, 1),
                        frame(INTERFRAME, 2),
                        frame(INTERFRAME, 3),
                        frame(INTERFRAME, 6));
        assertThat(drops.of(DropReason.NOT_NEGOTIATED)).isZero();
        sendUnnamed(HIGH_AGAIN, MEDIA, 500, KEYFRAME);
        assertThat(drops.of(DropReason.NOT_NEGOTIATED)).isEqualTo(1);
    }

    @Test
    void shouldTakeNothingWithoutANameOfWhoSendsNames() {
        publishNamed();
        sendNamed(LOW, 500, 'q', frame(KEYFRAME, 1));
        sendUnnamed(HIGH, MEDIA, 500, KEYFRAME);
        sendUnnamed(HIGH_RTX, RTX, 9, wrapped(501, INTERFRAME));

        assertThat(received()).containsExactly(frame(KEYFRAME, 1));
        assertThat(drops.of(DropReason.NOT_NEGOTIATED)).isEqualTo(2);
    }

    @Test
    void shouldGoOnWhereAnEncodingComesUnderAnotherSource() {
        publishNamed();
        sendNamed(HIGH, 500, 'f', frame(KEYFRAME, 1));
        int before = first.next().sequence();
        sendNamed(HIGH_AGAIN, 7, 'f', frame(KEYFRAME, 2));
        sendBare(HIGH, 501, frame(INTERFRAME, 3));

        var after = first.next();
        assertThat(payload(after)).isEqualTo(frame(KEYFRAME, 2));
        assertThat(after.sequence()).isEqualTo(before + 1);
        assertThat(received()).isEmpty();
    }

    @Test
    void shouldForgetPastSourcesWhenThereAreTooMany() {
        publishNamed();
        sendNamed(LOW, 500, 'q', frame(KEYFRAME, 0));
        first.next();
        for (int i = 1; i <= 100; i++) {
            sendNamed(HIGH + i, 500, 'f', KEYFRAME);
        }
        sendBare(LOW, 501, frame(INTERFRAME, 1));
        sendBare(HIGH + 100, 501, frame(INTERFRAME, 2));

        assertThat(received()).containsExactly(frame(INTERFRAME, 1));
        assertThat(drops.of(DropReason.NOT_NEGOTIATED)).isZero();
        assertThat(drops.of(DropReason.UNKNOWN_ENCODING)).isZero();
    }

    @Test
    void shouldFindTheEncodingOfARetransmissionByItsRepairedRid() {
        publishNamed();
        sendNamed(LOW, 1, 'q', KEYFRAME);
        sendNamed(HIGH, 500, 'f', frame(KEYFRAME, 1));
        track.fanout().interrupt();
        received();
        sendNamed(HIGH, 502, 'f', frame(KEYFRAME, 2));
        send(HIGH_RTX, RTX, 9, REPAIRED_RID, 'f', wrapped(501, frame(INTERFRAME, 3)));
        sendNamed(HIGH, 503, 'f', frame(INTERFRAME, 4));
        send(HIGH_RTX, RTX, 10, NO_NAME, ' ', wrapped(503, frame(INTERFRAME, 4)));

        // What came before the viewer began anew is not its own; what came twice is sent once.
        assertThat(received()).containsExactly(frame(KEYFRAME, 2), frame(INTERFRAME, 4));
        assertThat(drops.of(DropReason.BEFORE_SWITCH)).isEqualTo(1);
        assertThat(drops.of(DropReason.DUPLICATE)).isEqualTo(1);
    }

    @Test
    void shouldAskEachEncodingForItsOwnKeyframe() {
        publishNamed();
        sendNamed(LOW, 500, 'q', INTERFRAME);
        sendNamed(MIDDLE, 500, 'h', INTERFRAME);
        sendNamed(HIGH, 500, 'f', INTERFRAME);
        askedForKeyframes();
        sendNamed(MIDDLE, 501, 'h', KEYFRAME);
        nowNanos += 1_000_000_000;
        track.fanout().requestKeyframe(2);

        assertThat(askedForKeyframes()).contains(HIGH).doesNotContain(MIDDLE);
    }

    @Test
    void shouldAskAgainForWhatIsMissingOfEachEncoding() {
        publishNamed();
        sendNamed(LOW, 500, 'q', KEYFRAME);
        sendNamed(HIGH, 100, 'f', KEYFRAME);
        sendNamed(LOW, 502, 'q', INTERFRAME);
        sendNamed(HIGH, 102, 'f', INTERFRAME);
        assertThat(asked()).containsExactlyInAnyOrder(501, 101);
    }

    @Test
    void shouldKnowEncodingsThatAreDeclaredBySsrc() {
        Map<Integer, Integer> ssrcs = new LinkedHashMap<>();
        ssrcs.put(LOW, 0);
        ssrcs.put(MIDDLE, 0);
        ssrcs.put(HIGH, HIGH_RTX);
        ingress.routes(List.of(new ReceiveRoute(section(ssrcs), track)), server);
        first.subscription.begin();
        sendBare(HIGH, 500, frame(KEYFRAME, 1));
        sendBare(LOW, 500, frame(KEYFRAME, 2));
        sendBare(HIGH, 502, frame(INTERFRAME, 3));
        send(HIGH_RTX, RTX, 9, NO_NAME, ' ', wrapped(501, frame(INTERFRAME, 4)));

        assertThat(received())
                .containsExactly(frame(KEYFRAME, 1), frame(INTERFRAME, 3), frame(INTERFRAME, 4));
    }

    @Test
    void shouldGiveEachEncodingARunOfItsOwnInATurn() {
        publishNamed();
        sendNamed(LOW, 500, 'q', frame(KEYFRAME, 1));
        sendNamed(HIGH, 500, 'f', frame(KEYFRAME, 2));
        received();
        deliver(LOW, MEDIA, 501, 12_000, frame(INTERFRAME, 3));
        deliver(HIGH, MEDIA, 501, 12_000, frame(INTERFRAME, 4));
        deliver(LOW, MEDIA, 502, 15_000, frame(INTERFRAME, 5));
        departures.departAll();

        assertThat(received()).containsExactly(frame(INTERFRAME, 3), frame(INTERFRAME, 5));
    }

    @Test
    void shouldGoOnWithAnotherEncodingWhereOneHasStopped() {
        publishNamed();
        sendNamed(HIGH, 500, 'f', frame(KEYFRAME, 1));
        for (int i = 0; i < 40; i++) {
            sendNamed(LOW, 500 + i, 'q', INTERFRAME);
            nowNanos += 33_000_000;
            feedback(Slab.SLOT_BYTES);
        }
        received();
        sendNamed(LOW, 540, 'q', frame(KEYFRAME, 2));
        sendBare(LOW, 541, frame(INTERFRAME, 3));

        assertThat(received()).containsExactly(frame(KEYFRAME, 2), frame(INTERFRAME, 3));
        assertThat(track.layers().encodings())
                .extracting(EncodingLayers::active)
                .containsExactly(true, false, false);
    }

    @Test
    void shouldBeginWithWhatRunsThoughMoreComesMeanwhile() {
        publishNamed();
        sendNamed(LOW, 500, 'q', KEYFRAME);
        sendNamed(HIGH, 500, 'f', KEYFRAME);
        for (int i = 1; i < 60; i++) {
            sendNamed(LOW, 500 + i, 'q', INTERFRAME);
            nowNanos += 33_000_000;
            feedback(Slab.SLOT_BYTES);
        }
        second.subscription.begin();
        sendNamed(LOW, 560, 'q', INTERFRAME);
        sendNamed(HIGH, 502, 'f', INTERFRAME);
        feedback(Slab.SLOT_BYTES);
        sendNamed(LOW, 561, 'q', frame(KEYFRAME, 1));
        sendNamed(LOW, 562, 'q', frame(INTERFRAME, 2));
        sendNamed(HIGH, 503, 'f', frame(KEYFRAME, 3));
        sendNamed(LOW, 563, 'q', frame(INTERFRAME, 4));
        sendNamed(HIGH, 504, 'f', frame(INTERFRAME, 5));

        List<byte[]> received = new ArrayList<>();
        while (second.waiting() > 0) {
            received.add(payload(second.next()));
        }
        assertThat(received)
                .containsExactly(
                        frame(KEYFRAME, 1),
                        frame(INTERFRAME, 2),
                        frame(KEYFRAME, 3),
                        frame(INTERFRAME, 5));
    }

    @Test
    void shouldNotAskForKeyframesOfAnEncodingThatIsPaused() {
        publishNamed();
        sendNamed(LOW, 500, 'q', KEYFRAME);
        sendNamed(HIGH, 500, 'f', INTERFRAME);
        for (int i = 1; i < 40; i++) {
            sendNamed(LOW, 500 + i, 'q', INTERFRAME);
            nowNanos += 33_000_000;
            askedForKeyframes();
        }
        track.fanout().requestKeyframe(2);
        nowNanos += 300_000_000;
        assertThat(askedForKeyframes()).doesNotContain(HIGH);

        sendBare(HIGH, 501, INTERFRAME);
        assertThat(askedForKeyframes()).as("it goes on without one").contains(HIGH);
    }

    @Test
    void shouldWaitForTheEndOfEachEncodingsFrame() {
        publishNamed();
        sendNamed(LOW, 500, 'q', KEYFRAME);
        sendNamed(HIGH, 500, 'f', KEYFRAME);
        deliver(LOW, MEDIA, 501, 12_000, INTERFRAME);
        deliver(HIGH, MEDIA, 501, 12_000, INTERFRAME, false);
        assertThat(track.fanout().isPatient(nowNanos)).isTrue();
        deliver(HIGH, MEDIA, 502, 12_000, INTERFRAME);
        assertThat(track.fanout().isPatient(nowNanos)).isFalse();
        departures.departAll();
    }
}
