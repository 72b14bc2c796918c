package io.sluice.bench.load;

import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/** Reads what of an RTP packet is not encrypted, without decrypting the rest. */
final class ClearHeader {
    /** What {@link #transportSequence} returns where there is none. */
    static final int NONE = -1;

    private static final int EXTENSION_BIT = 0x10;
    private static final int COUNT_MASK = 0x0f;

    private ClearHeader() {}

    /** The transport-wide number in a one-byte header extension (RFC 8285 4.2), 16 bits. */
    static int transportSequence(MemorySegment memory, long at, int length) {
        int first = Wire.u8(memory, at);
        int block = RtpPacket.HEADER_BYTES + 4 * (first & COUNT_MASK);
        if ((first & EXTENSION_BIT) == 0
                || length < block + RtpPacket.EXTENSION_HEADER_BYTES
                || Wire.u16(memory, at + block) != RtpPacket.ONE_BYTE_PROFILE) {
            return NONE;
        }
        int element = block + RtpPacket.EXTENSION_HEADER_BYTES;
        int end = Math.min(length, element + 4 * Wire.u16(memory, at + block + 2));
        while (element < end) {
            int head = Wire.u8(memory, at + element);
            if (head == 0) {
                element++;
                continue;
            }
            int bytes = (head & COUNT_MASK) + 1;
            if (head >>> 4 == PublishedStream.TRANSPORT_EXTENSION && element + 2 < end) {
                return Wire.u16(memory, at + element + 1);
            }
            element += 1 + bytes;
        }
        return NONE;
    }
}
