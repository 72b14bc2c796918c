package io.sluice.bench.load;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What stands in a payload behind the bytes that the codec needs: when it was sent, and bytes that
 * follow from that, so that a receiver knows whether anything was changed on the way.
 */
final class MediaContent {
    /** The head: a magic number and the time of sending. */
    static final int HEAD_BYTES = 12;

    private static final int MAGIC = 0x534C5543;
    private static final int MIX = 0x9E3779B9;

    private MediaContent() {}

    /** Fills {@code length} bytes, of which {@link #HEAD_BYTES} at least are needed. */
    static void write(MemorySegment memory, long at, int length, long nowNanos) {
        Wire.put32(memory, at, MAGIC);
        Wire.put64(memory, at + 4, nowNanos);
        int word = (int) nowNanos * MIX;
        int i = HEAD_BYTES;
        for (; i + Integer.BYTES <= length; i += Integer.BYTES) {
            word = next(word);
            Wire.put32(memory, at + i, word);
        }
        for (; i < length; i++) {
            memory.set(ValueLayout.JAVA_BYTE, at + i, (byte) i);
        }
    }

    /** Whether {@code length} bytes are what was written. */
    static boolean matches(MemorySegment memory, long at, int length) {
        if (length < HEAD_BYTES || Wire.i32(memory, at) != MAGIC) {
            return false;
        }
        int word = (int) sentNanos(memory, at) * MIX;
        int i = HEAD_BYTES;
        for (; i + Integer.BYTES <= length; i += Integer.BYTES) {
            word = next(word);
            if (Wire.i32(memory, at + i) != word) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (memory.get(ValueLayout.JAVA_BYTE, at + i) != (byte) i) {
                return false;
            }
        }
        return true;
    }

    /** The sender's {@code System.nanoTime()}: sender and receiver are one process. */
    static long sentNanos(MemorySegment memory, long at) {
        return Wire.i64(memory, at + 4);
    }

    private static int next(int word) {
        return word * MIX + 1;
    }
}
