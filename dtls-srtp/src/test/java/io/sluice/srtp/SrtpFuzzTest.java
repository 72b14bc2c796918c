package io.sluice.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever stands in a packet, it is refused by a code or comes out of unprotect as it went into
 * protect. The first byte chooses the profile, and whether the packet is RTP and forged.
 */
final class SrtpFuzzTest {
    private static final int PROFILE_MASK = 3;
    private static final int RTCP = 4;
    private static final int FORGED = 8;
    private static final int MAX_PACKET_BYTES = 2_048;

    static List<byte[]> packets() {
        byte[] rtp = Packets.rtp(1, 2, new byte[] {1, 2, 3, 4, 5});
        byte[] report = Packets.receiverReport(1, 32);
        return List.of(
                dressed(0, rtp),
                dressed(1, rtp),
                dressed(2, rtp),
                dressed(RTCP, report),
                dressed(RTCP | 2, report),
                dressed(FORGED | 2, rtp),
                dressed(FORGED | RTCP, report));
    }

    private static byte[] dressed(int dress, byte[] packet) {
        byte[] bytes = new byte[1 + packet.length];
        bytes[0] = (byte) dress;
        System.arraycopy(packet, 0, bytes, 1, packet.length);
        return bytes;
    }

    @MethodSource("packets")
    @FuzzTest
    void srtp(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_PACKET_BYTES) {
            return;
        }
        int dress = bytes[0];
        SrtpProfile profile =
                SrtpProfile.values()[(dress & PROFILE_MASK) % SrtpProfile.values().length];
        byte[] packet = Arrays.copyOfRange(bytes, 1, bytes.length);
        try (SrtpContext client = open(profile);
                SrtpContext server = open(profile)) {
            if ((dress & FORGED) != 0) {
                assertThat(unprotect(server, dress, packet)).isNegative();
            } else {
                sendAndReceive(client, server, dress, packet);
            }
        }
    }

    /** Both directions have the same keys, so that each can be the other side of each. */
    private static SrtpContext open(SrtpProfile profile) {
        byte[] key = new byte[profile.keyBytes()];
        byte[] salt = new byte[profile.saltBytes()];
        return SrtpContexts.open(
                new SrtpKeys(profile, key, salt, key, salt), SrtpConfig.defaults());
    }

    private static int unprotect(SrtpContext context, int dress, byte[] packet) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = offHeap(arena, packet);
            int length =
                    (dress & RTCP) != 0
                            ? context.unprotectRtcp(memory, 0, packet.length)
                            : context.unprotectRtp(memory, 0, packet.length);
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, packet, 0, packet.length);
            return length;
        }
    }

    /** Memory that is exactly as long: a read or write of ours past the end throws. */
    private static MemorySegment offHeap(Arena arena, byte[] bytes) {
        MemorySegment memory = arena.allocate(bytes.length);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return memory;
    }

    /** Returns what goes over the wire; empty if the packet was refused. */
    private static byte[] protect(SrtpContext context, int dress, byte[] packet) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] room = Arrays.copyOf(packet, packet.length + SrtpContext.MAX_OVERHEAD_BYTES);
            MemorySegment memory = offHeap(arena, room);
            int length;
            if ((dress & RTCP) != 0) {
                length = context.protectRtcp(memory, 0, packet.length);
            } else {
                int header = RtpHeader.sizeBytes(memory, 0, packet.length);
                length =
                        context.protectRtp(
                                memory,
                                0,
                                header,
                                0,
                                offHeap(arena, packet),
                                Math.max(0, header),
                                packet.length - header);
            }
            return length < 0
                    ? new byte[0]
                    : memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static void sendAndReceive(
            SrtpContext client, SrtpContext server, int dress, byte[] packet) {
        byte[] wire = protect(client, dress, packet);
        if (wire.length == 0) {
            return;
        }
        assertThat(wire.length)
                .isBetween(packet.length + 1, packet.length + SrtpContext.MAX_OVERHEAD_BYTES);
        byte[] received = wire.clone();
        assertThat(unprotect(server, dress, received)).isEqualTo(packet.length);
        assertThat(received).startsWith(packet);
        assertThat(unprotect(server, dress, wire.clone())).isEqualTo(SrtpError.REPLAYED.code());
        // One bit that is not as it was sent.
        byte[] changed = wire.clone();
        changed[wire.length - 1] ^= 1;
        try (SrtpContext other = open(client.profile())) {
            assertThat(unprotect(other, dress, changed)).isNegative();
        }
    }
}
