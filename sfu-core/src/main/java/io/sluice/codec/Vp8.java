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
        out.valid = true;
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
            out.pictureId = Wire.u8(memory, at++);
            if ((out.pictureId & 0x80) != 0) {
                if (at >= end) {
                    return -1;
                }
                out.pictureId = (out.pictureId & 0x7f) << 8 | Wire.u8(memory, at++);
            }
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
                out.keyIdx = layer & 0x1f;
            }
        }
        return at;
    }
}
