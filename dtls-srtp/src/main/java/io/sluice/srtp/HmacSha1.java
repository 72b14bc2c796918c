package io.sluice.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * HMAC-SHA1 (RFC 2104) with one key: the states after the key's two blocks are kept, and copied for each
 * packet.
 *
 * <p>Owned by its context's loop; lives in the context's arena.
 */
final class HmacSha1 {
    static final int DIGEST_BYTES = 20;

    private static final int BLOCK_BYTES = 64;
    private static final byte INNER_PAD = 0x36;
    private static final byte OUTER_PAD = 0x5c;

    private final MemorySegment inner;
    private final MemorySegment outer;

    HmacSha1(Arena arena, MemorySegment key) {
        inner = keyed(arena, key, INNER_PAD);
        outer = keyed(arena, key, OUTER_PAD);
    }

    private static MemorySegment keyed(Arena arena, MemorySegment key, byte pad) {
        MemorySegment state = arena.allocate(LibCrypto.SHA1_STATE_BYTES, Long.BYTES);
        try (Arena brief = Arena.ofConfined()) {
            MemorySegment block = brief.allocate(BLOCK_BYTES).fill(pad);
            for (long i = 0; i < key.byteSize(); i++) {
                byte keyByte = key.get(ValueLayout.JAVA_BYTE, i);
                block.set(ValueLayout.JAVA_BYTE, i, (byte) (keyByte ^ pad));
            }
            boolean begun =
                    LibCrypto.sha1Init(state.address())
                            && LibCrypto.sha1Update(state.address(), block.address(), BLOCK_BYTES);
            block.fill((byte) 0);
            if (!begun) {
                throw new IllegalStateException("libcrypto has no SHA-1");
            }
        }
        return state;
    }

    /**
     * Leaves in {@code scratch} the digest of {@code length} bytes at {@code data}, followed by as many
     * bytes of the scratch's word as {@code wordBytes} says.
     *
     * @return whether libcrypto did it
     */
    boolean digest(NativeScratch scratch, long data, int length, int wordBytes) {
        long digest = scratch.digest();
        long state = scratch.sha1(inner);
        boolean done =
                LibCrypto.sha1Update(state, data, length)
                        && LibCrypto.sha1Update(state, scratch.word(), wordBytes)
                        && LibCrypto.sha1Final(digest, state);
        scratch.sha1(outer);
        return done
                && LibCrypto.sha1Update(state, digest, DIGEST_BYTES)
                && LibCrypto.sha1Final(digest, state);
    }
}
