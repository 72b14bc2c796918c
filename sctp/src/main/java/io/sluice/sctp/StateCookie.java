package io.sluice.sctp;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * All that an INIT leaves behind (RFC 9260 5.1.3): the other side carries it, and brings it back
 * unchanged.
 *
 * @param remote what the INIT said
 * @param localTie our tag when the INIT came, if it came to an association that had one; else 0
 * @param remoteTie the other side's tag then
 */
record StateCookie(
        long madeNanos, int localTag, int localTsn, InitChunk remote, int localTie, int remoteTie) {
    /** RFC 9260 16: Valid.Cookie.Life. */
    static final long LIFE_NANOS = 60_000_000_000L;

    static final int SECRET_BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int FIELD_BYTES = 48;
    private static final int SIGNATURE_BYTES = 32;
    private static final int FLAG_FORWARDS = 1;
    private static final int FLAG_RESETS = 2;
    private static final byte[] NOTHING = {};

    byte[] sign(byte[] secret) {
        byte[] cookie = new byte[FIELD_BYTES + SIGNATURE_BYTES];
        Wire.put64(cookie, 0, madeNanos);
        Wire.put32(cookie, 8, localTag);
        Wire.put32(cookie, 12, localTsn);
        Wire.put32(cookie, 16, remote.tag());
        Wire.put32(cookie, 20, remote.initialTsn());
        Wire.put32(cookie, 24, (int) remote.windowBytes());
        Wire.put16(cookie, 28, remote.outStreams());
        Wire.put16(cookie, 30, remote.inStreams());
        Wire.put32(cookie, 32, localTie);
        Wire.put32(cookie, 36, remoteTie);
        Wire.put32(
                cookie,
                40,
                (remote.forwards() ? FLAG_FORWARDS : 0) | (remote.resets() ? FLAG_RESETS : 0));
        byte[] signature = signature(secret, cookie);
        System.arraycopy(signature, 0, cookie, FIELD_BYTES, SIGNATURE_BYTES);
        return cookie;
    }

    /** Null: not one that was signed with this secret. */
    static @Nullable StateCookie open(byte[] buffer, int at, int length, byte[] secret) {
        if (length != FIELD_BYTES + SIGNATURE_BYTES) {
            return null;
        }
        byte[] cookie = Arrays.copyOfRange(buffer, at, at + length);
        byte[] claimed = Arrays.copyOfRange(cookie, FIELD_BYTES, length);
        if (!MessageDigest.isEqual(claimed, signature(secret, cookie))) {
            return null;
        }
        int flags = Wire.i32(cookie, 40);
        InitChunk remote =
                new InitChunk(
                        Wire.i32(cookie, 16),
                        Wire.u32(cookie, 24),
                        Wire.u16(cookie, 28),
                        Wire.u16(cookie, 30),
                        Wire.i32(cookie, 20),
                        (flags & FLAG_FORWARDS) != 0,
                        (flags & FLAG_RESETS) != 0,
                        NOTHING,
                        NOTHING);
        return new StateCookie(
                Wire.i64(cookie, 0),
                Wire.i32(cookie, 8),
                Wire.i32(cookie, 12),
                remote,
                Wire.i32(cookie, 32),
                Wire.i32(cookie, 36));
    }

    private static byte[] signature(byte[] secret, byte[] cookie) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            mac.update(cookie, 0, FIELD_BYTES);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
