package io.sluice.codec;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/**
 * VP8 (RFC 7741 4.2).
 *
 * <pre>
 *       0 1 2 3 4 5 6 7
 *      +-+-+-+-+-+-+-+-+
 *      |X|R|N|S|R| PID |
 *      +-+-+-+-+-+-+-+-+
 * X:   |I|L|T|K| RSV   |
 *      +-+-+-+-+-+-+-+-+
 * I:   |M| PictureID   |  7 bits, or 15 with M
 *      +-+-+-+-+-+-+-+-+
 * L:   |   TL0PICIDX   |
 *      +-+-+-+-+-+-+-+-+
 * T/K: |TID|Y| KEYIDX  |
 *      +-+-+-+-+-+-+-+-+
 * </pre>
 */
final class Vp8 implements PayloadFormat {
    private static final int KEY_IDX_MASK = 0x1f;
    private static final int KEYFRAME_HEADER_BYTES = 10;
    private static final int START_CODE = 0x9d012a;

    /** The two bits above are a scale. */
    private static final int SIZE_MASK = 0x3fff;

    @Override
    public void read(
            MemorySegment memory, long offset, int length, boolean marker, PayloadInfo out) {
        out.clear();
        if (length < 2) {
            return;
        }
        int first = Wire.u8(memory, offset);
        long end = offset + length;
        long at = offset + 1;
        if ((first & 0x80) != 0) {
            at = readExtension(memory, at, end, out);
        }
        if (at < 0 || at >= end) {
            return;
        }
        out.descriptorBytes = (int) (at - offset);
        out.frameStart = (first & 0x17) == 0x10;
        out.frameEnd = marker;
        // RFC 6386 9.1: the lowest bit of a frame is 0 in a keyframe.
        out.keyframe = out.frameStart && (Wire.u8(memory, at) & 1) == 0;
        out.independent = out.keyframe;
        out.valid = true;
        if (out.keyframe) {
            readSize(memory, at, end, out);
        }
    }

    /**
     * RFC 6386 9.1: tag, start code, then width and height, the low byte first. Where the payload is
     * encrypted end to end there is no start code.
     */
    private static void readSize(MemorySegment memory, long at, long end, PayloadInfo out) {
        if (end - at < KEYFRAME_HEADER_BYTES || Wire.u24(memory, at + 3) != START_CODE) {
            return;
        }
        out.width = Short.reverseBytes((short) Wire.u16(memory, at + 6)) & SIZE_MASK;
        out.height = Short.reverseBytes((short) Wire.u16(memory, at + 8)) & SIZE_MASK;
    }

    @Override
    public void writeDescriptor(
            MemorySegment memory,
            long offset,
            PayloadInfo info,
            int pictureId,
            int tl0PicIdx,
            int keyIdx,
            MemorySegment to,
            long toOffset) {
        MemorySegment.copy(memory, offset, to, toOffset, info.descriptorBytes);
        // With a number to write there is an extension: its flags stand second.
        long at = toOffset + 2;
        if (info.pictureId != PayloadInfo.ABSENT) {
            at += PictureId.write(to, at, pictureId);
        }
        if (info.tl0PicIdx != PayloadInfo.ABSENT) {
            Wire.put8(to, at++, tl0PicIdx);
        }
        if (info.keyIdx != PayloadInfo.ABSENT) {
            Wire.put8(to, at, (Wire.u8(to, at) & ~KEY_IDX_MASK) | (keyIdx & KEY_IDX_MASK));
        }
    }

    /** Returns where the payload header begins, or -1 if the descriptor is cut off. */
    private static long readExtension(MemorySegment memory, long from, long end, PayloadInfo out) {
        int flags = Wire.u8(memory, from);
        boolean hasPictureId = (flags & 0x80) != 0;
        boolean hasTl0PicIdx = (flags & 0x40) != 0;
        boolean hasTemporal = (flags & 0x20) != 0;
        boolean hasKeyIdx = (flags & 0x10) != 0;
        long at = from + 1;
        if (hasPictureId) {
            if (at >= end) {
                return -1;
            }
            int bytes = PictureId.bytes(memory, at);
            if (bytes > end - at) {
                return -1;
            }
            out.pictureId = PictureId.read(memory, at);
            out.pictureIdBits = PictureId.bits(bytes);
            at += bytes;
        }
        if (hasTl0PicIdx) {
            if (at >= end) {
                return -1;
            }
            out.tl0PicIdx = Wire.u8(memory, at++);
        }
        if (hasTemporal || hasKeyIdx) {
            if (at >= end) {
                return -1;
            }
            int layer = Wire.u8(memory, at++);
            if (hasTemporal) {
                out.temporalLayer = layer >>> 6;
                out.switchingUp = (layer & 0x20) != 0;
            }
            if (hasKeyIdx) {
                out.keyIdx = layer & KEY_IDX_MASK;
            }
        }
        return at;
    }
}
