package io.sluice.srtp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The few functions of OpenSSL's libcrypto that SRTP needs, by the Foreign Function and Memory API.
 *
 * <p>Pointers are longs, so that no call allocates. What is called for each packet is a critical call:
 * it takes well under a microsecond, and so holds back no safepoint. Stateless; a cipher belongs to the
 * thread that uses it.
 */
final class LibCrypto {

    /** A {@code SHA_CTX}: five words of state, a bit count, a block, and how full it is. */
    static final int SHA1_STATE_BYTES = 96;

    private static final int AES_128_KEY_BYTES = 16;
    private static final int GET_TAG = 0x10;
    private static final int SET_TAG = 0x11;
    private static final int VERSION_TEXT = 0;
    private static final int VERSION_CHARS = 128;

    private static final @Nullable Calls CALLS = Calls.link();

    private LibCrypto() {}

    static boolean available() {
        return CALLS != null;
    }

    /** As the library names itself: {@code OpenSSL 3.0.17 1 Jul 2025}. */
    static String version() {
        try {
            MemorySegment text = (MemorySegment) Linked.CALLS.version.invokeExact(VERSION_TEXT);
            return text.reinterpret(VERSION_CHARS).getString(0);
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    static long aesGcm(int keyBytes) {
        try {
            return keyBytes == AES_128_KEY_BYTES
                    ? (long) Linked.CALLS.aes128Gcm.invokeExact()
                    : (long) Linked.CALLS.aes256Gcm.invokeExact();
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    static long aesCtr(int keyBytes) {
        try {
            return keyBytes == AES_128_KEY_BYTES
                    ? (long) Linked.CALLS.aes128Ctr.invokeExact()
                    : (long) Linked.CALLS.aes256Ctr.invokeExact();
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    /** A new cipher with a key, to be given to {@link #free}. */
    static long cipher(long algorithm, MemorySegment key, boolean encrypts) {
        try {
            long cipher = (long) Linked.CALLS.newCipher.invokeExact();
            if (cipher == 0) {
                throw new IllegalStateException("libcrypto has no memory for a cipher");
            }
            int keyed =
                    (int)
                            Linked.CALLS.init.invokeExact(
                                    cipher, algorithm, 0L, key.address(), 0L, encrypts ? 1 : 0);
            if (keyed != 1) {
                free(cipher);
                throw new IllegalStateException("libcrypto does not take the key");
            }
            return cipher;
        } catch (IllegalStateException e) {
            throw e;
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    static void free(long cipher) {
        try {
            Linked.CALLS.freeCipher.invokeExact(cipher);
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    /** Begins a packet under an initialization vector. */
    static boolean begin(long cipher, long iv) {
        try {
            // -1 keeps the direction.
            return (int) Linked.CALLS.begin.invokeExact(cipher, 0L, 0L, 0L, iv, -1) == 1;
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    /**
     * Encrypts or decrypts, or only authenticates where {@code out} is 0.
     *
     * @param outLength where the number of bytes written goes, four bytes
     */
    static boolean update(long cipher, long out, long outLength, long in, int length) {
        try {
            return (int) Linked.CALLS.update.invokeExact(cipher, out, outLength, in, length) == 1;
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    /** Ends a packet; when decrypting, says whether its tag was right. */
    static boolean end(long cipher, long out, long outLength) {
        try {
            return (int) Linked.CALLS.end.invokeExact(cipher, out, outLength) == 1;
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    static boolean readTag(long cipher, long tag, int tagBytes) {
        return control(cipher, GET_TAG, tagBytes, tag);
    }

    static boolean expectTag(long cipher, long tag, int tagBytes) {
        return control(cipher, SET_TAG, tagBytes, tag);
    }

    private static boolean control(long cipher, int command, int number, long pointer) {
        try {
            return (int) Linked.CALLS.control.invokeExact(cipher, command, number, pointer) == 1;
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    static boolean sha1Init(long state) {
        try {
            return (int) Linked.CALLS.sha1Init.invokeExact(state) == 1;
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    static boolean sha1Update(long state, long data, long length) {
        try {
            return (int) Linked.CALLS.sha1Update.invokeExact(state, data, length) == 1;
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    static boolean sha1Final(long digest, long state) {
        try {
            return (int) Linked.CALLS.sha1Final.invokeExact(digest, state) == 1;
        } catch (Throwable e) {
            throw linkage(e);
        }
    }

    private static IllegalStateException linkage(Throwable e) {
        return new IllegalStateException("a call of libcrypto could not be made", e);
    }

    /** Static and final, in a record: only so the JIT compiles the calls in line. */
    private static final class Linked {
        static final Calls CALLS = Objects.requireNonNull(LibCrypto.CALLS);

        private Linked() {}
    }

    record Calls(
            MethodHandle version,
            MethodHandle aes128Gcm,
            MethodHandle aes256Gcm,
            MethodHandle aes128Ctr,
            MethodHandle aes256Ctr,
            MethodHandle newCipher,
            MethodHandle freeCipher,
            MethodHandle init,
            MethodHandle begin,
            MethodHandle update,
            MethodHandle end,
            MethodHandle control,
            MethodHandle sha1Init,
            MethodHandle sha1Update,
            MethodHandle sha1Final) {

        private static final FunctionDescriptor INIT =
                FunctionDescriptor.of(
                        JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);

        static @Nullable Calls link() {
            return Linking.find().map(Calls::link).orElse(null);
        }

        /** Null where the library lacks a function: some are built without what is outdated. */
        static @Nullable Calls link(Linking library) {
            try {
                return calls(library);
            } catch (NoSuchElementException missing) {
                return null;
            }
        }

        private static Calls calls(Linking to) {
            return new Calls(
                    to.call("OpenSSL_version", FunctionDescriptor.of(ADDRESS, JAVA_INT)),
                    to.call("EVP_aes_128_gcm", FunctionDescriptor.of(JAVA_LONG)),
                    to.call("EVP_aes_256_gcm", FunctionDescriptor.of(JAVA_LONG)),
                    to.call("EVP_aes_128_ctr", FunctionDescriptor.of(JAVA_LONG)),
                    to.call("EVP_aes_256_ctr", FunctionDescriptor.of(JAVA_LONG)),
                    to.call("EVP_CIPHER_CTX_new", FunctionDescriptor.of(JAVA_LONG)),
                    to.call("EVP_CIPHER_CTX_free", FunctionDescriptor.ofVoid(JAVA_LONG)),
                    to.call("EVP_CipherInit_ex", INIT),
                    to.criticalCall("EVP_CipherInit_ex", INIT),
                    to.criticalCall(
                            "EVP_CipherUpdate",
                            Linking.result(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT)),
                    to.criticalCall(
                            "EVP_CipherFinal_ex", Linking.result(JAVA_LONG, JAVA_LONG, JAVA_LONG)),
                    to.criticalCall(
                            "EVP_CIPHER_CTX_ctrl",
                            Linking.result(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG)),
                    to.criticalCall("SHA1_Init", Linking.result(JAVA_LONG)),
                    to.criticalCall("SHA1_Update", Linking.result(JAVA_LONG, JAVA_LONG, JAVA_LONG)),
                    to.criticalCall("SHA1_Final", Linking.result(JAVA_LONG, JAVA_LONG)));
        }
    }
}
