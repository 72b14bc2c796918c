package io.sluice.codec;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/** The picture numbers of VP8 and VP9: 7 bits, or 15 behind a bit that says so. */
final class PictureId {
    private static final int LONG_FORM = 0x80;

    private PictureId() {}

    /** How many bytes the number has that begins here. */
    static int bytes(MemorySegment memory, long at) {
        return (Wire.u8(memory, at) & LONG_FORM) == 0 ? 1 : 2;
    }

    /** How many bits of them are the number's. */
    static int bits(int bytes) {
        return 8 * bytes - 1;
    }

    static int read(MemorySegment memory, long at) {
        int first = Wire.u8(memory, at);
        return (first & LONG_FORM) == 0 ? first : (first & 0x7f) << 8 | Wire.u8(memory, at + 1);
    }

    /** Writes over a number, in as many bits as it has; returns its bytes. */
    static int write(MemorySegment memory, long at, int pictureId) {
        if ((Wire.u8(memory, at) & LONG_FORM) == 0) {
            Wire.put8(memory, at, pictureId & 0x7f);
            return 1;
        }
        Wire.put16(memory, at, LONG_FORM << 8 | (pictureId & 0x7fff));
        return 2;
    }
}
