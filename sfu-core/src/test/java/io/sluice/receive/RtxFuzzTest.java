package io.sluice.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.rtp.Hex;
import io.sluice.rtp.RtpPacket;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever stands in a retransmission, what comes out is the packet that it repeats, or nothing. */
final class RtxFuzzTest {
    private static final int SSRC = 0x01020304;
    private static final int PAYLOAD_TYPE = 96;

    private final RtpPacket packet = new RtpPacket();

    static List<byte[]> packets() {
        return List.of(
                bytes("80e1 0001 00000002 00000003 1234 1122"),
                bytes("90e1 0001 00000002 00000003 bede0001 10aa0000 1234 1122"),
                bytes("a2e1 0001 00000002 00000003 00000004 00000005 1234 1122 0002"),
                bytes("80e1 0001 00000002 00000003 12"));
    }

    private static byte[] bytes(String digits) {
        return Hex.packet(digits).toArray(ValueLayout.JAVA_BYTE);
    }

    @MethodSource("packets")
    @FuzzTest
    void rtx(byte[] bytes) {
        byte[] before = bytes.clone();
        MemorySegment memory = MemorySegment.ofArray(bytes);
        if (!packet.wrap(memory, 0, bytes.length)) {
            return;
        }
        int header = packet.headerBytes();
        int payload = packet.payloadBytes();
        int padding = packet.paddingBytes();
        int elements = packet.elements();
        boolean marker = packet.marker();
        int timestamp = packet.timestamp();
        boolean unwrapped = RtxUnwrapper.unwrap(packet, SSRC, PAYLOAD_TYPE);
        assertThat(unwrapped).isEqualTo(payload >= 2);
        if (!unwrapped) {
            return;
        }
        assertThat(packet.ssrc()).isEqualTo(SSRC);
        assertThat(packet.payloadType()).isEqualTo(PAYLOAD_TYPE);
        assertThat(packet.marker()).isEqualTo(marker);
        assertThat(packet.timestamp()).isEqualTo(timestamp);
        assertThat(packet.sequence())
                .isEqualTo((before[header] & 0xff) << 8 | (before[header + 1] & 0xff));
        assertThat(packet.headerBytes()).isEqualTo(header);
        assertThat(packet.payloadBytes()).isEqualTo(payload - 2);
        assertThat(packet.paddingBytes()).isEqualTo(padding);
        assertThat(packet.elements()).isEqualTo(elements);
        assertThat(Arrays.copyOfRange(bytes, header + 2, bytes.length))
                .isEqualTo(Arrays.copyOfRange(before, header + 2, before.length));
    }
}
