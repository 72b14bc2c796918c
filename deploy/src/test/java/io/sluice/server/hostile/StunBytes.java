package io.sluice.server.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Random;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A Binding request (RFC 8489, RFC 8445 7.1), right or wrong. */
public final class StunBytes {
    public static final int ICE_CONTROLLED = 0x8029;
    public static final int ICE_CONTROLLING = 0x802a;
    private static final int COOKIE = 0x2112a442;
    private static final int HEADER_BYTES = 20;

    private final byte[] transaction = new byte[12];
    private final ByteArrayOutputStream attributes = new ByteArrayOutputStream();

    private StunBytes(Random random) {
        random.nextBytes(transaction);
    }

    /** With USERNAME and PRIORITY. */
    public static StunBytes request(Random random, String username) {
        return new StunBytes(random)
                .add(0x0006, username.getBytes(StandardCharsets.UTF_8))
                .add(0x0024, new byte[] {0x6e, 0, 1, (byte) 0xff});
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
                .putShort((short) 0x0001)
                .putShort((short) (body.length + announcedMore))
                .putInt(COOKIE)
                .put(transaction)
                .put(body)
                .array();
    }
}
