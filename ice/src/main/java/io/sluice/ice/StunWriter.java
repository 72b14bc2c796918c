package io.sluice.ice;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * Writes the messages that a connected session exchanges every few seconds for its whole life: a Binding
 * request that asks for consent (RFC 7675) and the answer to the client's (RFC 8445 7.3.1); over TCP all.
 *
 * <p>ice4j writes all others; its way takes as long as the forwarding of a hundred packets. Owned by one
 * loop.
 */
final class StunWriter {
    /** A request with the longest user name that a session description allows (RFC 8839 5.4), and some more. */
    private static final int MAX_BYTES = 1_024;

    private static final int COOKIE = 0x2112a442;
    private static final int USERNAME = 0x0006;
    private static final int MESSAGE_INTEGRITY = 0x0008;
    private static final int XOR_MAPPED_ADDRESS = 0x0020;
    private static final int PRIORITY = 0x0024;
    private static final int USE_CANDIDATE = 0x0025;
    private static final int ERROR_CODE = 0x0009;
    private static final int ROLE_CONFLICT_CLASS = 4;
    private static final byte ROLE_CONFLICT_NUMBER = 87;
    private static final int FINGERPRINT = 0x8028;
    private static final byte IPV4 = 1;
    private static final byte IPV6 = 2;
    private static final int PORT_AND_IPV4_BYTES = 8;
    private static final int PORT_AND_IPV6_BYTES = 20;

    private final byte[] bytes = new byte[MAX_BYTES];
    private final ByteBuffer message = ByteBuffer.wrap(bytes);
    private final CRC32 crc = new CRC32();
    private final Mac mac = StunIntegrity.mac();

    /** The message last written begins here. */
    byte[] bytes() {
        return bytes;
    }

    /**
     * Writes a request; returns its length.
     *
     * @param transaction of 12 bytes
     * @param username theirs, a colon, ours
     * @param nominating whether it is to say so (USE-CANDIDATE)
     * @param role {@link StunMessage#ICE_CONTROLLING} or {@link StunMessage#ICE_CONTROLLED}
     */
    int request(
            byte[] transaction,
            byte[] username,
            int priority,
            int role,
            long tieBreaker,
            boolean nominating,
            SecretKey key) {
        begin(StunMessage.BINDING_REQUEST);
        message.put(transaction);
        attribute(USERNAME, username.length).put(username);
        pad();
        attribute(PRIORITY, Integer.BYTES).putInt(priority);
        attribute(role, Long.BYTES).putLong(tieBreaker);
        if (nominating) {
            attribute(USE_CANDIDATE, 0);
        }
        return end(key);
    }

    /** Writes the answer to {@code request}, which came from this address; returns its length. */
    int success(byte[] request, Path from, SecretKey key) {
        mapped(request, from);
        return end(key);
    }

    /** Writes the answer to a plain request, which nobody signed; returns its length. */
    int plainSuccess(byte[] request, Path from, boolean withFingerprint) {
        mapped(request, from);
        countLength();
        if (withFingerprint) {
            fingerprint();
        }
        return message.position();
    }

    private void mapped(byte[] request, Path from) {
        begin(StunMessage.BINDING_SUCCESS);
        message.put(request, StunMessage.TRANSACTION_OFFSET, StunMessage.TRANSACTION_BYTES);
        boolean ipv4 = RemoteAddress.isIpv4(from.remoteHigh(), from.remoteLow());
        attribute(XOR_MAPPED_ADDRESS, ipv4 ? PORT_AND_IPV4_BYTES : PORT_AND_IPV6_BYTES);
        message.put((byte) 0).put(ipv4 ? IPV4 : IPV6);
        message.putShort((short) (from.remotePort() ^ COOKIE >>> Short.SIZE));
        if (ipv4) {
            message.putInt((int) from.remoteLow() ^ COOKIE);
        } else {
            // RFC 8489 14.2: with the cookie and the transaction id behind it.
            long high = message.getLong(StunMessage.TRANSACTION_OFFSET - Integer.BYTES);
            long low = message.getLong(StunMessage.TRANSACTION_OFFSET + Integer.BYTES);
            message.putLong(from.remoteHigh() ^ high).putLong(from.remoteLow() ^ low);
        }
    }

    /** Writes that {@code request} claims the role that is ours (487); returns the answer's length. */
    int roleConflict(byte[] request, SecretKey key) {
        begin(StunMessage.BINDING_ERROR);
        message.put(request, StunMessage.TRANSACTION_OFFSET, StunMessage.TRANSACTION_BYTES);
        attribute(ERROR_CODE, Integer.BYTES).putShort((short) 0);
        message.put((byte) ROLE_CONFLICT_CLASS).put(ROLE_CONFLICT_NUMBER);
        return end(key);
    }

    private void begin(int type) {
        message.clear();
        message.putShort((short) type).putShort((short) 0).putInt(COOKIE);
    }

    private ByteBuffer attribute(int type, int valueBytes) {
        return message.putShort((short) type).putShort((short) valueBytes);
    }

    /** Attributes begin at multiples of four (RFC 8489 14). */
    private void pad() {
        while ((message.position() & 3) != 0) {
            message.put((byte) 0);
        }
    }

    /** Both are computed over a header that counts them already (RFC 8489 14.5, 14.7). */
    private int end(SecretKey key) {
        int covered = message.position();
        attribute(MESSAGE_INTEGRITY, StunMessage.INTEGRITY_BYTES);
        int integrity = message.position();
        message.position(integrity + StunMessage.INTEGRITY_BYTES);
        countLength();
        try {
            mac.init(key);
            mac.update(bytes, 0, covered);
            mac.doFinal(bytes, integrity);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a secret key always fits an HMAC", e);
        }
        fingerprint();
        return message.position();
    }

    private void fingerprint() {
        int covered = message.position();
        attribute(FINGERPRINT, Integer.BYTES).putInt(0);
        countLength();
        crc.reset();
        crc.update(bytes, 0, covered);
        message.putInt(
                message.position() - Integer.BYTES,
                (int) crc.getValue() ^ StunMessage.FINGERPRINT_XOR);
    }

    private void countLength() {
        message.putShort(
                StunMessage.LENGTH_OFFSET, (short) (message.position() - StunMessage.HEADER_BYTES));
    }
}
