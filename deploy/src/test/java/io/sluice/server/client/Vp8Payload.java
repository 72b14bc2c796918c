package io.sluice.server.client;

import org.jspecify.annotations.Nullable;

/**
 * A VP8 payload (RFC 7741) around a {@link MediaPattern}: descriptor, frame header, content.
 *
 * @param pictureId 15 bits, or -1
 * @param startsFrame whether it is the first packet of its frame
 * @param startsKeyframe whether its frame header says so; false in later packets
 * @param contentOffset of the pattern
 */
record Vp8Payload(int pictureId, boolean startsFrame, boolean startsKeyframe, int contentOffset) {
    private static final int EXTENDED = 0x80;
    private static final int START = 0x10;
    private static final int PARTITION = 0x07;
    private static final int PICTURE_ID = 0x80;
    private static final int TL0_INDEX = 0x40;
    private static final int LAYER_OR_KEY_INDEX = 0x30;
    private static final int INTER_FRAME = 0x01;
    private static final int SHOW_FRAME = 0x10;
    private static final int TAG_BYTES = 3;
    private static final int KEYFRAME_HEADER_BYTES = 7;
    private static final int WIDTH = 320;

    /** Of the first encoding; each next one is twice as large. */
    static final int HEIGHT = 180;

    /** Writes descriptor and, in a frame's first packet, frame header; returns their length. */
    static int write(
            byte[] out, int offset, int pictureId, boolean first, boolean keyframe, int encoding) {
        out[offset] = (byte) (EXTENDED | (first ? START : 0));
        out[offset + 1] = (byte) PICTURE_ID;
        RtpBytes.putInt16(out, offset + 2, 0x8000 | (pictureId & 0x7FFF));
        int position = offset + 4;
        if (!first) {
            return position - offset;
        }
        out[position] = (byte) (SHOW_FRAME | (keyframe ? 0 : INTER_FRAME));
        out[position + 1] = 0;
        out[position + 2] = 0;
        position += TAG_BYTES;
        if (keyframe) {
            RtpBytes.putInt24(out, position, 0x9D_01_2A);
            putLittleEndian16(out, position + 3, WIDTH << encoding);
            putLittleEndian16(out, position + 5, HEIGHT << encoding);
            position += KEYFRAME_HEADER_BYTES;
        }
        return position - offset;
    }

    private static void putLittleEndian16(byte[] out, int position, int value) {
        out[position] = (byte) value;
        out[position + 1] = (byte) (value >> 8);
    }

    /** Null if it is malformed. */
    static @Nullable Vp8Payload read(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int position = offset;
        if (position >= end) {
            return null;
        }
        int first = bytes[position++] & 0xFF;
        int pictureId = -1;
        if ((first & EXTENDED) != 0) {
            if (position >= end) {
                return null;
            }
            int flags = bytes[position++] & 0xFF;
            if ((flags & PICTURE_ID) != 0) {
                if (position + 2 > end) {
                    return null;
                }
                boolean wide = (bytes[position] & 0x80) != 0;
                pictureId = wide ? RtpBytes.int16(bytes, position) & 0x7FFF : bytes[position];
                position += wide ? 2 : 1;
            }
            position += (flags & TL0_INDEX) != 0 ? 1 : 0;
            position += (flags & LAYER_OR_KEY_INDEX) != 0 ? 1 : 0;
        }
        boolean startsFrame = (first & START) != 0 && (first & PARTITION) == 0;
        boolean keyframe = false;
        if (startsFrame) {
            if (position + TAG_BYTES > end) {
                return null;
            }
            keyframe = (bytes[position] & INTER_FRAME) == 0;
            position += TAG_BYTES;
            if (keyframe) {
                if (position + KEYFRAME_HEADER_BYTES > end
                        || RtpBytes.int24(bytes, position) != 0x9D_01_2A) {
                    return null;
                }
                position += KEYFRAME_HEADER_BYTES;
            }
        }
        return new Vp8Payload(pictureId, startsFrame, keyframe, position);
    }
}
