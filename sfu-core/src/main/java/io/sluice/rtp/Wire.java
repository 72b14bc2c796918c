package io.sluice.rtp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Numbers in network byte order at any offset of a packet's memory.
 *
 * <p>Callers check that the bytes belong to their packet: a slot is larger than what it holds.
 */
public final class Wire {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Wire() {}

    /** The unsigned byte at {@code offset}. */
    public static int u8(MemorySegment memory, long offset) {
        return memory.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
    }

    /** The unsigned 16 bits at {@code offset}. */
    public static int u16(MemorySegment memory, long offset) {
        return memory.get(SHORT, offset) & 0xffff;
    }

    /** The unsigned 24 bits at {@code offset}. */
    public static int u24(MemorySegment memory, long offset) {
        return u8(memory, offset) << 16 | u16(memory, offset + 1);
    }

    /** The 32 bits at {@code offset}; unsigned values keep their bits. */
    public static int i32(MemorySegment memory, long offset) {
        return memory.get(INT, offset);
    }

    /** The 64 bits at {@code offset}; unsigned values keep their bits. */
    public static long i64(MemorySegment memory, long offset) {
        return memory.get(LONG, offset);
    }

    /** Writes the low 8 bits of {@code value}. */
    public static void put8(MemorySegment memory, long offset, int value) {
        memory.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
    }

    /** Writes the low 16 bits of {@code value}. */
    public static void put16(MemorySegment memory, long offset, int value) {
        memory.set(SHORT, offset, (short) value);
    }

    /** Writes the low 24 bits of {@code value}. */
    public static void put24(MemorySegment memory, long offset, int value) {
        put8(memory, offset, value >>> 16);
        put16(memory, offset + 1, value);
    }

    /** Writes 32 bits. */
    public static void put32(MemorySegment memory, long offset, int value) {
        memory.set(INT, offset, value);
    }

    /** Writes 64 bits. */
    public static void put64(MemorySegment memory, long offset, long value) {
        memory.set(LONG, offset, value);
    }
}
