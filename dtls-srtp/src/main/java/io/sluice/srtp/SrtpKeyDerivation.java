package io.sluice.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Session keys from a master key and salt, with a key derivation rate of 0 (RFC 3711 4.3.3, RFC 6188).
 *
 * <p>What it derives lives in the arena it is given; whoever owns that wipes it.
 */
final class SrtpKeyDerivation implements AutoCloseable {
    static final int RTP_KEY = 0;
    static final int RTP_AUTHENTICATION = 1;
    static final int RTP_SALT = 2;
    static final int RTCP_KEY = 3;
    static final int RTCP_AUTHENTICATION = 4;
    static final int RTCP_SALT = 5;

    private static final int BLOCK_BYTES = 16;
    private static final int LABEL_OFFSET = 7;

    private final Arena arena;
    private final MemorySegment salt;
    private final MemorySegment iv;
    private final MemorySegment length;
    private final long cipher;

    SrtpKeyDerivation(Arena arena, byte[] masterKey, byte[] masterSalt) {
        this.arena = arena;
        // A shorter salt is followed by zeros (RFC 7714 11).
        salt = arena.allocate(BLOCK_BYTES);
        MemorySegment.copy(masterSalt, 0, salt, ValueLayout.JAVA_BYTE, 0, masterSalt.length);
        iv = arena.allocate(BLOCK_BYTES);
        length = arena.allocate(ValueLayout.JAVA_INT);
        MemorySegment key = arena.allocate(masterKey.length);
        MemorySegment.copy(masterKey, 0, key, ValueLayout.JAVA_BYTE, 0, masterKey.length);
        cipher = LibCrypto.cipher(LibCrypto.aesCtr(masterKey.length), key, true);
        key.fill((byte) 0);
    }

    /** {@code bytes} of key stream for a label. */
    MemorySegment derive(int label, int bytes) {
        iv.copyFrom(salt);
        byte labelled = (byte) (iv.get(ValueLayout.JAVA_BYTE, LABEL_OFFSET) ^ label);
        iv.set(ValueLayout.JAVA_BYTE, LABEL_OFFSET, labelled);
        MemorySegment derived = arena.allocate(bytes);
        long at = derived.address();
        if (!LibCrypto.begin(cipher, iv.address())
                || !LibCrypto.update(cipher, at, length.address(), at, bytes)) {
            throw new IllegalStateException("libcrypto derives no SRTP keys");
        }
        return derived;
    }

    @Override
    public void close() {
        LibCrypto.free(cipher);
        salt.fill((byte) 0);
        iv.fill((byte) 0);
    }
}
