package io.sluice.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What libcrypto needs for one packet besides the packet: an initialization vector, a length, a hash
 * state, a digest and a word.
 *
 * <p>Owned by the loop of its {@link SrtpScratch}.
 */
final class NativeScratch {
    private static final int IV_OFFSET = 0;
    private static final int LENGTH_OFFSET = 16;
    private static final int WORD_OFFSET = 24;
    private static final int DIGEST_OFFSET = 32;
    private static final int SHA1_OFFSET = 64;
    private static final int SIZE_BYTES = SHA1_OFFSET + LibCrypto.SHA1_STATE_BYTES;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** Packets come as pointers, checked by {@link NativeSrtpContext} before. */
    private static final MemorySegment EVERYTHING = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final MemorySegment memory = Arena.ofAuto().allocate(SIZE_BYTES, Long.BYTES);
    private final long address = memory.address();

    void iv(int offset, int value) {
        memory.set(INT, IV_OFFSET + offset, value);
    }

    void iv8(int offset, long value) {
        memory.set(LONG, IV_OFFSET + offset, value);
    }

    long iv() {
        return address + IV_OFFSET;
    }

    /** Where libcrypto writes how much it wrote. */
    long length() {
        return address + LENGTH_OFFSET;
    }

    /** Sets four bytes, in network order, for {@link #word()}. */
    void word(int value) {
        memory.set(INT, WORD_OFFSET, value);
    }

    long word() {
        return address + WORD_OFFSET;
    }

    long digest() {
        return address + DIGEST_OFFSET;
    }

    /** A copy of a hash state. */
    long sha1(MemorySegment state) {
        MemorySegment.copy(state, 0, memory, SHA1_OFFSET, LibCrypto.SHA1_STATE_BYTES);
        return address + SHA1_OFFSET;
    }

    void copyDigest(long to, int bytes) {
        MemorySegment.copy(memory, DIGEST_OFFSET, EVERYTHING, to, bytes);
    }

    /** Whether the first bytes of the digest stand at {@code at}; in a time that does not tell. */
    boolean matchesDigest(long at, int bytes) {
        int difference = 0;
        for (int i = 0; i < bytes; i++) {
            difference |=
                    memory.get(ValueLayout.JAVA_BYTE, DIGEST_OFFSET + i)
                            ^ EVERYTHING.get(ValueLayout.JAVA_BYTE, at + i);
        }
        return difference == 0;
    }

    /** Writes four bytes in network order. */
    static void put32(long at, int value) {
        EVERYTHING.set(INT, at, value);
    }
}
