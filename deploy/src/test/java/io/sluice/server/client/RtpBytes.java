package io.sluice.server.client;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes RTP packets (RFC 3550 5.1, RFC 8285) in arrays. */
final class RtpBytes {
    static final int HEADER_BYTES = 12;
    private static final int ONE_BYTE_FORM = 0xBEDE;
    private static final int TWO_BYTE_FORM = 0x1000;

    private RtpBytes() {}

    /**
     * A packet's header.
     *
     * @param extensions values by id
     * @param payloadOffset where the payload begins
     * @param payloadBytes without padding
     */
    record Header(
            int payloadType,
            boolean marker,
            int sequence,
            int timestamp,
            int ssrc,
            Map<Integer, byte[]> extensions,
            int payloadOffset,
            int payloadBytes) {}

    static int int16(byte[] bytes, int position) {
        return (bytes[position] & 0xFF) << 8 | (bytes[position + 1] & 0xFF);
    }

    static int int24(byte[] bytes, int position) {
        return (bytes[position] & 0xFF) << 16 | int16(bytes, position + 1);
    }

    static int int32(byte[] bytes, int position) {
        return int16(bytes, position) << 16 | int16(bytes, position + 2);
    }

    static long int64(byte[] bytes, int position) {
        return (long) int32(bytes, position) << 32 | (int32(bytes, position + 4) & 0xFFFF_FFFFL);
    }

    static void putInt16(byte[] bytes, int position, int value) {
        bytes[position] = (byte) (value >> 8);
        bytes[position + 1] = (byte) value;
    }

    static void putInt24(byte[] bytes, int position, int value) {
        bytes[position] = (byte) (value >> 16);
        putInt16(bytes, position + 1, value);
    }

    static void putInt32(byte[] bytes, int position, int value) {
        putInt16(bytes, position, value >> 16);
        putInt16(bytes, position + 2, value);
    }

    static void putInt64(byte[] bytes, int position, long value) {
        putInt32(bytes, position, (int) (value >> 32));
        putInt32(bytes, position + 4, (int) value);
    }

    /** Writes a header with one-byte extensions; returns its length. */
    static int writeHeader(
            byte[] out,
            int payloadType,
            boolean marker,
            int sequence,
            int timestamp,
            int ssrc,
            Map<Integer, byte[]> extensions) {
        out[0] = (byte) (extensions.isEmpty() ? 0x80 : 0x90);
        out[1] = (byte) ((marker ? 0x80 : 0) | payloadType);
        putInt16(out, 2, sequence);
        putInt32(out, 4, timestamp);
        putInt32(out, 8, ssrc);
        if (extensions.isEmpty()) {
            return HEADER_BYTES;
        }
        int position = HEADER_BYTES + 4;
        for (Map.Entry<Integer, byte[]> extension : extensions.entrySet()) {
            byte[] value = extension.getValue();
            out[position++] = (byte) (extension.getKey() << 4 | (value.length - 1));
            System.arraycopy(value, 0, out, position, value.length);
            position += value.length;
        }
        while (position % 4 != 0) {
            out[position++] = 0;
        }
        putInt16(out, HEADER_BYTES, ONE_BYTE_FORM);
        putInt16(out, HEADER_BYTES + 2, (position - HEADER_BYTES - 4) / 4);
        return position;
    }

    /** Null if it is no whole RTP packet. */
    static @Nullable Header read(byte[] packet) {
        if (packet.length < HEADER_BYTES || (packet[0] & 0xC0) != 0x80) {
            return null;
        }
        int position = HEADER_BYTES + 4 * (packet[0] & 0x0F);
        Map<Integer, byte[]> extensions = new HashMap<>();
        if ((packet[0] & 0x10) != 0) {
            if (position + 4 > packet.length) {
                return null;
            }
            int end = position + 4 + 4 * int16(packet, position + 2);
            if (end > packet.length || !readExtensions(packet, position, end, extensions)) {
                return null;
            }
            position = end;
        }
        int padding = (packet[0] & 0x20) != 0 ? packet[packet.length - 1] & 0xFF : 0;
        int payloadBytes = packet.length - position - padding;
        if (payloadBytes < 0) {
            return null;
        }
        return new Header(
                packet[1] & 0x7F,
                (packet[1] & 0x80) != 0,
                int16(packet, 2),
                int32(packet, 4),
                int32(packet, 8),
                extensions,
                position,
                payloadBytes);
    }

    private static boolean readExtensions(
            byte[] packet, int start, int end, Map<Integer, byte[]> into) {
        int profile = int16(packet, start);
        boolean twoBytes = (profile & 0xFFF0) == TWO_BYTE_FORM;
        if (!twoBytes && profile != ONE_BYTE_FORM) {
            return true;
        }
        int position = start + 4;
        while (position < end) {
            int first = packet[position++] & 0xFF;
            if (first == 0) {
                continue;
            }
            int id = twoBytes ? first : first >> 4;
            if (twoBytes && position == end) {
                return false;
            }
            int length = twoBytes ? packet[position++] & 0xFF : (first & 0x0F) + 1;
            if (position + length > end) {
                return false;
            }
            byte[] value = new byte[length];
            System.arraycopy(packet, position, value, 0, length);
            into.put(id, value);
            position += length;
        }
        return true;
    }
}
