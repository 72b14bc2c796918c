package io.sluice.rtp;

import java.lang.foreign.MemorySegment;

/** The canonical name in a chunk of a source description (RFC 3550 6.5.1). */
final class Cname {
    static final int ITEM = 1;

    private Cname() {}

    /** Of a chunk whose items were checked; empty if it has none. */
    static String read(MemorySegment memory, long chunk, long packetEnd) {
        String cname = "";
        for (long item = chunk + 4; item < packetEnd && Wire.u8(memory, item) != 0; ) {
            int bytes = Wire.u8(memory, item + 1);
            if (Wire.u8(memory, item) == ITEM) {
                cname = text(memory, item + 2, bytes);
            }
            item += 2L + bytes;
        }
        return cname;
    }

    /** Byte by byte: a CNAME is ASCII (RFC 7022), and nothing else than equality is asked of it. */
    private static String text(MemorySegment memory, long from, int bytes) {
        StringBuilder text = new StringBuilder(bytes);
        for (int i = 0; i < bytes; i++) {
            text.append((char) Wire.u8(memory, from + i));
        }
        return text.toString();
    }
}
