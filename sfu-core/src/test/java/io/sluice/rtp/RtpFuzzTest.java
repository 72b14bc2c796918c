package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever stands in a packet, all that is said of it lies in it, and its header extensions are the
 * same when they are written again.
 */
final class RtpFuzzTest {
    private static final int ID_MAX = 255;
    private static final int ROOM_BYTES = 12 + 4 + RtpPacket.ELEMENTS_MAX * (2 + ID_MAX) + 3;

    private final RtpPacket packet = new RtpPacket();
    private final RtpPacket again = new RtpPacket();
    private final RtpHeaderWriter writer = new RtpHeaderWriter();

    static List<byte[]> packets() {
        return List.of(
                header(1, 2, 3).append(bytes("payload")),
                header(1, 0, 200).append(bytes("two-byte form")),
                header().append(new byte[] {1, 2, 3, 3}, 0x20),
                header().csrc(3).append(bytes("csrc")),
                new byte[12]);
    }

    private record Header(MemorySegment memory, int length) {
        byte[] append(byte[] payload, int flags) {
            byte[] packet = new byte[length + payload.length];
            MemorySegment.copy(memory, 0, MemorySegment.ofArray(packet), 0, length);
            System.arraycopy(payload, 0, packet, length, payload.length);
            packet[0] |= (byte) flags;
            return packet;
        }

        byte[] append(byte[] payload) {
            return append(payload, 0);
        }

        Header csrc(int count) {
            Wire.put8(memory, 0, 0x80 | count);
            return new Header(memory, length + 4 * count);
        }
    }

    /** With elements of these sizes. */
    private static Header header(int... sizes) {
        MemorySegment memory = Hex.room(ROOM_BYTES);
        MemorySegment data = Hex.packet(bytes("a".repeat(ID_MAX)));
        RtpHeaderWriter writer = new RtpHeaderWriter();
        writer.begin(memory, 0, ROOM_BYTES, true, 96, 17, 90_000, 0x12345678);
        int id = 1;
        for (int size : sizes) {
            writer.add(id++, data, 0, size);
        }
        return new Header(memory, writer.end());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    @MethodSource("packets")
    @FuzzTest
    void rtp(byte[] bytes) {
        MemorySegment memory = MemorySegment.ofArray(bytes);
        if (!packet.wrap(memory, 0, bytes.length)) {
            return;
        }
        assertThat(packet.headerBytes()).isBetween(RtpPacket.HEADER_BYTES, bytes.length);
        assertThat(packet.payloadBytes()).isNotNegative();
        assertThat(packet.headerBytes() + packet.payloadBytes() + packet.paddingBytes())
                .isEqualTo(bytes.length);
        assertThat(packet.elements()).isBetween(0, RtpPacket.ELEMENTS_MAX);
        for (int i = 0; i < packet.elements(); i++) {
            assertThat(packet.elementId(i)).isBetween(1, ID_MAX);
            assertThat(packet.elementOffset(i)).isGreaterThanOrEqualTo(RtpPacket.HEADER_BYTES);
            assertThat(packet.elementOffset(i) + packet.elementBytes(i))
                    .isLessThanOrEqualTo(packet.payloadOffset());
            lookUp(packet.elementId(i));
        }
        lookUp(0);
        lookUp(ID_MAX);
        writeAgain(memory);
    }

    private void lookUp(int id) {
        int size = packet.find(id);
        assertThat(size).isBetween(RtpPacket.ABSENT, ID_MAX);
        assertThat(packet.audioLevel(id)).isBetween(RtpPacket.ABSENT, 127);
        assertThat(packet.transportWideSequence(id)).isBetween(RtpPacket.ABSENT, 0xffff);
        assertThat(packet.textEquals(id, "0") && size != 1).isFalse();
    }

    private void writeAgain(MemorySegment from) {
        MemorySegment room = MemorySegment.ofArray(new byte[ROOM_BYTES]);
        writer.begin(
                room,
                0,
                ROOM_BYTES,
                packet.marker(),
                packet.payloadType(),
                packet.sequence(),
                packet.timestamp(),
                packet.ssrc());
        for (int i = 0; i < packet.elements(); i++) {
            writer.add(packet.elementId(i), from, packet.elementOffset(i), packet.elementBytes(i));
        }
        int length = writer.end();
        assertThat(again.wrap(room, 0, length)).isTrue();
        assertThat(again.headerBytes()).isEqualTo(length);
        assertThat(again.marker()).isEqualTo(packet.marker());
        assertThat(again.payloadType()).isEqualTo(packet.payloadType());
        assertThat(again.sequence()).isEqualTo(packet.sequence());
        assertThat(again.timestamp()).isEqualTo(packet.timestamp());
        assertThat(again.ssrc()).isEqualTo(packet.ssrc());
        assertThat(again.elements()).isEqualTo(packet.elements());
        for (int i = 0; i < packet.elements(); i++) {
            assertThat(again.elementId(i)).isEqualTo(packet.elementId(i));
            assertThat(again.elementBytes(i)).isEqualTo(packet.elementBytes(i));
            assertThat(
                            MemorySegment.mismatch(
                                    room,
                                    again.elementOffset(i),
                                    again.elementOffset(i) + again.elementBytes(i),
                                    from,
                                    packet.elementOffset(i),
                                    packet.elementOffset(i) + packet.elementBytes(i)))
                    .isEqualTo(-1);
        }
    }
}
