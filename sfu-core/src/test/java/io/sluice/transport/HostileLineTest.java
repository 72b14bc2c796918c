package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.forward.Subscription;
import io.sluice.forward.SubscriptionFormat;
import io.sluice.ice.Slab;
import io.sluice.receive.KeyframeRequester;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.RtcpMessage;
import io.sluice.rtp.RtcpReader;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a participant with valid keys can do to those who watch it, and to the packet line. The viewers'
 * keys are checked: a number that protects two packets is a defect, and every test holds that there is
 * none.
 */
final class HostileLineTest extends PacketLineFixture {
    private static final int PACKETS = 4_000;
    private static final int SSRCS = 1 << 16;
    private static final int SSRCS_OF_ONE_CONTEXT = 4_000;
    private static final int VIEWERS = 500;
    private static final long TICK_NANOS = 10_000_000;
    private static final long STORM_NANOS = 10_000_000_000L;

    private int mainSsrc = PUBLISHER_SSRC;
    private final RtpPacket received = new RtpPacket();
    private final MemorySegment payload = Arena.ofAuto().allocate(Slab.SLOT_BYTES);
    private final MemorySegment feedback = Arena.ofAuto().allocate(Slab.SLOT_BYTES);

    HostileLineTest() {
        super(Codec.VP8);
    }

    /** Protects what lies in a slot as its sender would, and delivers it as the port would. */
    private void deliver(SrtpContext sender, byte[] packet, int headerBytes) {
        int slot = slab.take();
        long at = Slab.offset(slot);
        MemorySegment.copy(packet, 0, slab.memory(), ValueLayout.JAVA_BYTE, at, headerBytes);
        int payloadBytes = packet.length - headerBytes;
        MemorySegment.copy(packet, 0, payload, ValueLayout.JAVA_BYTE, 0, packet.length);
        int length =
                sender.protectRtp(
                        slab.memory(), at, headerBytes, 0, payload, headerBytes, payloadBytes);
        if (length > 0) {
            ingress.onRtp(server, slot, length, nowNanos);
            departures.departAll();
        }
        slab.release(slot);
    }

