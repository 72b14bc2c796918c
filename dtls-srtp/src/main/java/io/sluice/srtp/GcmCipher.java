package io.sluice.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * AES-GCM on libcrypto under one key in one direction, with nonces of four fixed bytes and eight that
 * come with each record (RFC 5288 3).
 *
 * <p>Owned by the thread that uses it, which closes it.
 */
public final class GcmCipher implements AutoCloseable {
    public static final int SALT_BYTES = 4;
    public static final int TAG_BYTES = 16;

    private static final int LENGTH_OFFSET = 12;
    private static final int SCRATCH_BYTES = 16;

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** The nonce, and where libcrypto writes how much it wrote. */
    private final MemorySegment scratch = Arena.ofAuto().allocate(SCRATCH_BYTES, Long.BYTES);

    private final long nonce = scratch.address();
    private final long written = scratch.address() + LENGTH_OFFSET;
    private final long cipher;
    private boolean closed;

    /** Takes copies of a key of 16 or 32 bytes and of the nonces' fixed part. */
    public GcmCipher(byte[] key, byte[] salt, boolean encrypts) {
        if (salt.length != SALT_BYTES) {
            throw new IllegalArgumentException("a salt of " + salt.length + " bytes");
        }
        MemorySegment.copy(salt, 0, scratch, ValueLayout.JAVA_BYTE, 0, SALT_BYTES);
        try (Arena secrets = Arena.ofConfined()) {
            MemorySegment copy = secrets.allocate(key.length);
            MemorySegment.copy(key, 0, copy, ValueLayout.JAVA_BYTE, 0, key.length);
            cipher = LibCrypto.cipher(LibCrypto.aesGcm(key.length), copy, encrypts);
            copy.fill((byte) 0);
        }
    }

    /** Whether libcrypto is there and right. */
    public static boolean available() {
        return SrtpContexts.isNative();
    }

    /**
     * Encrypts in place, and writes the tag behind.
     *
     * @param memory off the heap
     * @param explicitNonce never the same twice under one key
     */
    public boolean seal(
            long explicitNonce,
            MemorySegment memory,
            long headerOffset,
            int headerBytes,
            long dataOffset,
            int dataBytes) {
        require(memory, headerOffset, headerBytes);
        long data = require(memory, dataOffset, dataBytes + TAG_BYTES);
        long tag = data + dataBytes;
        return begin(explicitNonce, memory.address() + headerOffset, headerBytes)
                && LibCrypto.update(cipher, data, written, data, dataBytes)
                && LibCrypto.end(cipher, tag, written)
                && LibCrypto.readTag(cipher, tag, TAG_BYTES);
    }

    /**
     * Decrypts in place; false: header or data are not what was sealed, and the data is garbage now.
     *
     * @param memory off the heap
     * @param dataBytes without the tag, which follows
     */
    public boolean open(
            long explicitNonce,
            MemorySegment memory,
            long headerOffset,
            int headerBytes,
            long dataOffset,
            int dataBytes) {
        require(memory, headerOffset, headerBytes);
        long data = require(memory, dataOffset, dataBytes + TAG_BYTES);
        long tag = data + dataBytes;
        return begin(explicitNonce, memory.address() + headerOffset, headerBytes)
                && LibCrypto.update(cipher, data, written, data, dataBytes)
                && LibCrypto.expectTag(cipher, tag, TAG_BYTES)
                && LibCrypto.end(cipher, tag, written);
    }

    private boolean begin(long explicitNonce, long header, int headerBytes) {
        if (closed) {
            return false;
        }
        scratch.set(LONG, SALT_BYTES, explicitNonce);
        return LibCrypto.begin(cipher, nonce)
                && LibCrypto.update(cipher, 0, written, header, headerBytes);
    }

    /** libcrypto knows no bounds. */
    private static long require(MemorySegment memory, long offset, int bytes) {
        if (!memory.isNative() || offset < 0 || bytes < 0 || offset > memory.byteSize() - bytes) {
            throw new IllegalArgumentException("records lie off the heap, and within their memory");
        }
        return memory.address() + offset;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LibCrypto.free(cipher);
        }
    }
}
