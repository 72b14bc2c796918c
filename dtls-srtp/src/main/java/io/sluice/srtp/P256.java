package io.sluice.srtp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HexFormat;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signatures of ECDSA (FIPS 186-5) on the curve P-256 by libcrypto, which makes one in 15 us and checks one in 45 us:
 * BouncyCastle takes eight times as long, and it is most of what a handshake costs.
 *
 * <p>Stateless; from any thread. A call takes its thread for as long, and so the carrier of a virtual one.
 */
public final class P256 {
    /** Of a public key that is not compressed: 4, x, y. */
    public static final int POINT_BYTES = 65;

    private static final int PRIVATE_KEY_BYTES = 32;

    /** {@code NID_X9_62_prime256v1}. */
    private static final int CURVE = 415;

    /** In DER: two numbers of up to 33 bytes with two bytes before each, and two before both. */
    private static final int MAX_SIGNATURE_BYTES = 72;

    private static final int VALID = 1;

    /** The key, the public key and the signature of "sample" by SHA-256 in RFC 6979 A.2.5; libcrypto's are random. */
    private static final String KNOWN_KEY =
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";

    private static final String KNOWN_POINT =
            "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                    + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

    private static final String KNOWN_DIGEST =
            "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf";

    private static final String KNOWN_SIGNATURE =
            "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                    + "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

    private static final Logger LOG = LoggerFactory.getLogger(P256.class);
    private static final @Nullable Calls CALLS = Calls.link();
    private static final boolean AVAILABLE = CALLS != null && isRight();

    private P256() {}

    /** Whether libcrypto has it, and what it makes of the RFC's numbers is right; the other methods are only for then. */
    public static boolean available() {
        return AVAILABLE;
    }

    /**
     * Whether a signature was made of a digest by the owner of a key; false, too, for what is no key or no signature.
     *
     * @param point the public key, {@link #POINT_BYTES}
     * @param digest of which the first 32 bytes count
     * @param signature in DER
     */
    public static boolean verify(byte[] point, byte[] digest, byte[] signature) {
        Calls calls = calls();
        try (Arena arena = Arena.ofConfined()) {
            long key = newKey(calls);
            try {
                int taken =
                        (int)
                                calls.setPublic.invokeExact(
                                        key, place(arena, point), (long) point.length, 0L);
                if (taken == VALID
                        && (int)
                                        calls.verify.invokeExact(
                                                0,
                                                place(arena, digest),
                                                digest.length,
                                                place(arena, signature),
                                                signature.length,
                                                key)
                                == VALID) {
                    return true;
                }
                // It keeps what was wrong for this thread.
                calls.clearErrors.invokeExact();
                return false;
            } finally {
                calls.freeKey.invokeExact(key);
            }
        } catch (IllegalStateException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("libcrypto could not be asked", e);
        }
    }

    /**
     * Signs a digest; two signatures of one are different.
     *
     * @param privateKey its number, 32 bytes
     * @return the signature in DER
     */
    public static byte[] sign(byte[] privateKey, byte[] digest) {
        if (privateKey.length != PRIVATE_KEY_BYTES) {
            throw new IllegalArgumentException("a key of " + privateKey.length + " bytes");
        }
        Calls calls = calls();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment secret = arena.allocateFrom(JAVA_BYTE, privateKey);
            MemorySegment signature = arena.allocate(MAX_SIGNATURE_BYTES);
            MemorySegment length = arena.allocate(JAVA_INT);
            long key = newKey(calls);
            try {
                int taken =
                        (int)
                                calls.setPrivate.invokeExact(
                                        key, secret.address(), (long) PRIVATE_KEY_BYTES);
                if (taken != VALID
                        || (int)
                                        calls.sign.invokeExact(
                                                0,
                                                place(arena, digest),
                                                digest.length,
                                                signature.address(),
                                                length.address(),
                                                key)
                                != VALID) {
                    calls.clearErrors.invokeExact();
                    throw new IllegalStateException("libcrypto does not sign with this key");
                }
            } finally {
                secret.fill((byte) 0);
                calls.freeKey.invokeExact(key);
            }
            return signature.asSlice(0, length.get(JAVA_INT, 0)).toArray(JAVA_BYTE);
        } catch (IllegalStateException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("libcrypto could not be asked", e);
        }
    }

    private static Calls calls() {
        if (CALLS == null) {
            throw new IllegalStateException("libcrypto is not there");
        }
        return CALLS;
    }

    private static long newKey(Calls calls) throws Throwable {
        long key = (long) calls.newKey.invokeExact(CURVE);
        if (key == 0) {
            throw new IllegalStateException("libcrypto has no memory for a key, or not this curve");
        }
        return key;
    }

    private static long place(Arena arena, byte[] bytes) {
        return arena.allocateFrom(JAVA_BYTE, bytes).address();
    }

    private static boolean isRight() {
        byte[] digest = hex(KNOWN_DIGEST);
        byte[] other = digest.clone();
        other[0]++;
        byte[] point = hex(KNOWN_POINT);
        try {
            byte[] made = sign(hex(KNOWN_KEY), digest);
            boolean right =
                    verify(point, digest, hex(KNOWN_SIGNATURE))
                            && verify(point, digest, made)
                            && !verify(point, other, made);
            if (!right) {
                LOG.error("libcrypto fails its self-test in ECDSA: BouncyCastle signs, slower");
            }
            return right;
        } catch (IllegalStateException refused) {
            LOG.warn("{}: BouncyCastle signs, which is slower", refused.getMessage());
            return false;
        }
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    /** OpenSSL calls these outdated since 3.0; what replaces them reads a key's format anew for each signature. */
    private record Calls(
            MethodHandle newKey,
            MethodHandle freeKey,
            MethodHandle setPublic,
            MethodHandle setPrivate,
            MethodHandle sign,
            MethodHandle verify,
            MethodHandle clearErrors) {

        static @Nullable Calls link() {
            return Linking.find().map(Calls::link).orElse(null);
        }

        /** Null where the library is built without what is outdated. */
        private static @Nullable Calls link(Linking to) {
            try {
                return new Calls(
                        to.call(
                                "EC_KEY_new_by_curve_name",
                                FunctionDescriptor.of(JAVA_LONG, JAVA_INT)),
                        to.call("EC_KEY_free", FunctionDescriptor.ofVoid(JAVA_LONG)),
                        to.call(
                                "EC_KEY_oct2key",
                                Linking.result(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG)),
                        to.call("EC_KEY_oct2priv", Linking.result(JAVA_LONG, JAVA_LONG, JAVA_LONG)),
                        to.call(
                                "ECDSA_sign",
                                Linking.result(
                                        JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG,
                                        JAVA_LONG)),
                        to.call(
                                "ECDSA_verify",
                                Linking.result(
                                        JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT,
                                        JAVA_LONG)),
                        to.call("ERR_clear_error", FunctionDescriptor.ofVoid()));
            } catch (NoSuchElementException missing) {
                return null;
            }
        }
    }
}
