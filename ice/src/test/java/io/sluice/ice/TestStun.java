package io.sluice.ice;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/** Writes STUN messages for tests, right and wrong ones. */
final class TestStun {
    static final int USERNAME = 0x0006;
    static final int INTEGRITY = 0x0008;
    static final int XOR_MAPPED = 0x0020;
    static final int PRIORITY = 0x0024;
    static final int USE_CANDIDATE = 0x0025;
    static final int FINGERPRINT = 0x8028;
    static final int CONTROLLED = 0x8029;
    static final int CONTROLLING = 0x802a;
    private static final int COOKIE = 0x2112a442;

    private final int type;
    private final byte[] transaction;
    private final ByteArrayOutputStream attributes = new ByteArrayOutputStream();

    TestStun(int type, byte[] transaction) {
        this.type = type;
        this.transaction = transaction;
    }

    TestStun add(int attribute, byte[] value) {
        ByteBuffer header = ByteBuffer.allocate(4);
        header.putShort((short) attribute).putShort((short) value.length);
        attributes.writeBytes(header.array());
        attributes.writeBytes(value);
        attributes.writeBytes(new byte[-value.length & 3]);
        return this;
    }

    /** Attributes with their headers, filled up to whole words. */
    TestStun raw(byte[] bytes) {
        attributes.writeBytes(bytes);
        attributes.writeBytes(new byte[-bytes.length & 3]);
        return this;
    }

    TestStun username(String name) {
        return add(USERNAME, name.getBytes(StandardCharsets.UTF_8));
    }

    TestStun priority(int value) {
        return add(PRIORITY, ByteBuffer.allocate(4).putInt(value).array());
    }

    TestStun control(int attribute, long tieBreaker) {
        return add(attribute, ByteBuffer.allocate(8).putLong(tieBreaker).array());
    }

    TestStun mapped(byte[] address, int port) {
        // RFC 8489 14.2: an IPv6 address with the transaction id too.
        byte[] mask =
                ByteBuffer.allocate(Integer.BYTES + transaction.length)
                        .putInt(COOKIE)
                        .put(transaction)
                        .array();
        ByteBuffer value =
                ByteBuffer.allocate(2 * Short.BYTES + address.length)
                        .putShort((short) (address.length == Integer.BYTES ? 1 : 2))
                        .putShort((short) (port ^ COOKIE >>> 16));
        for (int i = 0; i < address.length; i++) {
            value.put((byte) (address[i] ^ mask[i]));
        }
        return add(XOR_MAPPED, value.array());
    }

    TestStun integrity(@Nullable String password) {
        if (password == null) {
            return this;
        }
        byte[] covered = bytes(24);
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(StunIntegrity.key(password));
            return add(INTEGRITY, mac.doFinal(covered));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    TestStun fingerprint(int error) {
        CRC32 crc = new CRC32();
        crc.update(bytes(8));
        int value = (int) crc.getValue() ^ 0x5354554e ^ error;
        return add(FINGERPRINT, ByteBuffer.allocate(4).putInt(value).array());
    }

    byte[] bytes() {
        return bytes(0);
    }

    private byte[] bytes(int announcedMore) {
        byte[] body = attributes.toByteArray();
        return ByteBuffer.allocate(20 + body.length)
                .putShort((short) type)
                .putShort((short) (body.length + announcedMore))
                .putInt(COOKIE)
                .put(transaction)
                .put(body)
                .array();
    }
}
