package io.sluice.codec;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/**
 * Reads bits, most significant first, of a stretch of memory. Past its end there are zeros, and {@link
 * #overrun} says so: parsers look once, at their end.
 *
 * <p>Owned by one loop; allocates nothing.
 */
final class BitReader {
    private MemorySegment memory = MemorySegment.NULL;
    private long offset;
    private long limitBits;
    private long at;
    private boolean overrun;

    void begin(MemorySegment from, long fromOffset, int bytes) {
        memory = from;
        offset = fromOffset;
        limitBits = 8L * bytes;
        at = 0;
        overrun = false;
    }

    /** Whether more was read than there is. */
    boolean overrun() {
        return overrun;
    }

    /** How many bits were read. */
    int position() {
        return (int) at;
    }

    boolean flag() {
        return read(1) != 0;
    }

    /** The next {@code bits} bits, at most 32, unsigned. */
    long read(int bits) {
        if (bits > limitBits - at) {
            overrun = true;
            at = limitBits;
            return 0;
        }
        long value = 0;
        int left = bits;
        while (left > 0) {
            int inByte = (int) (at & 7);
            int taken = Math.min(left, 8 - inByte);
            int piece = Wire.u8(memory, offset + (at >>> 3)) >>> (8 - inByte - taken);
            value = value << taken | (piece & ((1 << taken) - 1));
            at += taken;
            left -= taken;
        }
        return value;
    }

    /** A number below {@code values} (AV1 specification 4.10.7, ns(n)); {@code values} is at least 1. */
    int nonSymmetric(int values) {
        int width = Integer.SIZE - Integer.numberOfLeadingZeros(values);
        int shorter = (1 << width) - values;
        int value = (int) read(width - 1);
        if (value < shorter) {
            return value;
        }
        return (value << 1) - shorter + (int) read(1);
    }
}
