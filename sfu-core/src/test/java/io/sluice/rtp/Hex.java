package io.sluice.rtp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/** Packets of tests, in memory that is exactly as long: a read past the end throws. */
public final class Hex {
    private Hex() {}

    /** Of hexadecimal digits with any white space between. */
    public static MemorySegment packet(String digits) {
        return packet(HexFormat.of().parseHex(digits.replaceAll("\\s+", "")));
    }

    public static MemorySegment packet(byte[] bytes) {
        MemorySegment memory = room(bytes.length);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, 0, bytes.length);
        return memory;
    }

    public static MemorySegment room(int bytes) {
        return Arena.ofAuto().allocate(Math.max(1, bytes)).asSlice(0, bytes);
    }

    public static String digits(MemorySegment memory, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(memory, 0, MemorySegment.ofArray(bytes), 0, length);
        return HexFormat.of().formatHex(bytes);
    }
}
