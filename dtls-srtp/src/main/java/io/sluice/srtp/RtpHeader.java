package io.sluice.srtp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The fields of an RTP or RTCP header that decide about keys (RFC 3550 5.1, 6.4.1). */
final class RtpHeader {

    /** What is returned for a header that claims more than there is. */
    static final int MALFORMED = -1;

    static final int RTCP_HEADER_BYTES = 8;

    private static final int FIXED_BYTES = 12;
    private static final int EXTENSION_HEADER_BYTES = 4;
    private static final int VERSION = 2;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private RtpHeader() {}

    /**
     * Whether a packet that came in lies within its memory and is no longer than a slot: libcrypto works
     * on pointers, and looks at neither.
     */
    static boolean isReceivable(MemorySegment memory, long offset, int length) {
        return length <= Math.min(SrtpScratch.MAX_PACKET_BYTES, memory.byteSize() - offset);
    }

    /** The size of the RTP header with CSRCs and extensions, or {@link #MALFORMED}. */
    static int sizeBytes(MemorySegment memory, long offset, int length) {
        if (length < FIXED_BYTES) {
            return MALFORMED;
        }
        int first = memory.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
        int size = FIXED_BYTES + (first & 0x0F) * Integer.BYTES;
        if (first >> 6 != VERSION || size > length) {
            return MALFORMED;
        }
        if ((first & 0x10) != 0) {
            if (size + EXTENSION_HEADER_BYTES > length) {
                return MALFORMED;
            }
            int words = memory.get(SHORT, offset + size + 2) & 0xFFFF;
            size += EXTENSION_HEADER_BYTES + words * Integer.BYTES;
        }
        return size > length ? MALFORMED : size;
    }

    /**
     * Whether a packet to be protected may be read and stays within a slot: its header ends exactly at
     * {@code headerBytes}, and no size is negative or too large.
     */
    static boolean isSendable(
            MemorySegment out, long offset, int headerBytes, int prefixBytes, int payloadBytes) {
        if (headerBytes < FIXED_BYTES || prefixBytes < 0 || payloadBytes < 0) {
            return false;
        }
        long length = (long) headerBytes + prefixBytes + payloadBytes;
        return length <= Math.min(SrtpScratch.MAX_PACKET_BYTES, out.byteSize() - offset)
                && sizeBytes(out, offset, headerBytes) == headerBytes;
    }

    static int sequence(MemorySegment memory, long offset) {
        return memory.get(SHORT, offset + 2) & 0xFFFF;
    }

    static int ssrc(MemorySegment memory, long offset) {
        return memory.get(INT, offset + 8);
    }

    static boolean isRtcp(MemorySegment memory, long offset, int length) {
        return length >= RTCP_HEADER_BYTES
                && (memory.get(ValueLayout.JAVA_BYTE, offset) & 0xFF) >> 6 == VERSION;
    }

    static int rtcpSsrc(MemorySegment memory, long offset) {
        return memory.get(INT, offset + 4);
    }

    static int word(MemorySegment memory, long offset) {
        return memory.get(INT, offset);
    }
}
