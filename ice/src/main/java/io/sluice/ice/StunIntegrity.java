package io.sluice.ice;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks MESSAGE-INTEGRITY (RFC 8489 14.5, short-term credentials) and FINGERPRINT (14.7). Owned by
 * one loop.
 */
final class StunIntegrity {
    private static final String ALGORITHM = "HmacSHA1";

    private final Mac mac;
    private final CRC32 crc = new CRC32();

    StunIntegrity() {
        mac = mac();
    }

    /** One of MESSAGE-INTEGRITY's, without a key yet. */
    static Mac mac() {
        try {
            return Mac.getInstance(ALGORITHM);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** The key of a short-term password. */
    static SecretKey key(String password) {
        return new SecretKeySpec(password.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    boolean fingerprintFits(byte[] message, int fingerprintOffset) {
        crc.reset();
        crc.update(message, 0, fingerprintOffset);
        int expected = (int) crc.getValue() ^ StunMessage.FINGERPRINT_XOR;
        int valueOffset = fingerprintOffset + StunMessage.ATTRIBUTE_HEADER_BYTES;
        return ByteBuffer.wrap(message).getInt(valueOffset) == expected;
    }

    /** The message up to the end of MESSAGE-INTEGRITY, its length field set to that. */
    static byte[] protectedPart(byte[] message, int integrityEnd) {
        byte[] part = Arrays.copyOf(message, integrityEnd);
        ByteBuffer.wrap(part)
                .putShort(
                        StunMessage.LENGTH_OFFSET,
                        (short) (integrityEnd - StunMessage.HEADER_BYTES));
        return part;
    }

    /** Whether a protected part ends with the HMAC of what precedes it. */
    boolean fits(byte[] protectedPart, int integrityOffset, SecretKey key) {
        try {
            mac.init(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a secret key always fits an HMAC", e);
        }
        mac.update(protectedPart, 0, integrityOffset);
        byte[] given =
                Arrays.copyOfRange(
                        protectedPart,
                        integrityOffset + StunMessage.ATTRIBUTE_HEADER_BYTES,
                        protectedPart.length);
        return MessageDigest.isEqual(mac.doFinal(), given);
    }
}
