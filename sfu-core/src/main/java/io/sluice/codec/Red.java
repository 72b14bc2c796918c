package io.sluice.codec;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/**
 * Redundant audio (RFC 2198): a packet that carries earlier frames once more before its own.
 *
 * <p>Within the server its payload number is {@link #PAYLOAD_TYPE}, whatever the publisher's is: the
 * publisher's loop writes it, each viewer's loop reads it.
 */
public final class Red {
    /** One that nobody can negotiate: with RTP and RTCP on one port it would be read as RTCP (RFC 5761 4). */
    public static final int PAYLOAD_TYPE = 64;

    /** The payload is not what RFC 2198 allows. */
    public static final int MALFORMED = -1;

    private static final int BLOCK_HEADER_BYTES = 4;

    /** Nobody repeats so many frames; each costs every viewer some time. */
    private static final int MAX_REDUNDANT = 16;

    /** Another block stands behind the one of this header. */
    private static final int FOLLOWED = 0x80;

    private static final int LENGTH_MASK = 0x3ff;

    private Red() {}

    /**
     * How many bytes stand before the frame of the packet itself: headers and what is sent once more; or
     * {@link #MALFORMED}.
     */
    public static int primaryOffset(MemorySegment memory, long offset, int length) {
        int at = 0;
        int redundantBytes = 0;
        while (at < length && (Wire.u8(memory, offset + at) & FOLLOWED) != 0) {
            if (length - at < BLOCK_HEADER_BYTES || at >= MAX_REDUNDANT * BLOCK_HEADER_BYTES) {
                return MALFORMED;
            }
            redundantBytes += Wire.u16(memory, offset + at + 2) & LENGTH_MASK;
            at += BLOCK_HEADER_BYTES;
        }
        int primary = at + 1 + redundantBytes;
        return primary < length ? primary : MALFORMED;
    }

    /**
     * Writes the headers of all blocks with another payload type: each client has its own number for what is repeated,
     * and decodes nothing under one that it does not know.
     *
     * @param offset of a payload that has a {@link #primaryOffset}
     * @return how many bytes they take, as they did before
     */
    public static int writeHeaders(
            MemorySegment memory, long offset, int payloadType, MemorySegment out, long outOffset) {
        int at = 0;
        while ((Wire.u8(memory, offset + at) & FOLLOWED) != 0) {
            Wire.put8(out, outOffset + at, FOLLOWED | payloadType);
            MemorySegment.copy(
                    memory, offset + at + 1, out, outOffset + at + 1, BLOCK_HEADER_BYTES - 1);
            at += BLOCK_HEADER_BYTES;
        }
        Wire.put8(out, outOffset + at, payloadType);
        return at + 1;
    }
}
