package io.sluice.bench.load;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The STUN messages of a controlling ICE agent with one candidate pair (RFC 8445, RFC 8489), written
 * without the server's own classes.
 *
 * <p>Owned by one loop; the buffer is used again by the next message.
 */
final class Stun {
    static final int BINDING_REQUEST = 0x0001;
    static final int BINDING_SUCCESS = 0x0101;

    private static final int COOKIE = 0x2112A442;
    private static final int HEADER_BYTES = 20;
    private static final int TRANSACTION_OFFSET = 8;
    private static final int TRANSACTION_BYTES = 12;
    private static final int MAX_BYTES = 512;
    private static final int INTEGRITY_BYTES = 20;

    private static final int USERNAME = 0x0006;
    private static final int MESSAGE_INTEGRITY = 0x0008;
    private static final int XOR_MAPPED_ADDRESS = 0x0020;
    private static final int PRIORITY = 0x0024;
    private static final int USE_CANDIDATE = 0x0025;
    private static final int FINGERPRINT = 0x8028;
    private static final int ICE_CONTROLLING = 0x802A;

    private static final int FINGERPRINT_XOR = 0x5354554E;
    private static final int HOST_PRIORITY = 0x7E7F00FF;
    private static final int IPV4 = 1;

    private final byte[] bytes = new byte[MAX_BYTES];
    private final MemorySegment message = MemorySegment.ofArray(bytes);
    private final CRC32 crc = new CRC32();
    private final Mac mac;
    private int length;

    Stun() {
        try {
            mac = Mac.getInstance("HmacSHA1");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA1", e);
        }
    }

    /** Writes a check that nominates its pair at once. */
    int request(String username, SecretKeySpec password, long transaction, long tieBreaker) {
        begin(BINDING_REQUEST);
        Wire.put64(message, TRANSACTION_OFFSET, transaction);
        Wire.put32(message, TRANSACTION_OFFSET + Long.BYTES, 0);
        byte[] name = username.getBytes(StandardCharsets.US_ASCII);
        int at = attribute(USERNAME, name.length);
        System.arraycopy(name, 0, bytes, at, name.length);
        Wire.put32(message, attribute(PRIORITY, Integer.BYTES), HOST_PRIORITY);
        Wire.put64(message, attribute(ICE_CONTROLLING, Long.BYTES), tieBreaker);
        attribute(USE_CANDIDATE, 0);
        return end(password);
    }

    /** Writes the answer to the request at {@code from}, which came from an IPv4 address. */
    int success(MemorySegment memory, long from, SecretKeySpec password, int address, int port) {
        begin(BINDING_SUCCESS);
        MemorySegment.copy(
                memory, from + TRANSACTION_OFFSET, message, TRANSACTION_OFFSET, TRANSACTION_BYTES);
        int at = attribute(XOR_MAPPED_ADDRESS, 8);
        Wire.put16(message, at, IPV4);
        Wire.put16(message, at + 2, port ^ COOKIE >>> 16);
        Wire.put32(message, at + 4, address ^ COOKIE);
        return end(password);
    }

    byte[] bytes() {
        return bytes;
    }

    static int type(MemorySegment memory, long offset, int length) {
        return length < HEADER_BYTES ? -1 : Wire.u16(memory, offset);
    }

    /** The first eight bytes of the transaction id. */
    static long transaction(MemorySegment memory, long offset) {
        return Wire.i64(memory, offset + TRANSACTION_OFFSET);
    }

    private void begin(int type) {
        length = HEADER_BYTES;
        Wire.put16(message, 0, type);
        Wire.put32(message, 4, COOKIE);
    }

    /** Where the attribute's value goes. */
    private int attribute(int type, int valueBytes) {
        Wire.put16(message, length, type);
        Wire.put16(message, length + 2, valueBytes);
        int at = length + 4;
        int padded = valueBytes + 3 & ~3;
        message.asSlice(at, padded).fill((byte) 0);
        length = at + padded;
        return at;
    }

    /** Both are computed over a header that counts them already (RFC 8489 14.5, 14.7). */
    private int end(SecretKeySpec password) {
        int covered = length;
        int integrity = attribute(MESSAGE_INTEGRITY, INTEGRITY_BYTES);
        Wire.put16(message, 2, length - HEADER_BYTES);
        try {
            mac.init(password);
            mac.update(bytes, 0, covered);
            mac.doFinal(bytes, integrity);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        covered = length;
        int fingerprint = attribute(FINGERPRINT, Integer.BYTES);
        Wire.put16(message, 2, length - HEADER_BYTES);
        crc.reset();
        crc.update(bytes, 0, covered);
        Wire.put32(message, fingerprint, (int) crc.getValue() ^ FINGERPRINT_XOR);
        return length;
    }
}
