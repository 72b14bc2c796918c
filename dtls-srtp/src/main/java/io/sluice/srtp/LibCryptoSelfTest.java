package io.sluice.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Whether libcrypto, called as we call it, makes the bytes that the RFCs print. */
final class LibCryptoSelfTest {
    private static final int GCM_HEADER_BYTES = 12;
    private static final int GCM_TAG_BYTES = 16;

    private LibCryptoSelfTest() {}

    /** What went wrong, if anything did. */
    static Optional<String> failure() {
        return failure((byte) 0);
    }

    /**
     * @param spoil is added to the first byte of each key, so that a test sees this one fail
     */
    static Optional<String> failure(byte spoil) {
        try (Arena arena = Arena.ofConfined()) {
            if (!derives(arena, spoil)) {
                return Optional.of("key derivation (RFC 3711 B.3)");
            }
            if (!encryptsInCounterMode(arena, spoil)) {
                return Optional.of("AES in counter mode (RFC 3711 B.2)");
            }
            if (!authenticates(arena, spoil)) {
                return Optional.of("HMAC-SHA1 (RFC 2202)");
            }
            return sealsGcm(arena, spoil)
                    ? Optional.empty()
                    : Optional.of("AES-GCM (RFC 7714 16.1.1)");
        } catch (IllegalStateException refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        }
    }

    private static boolean derives(Arena arena, byte spoil) {
        byte[] key = hex("e1f97a0d3e018be0d64fa32c06de4139");
        key[0] += spoil;
        byte[] salt = hex("0ec675ad498afeebb6960b3aabe6");
        try (SrtpKeyDerivation keys = new SrtpKeyDerivation(arena, key, salt)) {
            return holds(
                            keys.derive(SrtpKeyDerivation.RTP_KEY, 16),
                            "c61e7a93744f39ee10734afe3ff7a087")
                    && holds(
                            keys.derive(SrtpKeyDerivation.RTP_SALT, 14),
                            "30cbbc08863d8c85d49db34a9ae1");
        }
    }

    private static boolean encryptsInCounterMode(Arena arena, byte spoil) {
        MemorySegment key = place(arena, "2b7e151628aed2a6abf7158809cf4f3c");
        spoil(key, spoil);
        MemorySegment iv = place(arena, "f0f1f2f3f4f5f6f7f8f9fafbfcfd0000");
        MemorySegment stream = arena.allocate(32);
        MemorySegment length = arena.allocate(ValueLayout.JAVA_INT);
        long cipher = LibCrypto.cipher(LibCrypto.aesCtr(16), key, true);
        boolean done =
                LibCrypto.begin(cipher, iv.address())
                        && LibCrypto.update(
                                cipher, stream.address(), length.address(), stream.address(), 32);
        LibCrypto.free(cipher);
        return done
                && holds(
                        stream, "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab");
    }

    private static boolean authenticates(Arena arena, byte spoil) {
        MemorySegment key = place(arena, "0b".repeat(HmacSha1.DIGEST_BYTES));
        spoil(key, spoil);
        MemorySegment data = place(arena, "4869205468657265");
        NativeScratch scratch = new NativeScratch();
        boolean done =
                new HmacSha1(arena, key).digest(scratch, data.address(), (int) data.byteSize(), 0);
        MemorySegment expected = place(arena, "b617318655057264e28bc0b6fb378c8ef146be00");
        return done && scratch.matchesDigest(expected.address(), HmacSha1.DIGEST_BYTES);
    }

    private static boolean sealsGcm(Arena arena, byte spoil) {
        MemorySegment key = place(arena, "000102030405060708090a0b0c0d0e0f");
        spoil(key, spoil);
        MemorySegment iv = place(arena, "51753c6580c2726f20718414");
        MemorySegment plain =
                place(
                        arena,
                        "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120"
                                + "696e207061727465732074726573");
        int payloadBytes = (int) plain.byteSize() - GCM_HEADER_BYTES;
        MemorySegment sealed = arena.allocate(payloadBytes + GCM_TAG_BYTES);
        long length = arena.allocate(ValueLayout.JAVA_INT).address();
        long tag = sealed.address() + payloadBytes;
        long cipher = LibCrypto.cipher(LibCrypto.aesGcm(16), key, true);
        boolean done =
                LibCrypto.begin(cipher, iv.address())
                        && LibCrypto.update(cipher, 0, length, plain.address(), GCM_HEADER_BYTES)
                        && LibCrypto.update(
                                cipher,
                                sealed.address(),
                                length,
                                plain.address() + GCM_HEADER_BYTES,
                                payloadBytes)
                        && LibCrypto.end(cipher, tag, length)
                        && LibCrypto.readTag(cipher, tag, GCM_TAG_BYTES);
        LibCrypto.free(cipher);
        return done
                && holds(
                        sealed,
                        "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf88"
                                + "33899d7f27beb16a9152cf765ee4390cce");
    }

    private static void spoil(MemorySegment key, byte by) {
        byte first = key.get(ValueLayout.JAVA_BYTE, 0);
        key.set(ValueLayout.JAVA_BYTE, 0, (byte) (first + by));
    }

    private static MemorySegment place(Arena arena, String digits) {
        byte[] bytes = hex(digits);
        MemorySegment memory = arena.allocate(bytes.length);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return memory;
    }

    private static boolean holds(MemorySegment memory, String digits) {
        return Arrays.equals(memory.toArray(ValueLayout.JAVA_BYTE), hex(digits));
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
