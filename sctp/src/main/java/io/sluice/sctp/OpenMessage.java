package io.sluice.sctp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** DATA_CHANNEL_OPEN and DATA_CHANNEL_ACK (RFC 8832 5). */
final class OpenMessage {
    static final int ACK = 2;
    static final int OPEN = 3;

    private static final int FIXED_BYTES = 12;
    private static final int RELIABLE = 0;
    private static final int BY_COUNT = 1;
    private static final int BY_TIME = 2;
    private static final int UNORDERED = 0x80;

    /** RFC 8831 6.4: «normal». Ours take turns whatever they say. */
    private static final int PRIORITY = 256;

    private OpenMessage() {}

    static byte[] ack() {
        return new byte[] {ACK};
    }

    /**
     * @throws IllegalArgumentException if a name is too long
     */
    static byte[] open(ChannelOptions options) {
        byte[] label = options.label().getBytes(StandardCharsets.UTF_8);
        byte[] protocol = options.protocol().getBytes(StandardCharsets.UTF_8);
        if (label.length > ChannelOptions.MAX_NAME_BYTES
                || protocol.length > ChannelOptions.MAX_NAME_BYTES) {
            throw new IllegalArgumentException("label or protocol too long");
        }
        byte[] message = new byte[FIXED_BYTES + label.length + protocol.length];
        message[0] = OPEN;
        int type = RELIABLE;
        int limit = 0;
        if (options.maxRetransmits() != ChannelOptions.UNLIMITED) {
            type = BY_COUNT;
            limit = options.maxRetransmits();
        } else if (options.maxLifetimeMillis() != ChannelOptions.UNLIMITED) {
            type = BY_TIME;
            limit = options.maxLifetimeMillis();
        }
        message[1] = (byte) (options.ordered() ? type : type | UNORDERED);
        Wire.put16(message, 2, PRIORITY);
        Wire.put32(message, 4, limit);
        Wire.put16(message, 8, label.length);
        Wire.put16(message, 10, protocol.length);
        System.arraycopy(label, 0, message, FIXED_BYTES, label.length);
        System.arraycopy(protocol, 0, message, FIXED_BYTES + label.length, protocol.length);
        return message;
    }

    /** Null: not an OPEN that we can serve. */
    static @Nullable ChannelOptions read(byte[] message) {
        if (message.length < FIXED_BYTES) {
            return null;
        }
        int type = Wire.u8(message, 1);
        int labelBytes = Wire.u16(message, 8);
        int protocolBytes = Wire.u16(message, 10);
        if (labelBytes > ChannelOptions.MAX_NAME_BYTES
                || protocolBytes > ChannelOptions.MAX_NAME_BYTES
                || message.length != FIXED_BYTES + labelBytes + protocolBytes
                || (type & ~UNORDERED) > BY_TIME) {
            return null;
        }
        String label = name(message, FIXED_BYTES, labelBytes);
        String protocol = name(message, FIXED_BYTES + labelBytes, protocolBytes);
        if (label == null || protocol == null) {
            return null;
        }
        // Unsigned on the wire; the largest ones mean for ever anyway.
        int limit = (int) Math.min(Integer.MAX_VALUE, Wire.u32(message, 4));
        int kind = type & ~UNORDERED;
        return new ChannelOptions(
                label,
                protocol,
                (type & UNORDERED) == 0,
                kind == BY_COUNT ? limit : ChannelOptions.UNLIMITED,
                kind == BY_TIME ? limit : ChannelOptions.UNLIMITED);
    }

    /** Null: not UTF-8; with replacements it could be longer than a name may be. */
    private static @Nullable String name(byte[] message, int at, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(message, at, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
