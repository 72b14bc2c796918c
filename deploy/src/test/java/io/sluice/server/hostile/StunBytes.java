package io.sluice.server.hostile;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Random;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A Binding request (RFC 8489, RFC 8445 7.1), right or wrong, or the answer to one. */
public final class StunBytes {
    public static final int ICE_CONTROLLED = 0x8029;
    public static final int ICE_CONTROLLING = 0x802a;
    private static final int COOKIE = 0x2112a442;
    private static final int HEADER_BYTES = 20;
    private static final int TRANSACTION_BYTES = 12;
    private static final int USUAL_PRIORITY = 0x6e0001ff;
    private static final int REQUEST = 0x0001;
    private static final int SUCCESS = 0x0101;

    private final int type;
    private final byte[] transaction;
    private final ByteArrayOutputStream attributes = new ByteArrayOutputStream();

    private StunBytes(int type, byte[] transaction) {
        this.type = type;
        this.transaction = transaction;
    }

    /** With USERNAME and PRIORITY. */
    public static StunBytes request(Random random, String username) {
        return request(random, username, USUAL_PRIORITY);
    }

    /** With USERNAME and PRIORITY; the server follows the higher one. */
    public static StunBytes request(Random random, String username, int priority) {
        byte[] transaction = new byte[TRANSACTION_BYTES];
        random.nextBytes(transaction);
        return new StunBytes(REQUEST, transaction)
                .add(0x0006, username.getBytes(StandardCharsets.UTF_8))
                .add(0x0024, ByteBuffer.allocate(4).putInt(priority).array());
    }

    public static boolean isRequest(ByteBuffer message) {
        return message.remaining() >= HEADER_BYTES && message.getShort(0) == REQUEST;
    }

    /** The right answer to a request that came from an IPv4 address (RFC 8489 14.2). */
    public static byte[] answer(ByteBuffer request, InetSocketAddress from, String password) {
        byte[] transaction = new byte[TRANSACTION_BYTES];
        request.get(HEADER_BYTES - TRANSACTION_BYTES, transaction);
        ByteBuffer mapped =
                ByteBuffer.allocate(8)
                        .putShort((short) 1)
                        .putShort((short) (from.getPort() ^ COOKIE >>> 16))
                        .putInt(ByteBuffer.wrap(from.getAddress().getAddress()).getInt() ^ COOKIE);
        return new StunBytes(SUCCESS, transaction)
                .add(0x0020, mapped.array())
                .integrity(password)
                .fingerprint(0)
                .bytes();
    }

    public StunBytes useCandidate() {
        return add(0x0025, new byte[0]);
    }

    public StunBytes role(int attribute, long tieBreaker) {
        return add(attribute, ByteBuffer.allocate(8).putLong(tieBreaker).array());
    }

    public StunBytes add(int attribute, byte[] value) {
        return lie(attribute, value.length, value);
    }

    /** An attribute that says it has {@code claimedBytes}. */
    public StunBytes lie(int attribute, int claimedBytes, byte[] value) {
        byte[] header =
                ByteBuffer.allocate(4)
                        .putShort((short) attribute)
                        .putShort((short) claimedBytes)
                        .array();
        attributes.writeBytes(header);
        attributes.writeBytes(value);
        attributes.writeBytes(new byte[-value.length & 3]);
        return this;
    }

    public StunBytes integrity(String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return add(0x0008, mac.doFinal(bytes(24)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** FINGERPRINT, right if {@code error} is 0. */
    public StunBytes fingerprint(int error) {
        CRC32 crc = new CRC32();
        crc.update(bytes(8));
        int value = (int) crc.getValue() ^ 0x5354554e ^ error;
        return add(0x8028, ByteBuffer.allocate(4).putInt(value).array());
    }

    public byte[] bytes() {
        return bytes(0);
    }

    private byte[] bytes(int announcedMore) {
        byte[] body = attributes.toByteArray();
        return ByteBuffer.allocate(HEADER_BYTES + body.length)
                .putShort((short) type)
                .putShort((short) (body.length + announcedMore))
                .putInt(COOKIE)
                .put(transaction)
                .put(body)
                .array();
    }
}
