package io.sluice.codec;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/**
 * Writes bits, most significant first. The caller sees to it that there is room.
 *
 * <p>Owned by one loop; allocates nothing.
 */
final class BitWriter {
    private MemorySegment memory = MemorySegment.NULL;
    private long offset;
    private int at;

    void begin(MemorySegment to, long toOffset) {
        memory = to;
        offset = toOffset;
        at = 0;
    }

    /** Writes the low {@code bits} bits of {@code value}, at most 32. */
    void write(long value, int bits) {
        int left = bits;
        while (left > 0) {
            int inByte = at & 7;
            int taken = Math.min(left, 8 - inByte);
            int piece = (int) (value >>> (left - taken)) & ((1 << taken) - 1);
            long place = offset + (at >>> 3);
            int before = inByte == 0 ? 0 : Wire.u8(memory, place);
            Wire.put8(memory, place, before | piece << (8 - inByte - taken));
            at += taken;
            left -= taken;
        }
    }

    /** Bytes that were begun; what is left of the last one is 0. */
    int lengthBytes() {
        return (at + 7) >>> 3;
    }
}