    /** A header that an SRTP sender can send, with anything in its fields, its extensions and behind it. */
    private int forge(Random wild, byte[] packet, int sequence) {
        wild.nextBytes(packet);
        int sources = wild.nextInt(4) == 0 ? wild.nextInt(16) : 0;
        boolean extended = wild.nextInt(3) > 0;
        packet[0] = (byte) (0x80 | sources);
        packet[0] |= (byte) (wild.nextInt(5) == 0 ? 0x20 : 0);
        packet[0] |= (byte) (extended ? 0x10 : 0);
        int[] types = {MEDIA, MEDIA, MEDIA, RTX, wild.nextInt(128)};
        packet[1] = (byte) (types[wild.nextInt(types.length)] | (wild.nextInt(2) << 7));
        packet[2] = (byte) (sequence >> 8);
        packet[3] = (byte) sequence;
        // Once another is heard, the track follows it and no other.
        mainSsrc = wild.nextInt(500) == 0 ? 0x7000 + wild.nextInt(12) : mainSsrc;
        int[] ssrcs = {mainSsrc, mainSsrc, PUBLISHER_SSRC, PUBLISHER_RTX_SSRC};
        int ssrc = ssrcs[wild.nextInt(ssrcs.length)];
        for (int i = 0; i < 4; i++) {
            packet[8 + i] = (byte) (ssrc >> (24 - 8 * i));
        }
        int header = 12 + 4 * sources;
        if (extended) {
            int words = wild.nextInt(wild.nextInt(8) == 0 ? 80 : 4);
            packet[header] = (byte) (wild.nextBoolean() ? 0xbe : 0x10);
            packet[header + 1] = (byte) (packet[header] == 0x10 ? 0 : 0xde);
            packet[header + 2] = 0;
            packet[header + 3] = (byte) words;
            if (words > 0 && wild.nextBoolean()) {
                packet[header + 4] = 0x40; // the MID, one letter
                packet[header + 5] = '1';
            }
            header += 4 + 4 * words;
        }
        boolean keyframe = wild.nextInt(3) == 0;
        if (packet.length > header + 10 && wild.nextInt(4) > 0) {
            byte[] frame = keyframe ? KEYFRAME : INTERFRAME;
            System.arraycopy(frame, 0, packet, header, frame.length);
        }
        return header;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldBreakNoViewerWhateverAPublisherSends(long seed) {
        publish();
        Random wild = new Random(seed);
        int sequence = wild.nextInt(1 << 16);
        for (int i = 0; i < PACKETS; i++) {
            sequence += wild.nextInt(200) == 0 ? wild.nextInt(-4_000, 30_000) : 1;
            sequence -= wild.nextInt(10) == 0 ? wild.nextInt(50) : 0;
            byte[] packet = new byte[400 + wild.nextInt(wild.nextInt(9) == 0 ? 1_600 : 200)];
            int header = forge(wild, packet, sequence);
            deliver(publisher, packet, header);
            nowNanos += wild.nextInt(40) == 0 ? 300_000_000 : wild.nextInt(3_000_000);
            if (i % 10 == 0) {
                track.onSenderReport(track.ssrc(), wild.nextLong(), wild.nextInt(), nowNanos);
                first.subscription.onNack(wild.nextInt(1 << 16), wild.nextInt(), nowNanos);
                second.subscription.onNack(wild.nextInt(1 << 16), wild.nextInt(), nowNanos);
                reports();
            }
            assertThat(defects).as("after packet %d of seed %d", i, seed).isEmpty();
        }
        assertThat(read(first)).isPositive();
        assertThat(read(second)).isPositive();
    }

    /** How many packets the viewer can read; of the others, all are late ones. */
    private int read(Viewer viewer) {
        int good = 0;
        for (byte[] datagram : viewer.port.sent()) {
            MemorySegment.copy(datagram, 0, payload, ValueLayout.JAVA_BYTE, 0, datagram.length);
            int length = viewer.client.unprotectRtp(payload, 0, datagram.length);
            if (length < 0) {
                assertThat(SrtpError.of(length)).isIn(SrtpError.REPLAYED, SrtpError.TOO_OLD);
            } else {
                assertThat(received.wrap(payload, 0, length)).isTrue();
                good++;
            }
        }
        return good;
    }

    private List<RtcpMessage> reports() {
        RtcpWriter writer = new RtcpWriter();
        writer.begin(feedback, 0, Slab.SLOT_BYTES);
        first.subscription.writeSenderReport(writer, nowNanos);
        track.writeReport(writer, nowNanos);
        track.writeFeedback(writer, 1, 0, nowNanos);
        List<RtcpMessage> messages = new ArrayList<>();
        RtcpReader reader = new RtcpReader();
        reader.wrap(feedback, 0, writer.lengthBytes());
        for (RtcpMessage message = reader.next(); message != null; message = reader.next()) {
            messages.add(message);
        }
        return messages;
    }

    @Test
    void shouldKeepLittleForAsManySsrcsAsAClientCanThinkOf() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        for (int from = 0; from < SSRCS; from += SSRCS_OF_ONE_CONTEXT) {
            try (SrtpContext sender = SrtpContexts.open(publisherKeys, SrtpConfig.defaults())) {
                for (int ssrc = from; ssrc < from + SSRCS_OF_ONE_CONTEXT && ssrc < SSRCS; ssrc++) {
                    byte[] packet = new byte[40];
                    packet[0] = (byte) 0x80;
                    packet[1] = 35;
                    packet[9] = 1;
                    packet[10] = (byte) (ssrc >> 8);
                    packet[11] = (byte) ssrc;
                    deliver(sender, packet, 12);
                }
            }
        }
        int held = SrtpConfig.defaults().maxReceiveSsrcs() - 1;
        assertThat(drops.of(DropReason.NOT_NEGOTIATED)).isEqualTo(held);
        assertThat(drops.of(DropReason.TOO_MANY_SSRCS)).isEqualTo(SSRCS - held);
        send(PUBLISHER_SSRC, MEDIA, 501, 12_000, INTERFRAME);
        first.next();
        assertThat(payload(first.next())).isEqualTo(INTERFRAME);
    }

    @Test
    void shouldAskForFewKeyframesWhateverFiveHundredViewersWant() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        List<Subscription> viewers = new ArrayList<>();
        for (int i = 0; i < VIEWERS; i++) {
            viewers.add(
                    new Subscription(
                            new SubscriptionFormat("9", 100, 0, i, 0, ExtensionMap.EMPTY),
                            track.fanout(),
                            first.egress,
                            random));
            viewers.getLast().begin();
        }
        List<Long> asked = new ArrayList<>();
        long endNanos = nowNanos + STORM_NANOS;
        for (; nowNanos < endNanos; nowNanos += TICK_NANOS) {
            viewers.forEach(Subscription::onPictureLoss);
            for (RtcpMessage message : reports()) {
                if (message instanceof RtcpMessage.PictureLoss) {
                    asked.add(nowNanos);
                }
            }
        }
        assertThat(asked).hasSizeBetween(45, 51);
        for (int i = 1; i < asked.size(); i++) {
            assertThat(asked.get(i) - asked.get(i - 1))
                    .isGreaterThanOrEqualTo(KeyframeRequester.DEFAULT_INTERVAL_NANOS);
        }
    }

    @Test
    void shouldLookForOnlySoManyPacketsInATurn() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 9_000, KEYFRAME);
        for (int asked = 0; asked < 1 << 16; asked += 17) {
            first.subscription.onNack(asked, 0xffff, nowNanos);
        }
        assertThat(drops.of(DropReason.RESEND_UNAVAILABLE)).isLessThanOrEqualTo(2_048);
        assertThat(drops.of(DropReason.RESEND_LIMIT)).isGreaterThan(3_000);
        int sent = first.port.sent().size();
        int sequence = first.next().sequence();
        first.subscription.onNack(sequence, 0, nowNanos + 100_000_000);
        assertThat(first.port.sent()).hasSize(sent + 1);
    }
}
