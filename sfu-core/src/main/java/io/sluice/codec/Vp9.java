package io.sluice.codec;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/**
 * VP9 (RFC 9628 4.2), in flexible (F) and non-flexible mode.
 *
 * <pre>
 *       0 1 2 3 4 5 6 7
 *      +-+-+-+-+-+-+-+-+
 *      |I|P|L|F|B|E|V|Z|
 *      +-+-+-+-+-+-+-+-+
 * I:   |M| PICTURE ID  |  7 bits, or 15 with M
 *      +-+-+-+-+-+-+-+-+
 * L:   | TID |U| SID |D|
 *      +-+-+-+-+-+-+-+-+
 *      |   TL0PICIDX   |  with L, without F
 *      +-+-+-+-+-+-+-+-+
 * P,F: | P_DIFF      |N|  up to three, another follows N
 *      +-+-+-+-+-+-+-+-+
 * V:   | N_S |Y|G|-|-|-|  scalability structure
 *      +-+-+-+-+-+-+-+-+
 * Y:   | WIDTH, HEIGHT |  16 bits each, N_S + 1 times
 *      +-+-+-+-+-+-+-+-+
 * G:   |      N_G      |
 *      +-+-+-+-+-+-+-+-+
 * N_G: | TID |U| R |-|-|  each followed by R times P_DIFF
 *      +-+-+-+-+-+-+-+-+
 * </pre>
 */
final class Vp9 implements PayloadFormat {
    private static final int PICTURE_ID = 0x80;
    private static final int INTER_PREDICTED = 0x40;
    private static final int LAYERS = 0x20;
    private static final int FLEXIBLE = 0x10;
    private static final int BEGIN = 0x08;
    private static final int END = 0x04;
    private static final int STRUCTURE = 0x02;
    private static final int REFERENCES_MAX = 3;

    @Override
    public void read(
            MemorySegment memory, long offset, int length, boolean marker, PayloadInfo out) {
        out.clear();
        if (length < 2) {
            return;
        }
        int flags = Wire.u8(memory, offset);
        long end = offset + length;
        long at = readPictureId(memory, flags, offset + 1, end, out);
        at = readLayers(memory, flags, at, end, out);
        at = skipReferences(memory, flags, at, end);
        at = readStructure(memory, flags, at, end, out);
        if (at < 0 || at >= end) {
            return;
        }
        out.descriptorBytes = (int) (at - offset);
        out.frameStart = (flags & BEGIN) != 0;
        out.frameEnd = (flags & END) != 0;
        // The upper spatial layers of a keyframe are not inter-predicted either, but need the
        // first.
        out.independent = (flags & INTER_PREDICTED) == 0;
        out.keyframe = out.frameStart && out.independent && out.spatialLayer == 0;
        out.valid = true;
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
        long at = toOffset + 1;
        if (info.pictureId != PayloadInfo.ABSENT) {
            at += PictureId.write(to, at, pictureId);
        }
        if (info.tl0PicIdx != PayloadInfo.ABSENT) {
            Wire.put8(to, at + 1, tl0PicIdx);
        }
    }

    // Each step takes and returns where it is, or -1 once the descriptor is cut off.

    private static long readPictureId(
            MemorySegment memory, int flags, long from, long end, PayloadInfo out) {
        if ((flags & PICTURE_ID) == 0) {
            return from;
        }
        int bytes = PictureId.bytes(memory, from);
        if (bytes > end - from) {
            return -1;
        }
        out.pictureId = PictureId.read(memory, from);
        out.pictureIdBits = PictureId.bits(bytes);
        return from + bytes;
    }

    private static long readLayers(
            MemorySegment memory, int flags, long from, long end, PayloadInfo out) {
        if (from < 0 || (flags & LAYERS) == 0) {
            return from;
        }
        boolean flexible = (flags & FLEXIBLE) != 0;
        if (end - from < (flexible ? 1 : 2)) {
            return -1;
        }
        int layers = Wire.u8(memory, from);
        out.temporalLayer = layers >>> 5;
        out.switchingUpAfter = (layers & 0x10) != 0;
        out.spatialLayer = layers >>> 1 & 7;
        if (flexible) {
            return from + 1;
        }
        out.tl0PicIdx = Wire.u8(memory, from + 1);
        return from + 2;
    }

    private static long skipReferences(MemorySegment memory, int flags, long from, long end) {
        int both = FLEXIBLE | INTER_PREDICTED;
        if (from < 0 || (flags & both) != both) {
            return from;
        }
        long at = from;
        for (int i = 0; i < REFERENCES_MAX && at < end; i++) {
            if ((Wire.u8(memory, at++) & 1) == 0) {
                return at;
            }
        }
        return -1;
    }

    private static long readStructure(
            MemorySegment memory, int flags, long from, long end, PayloadInfo out) {
        if (from < 0 || (flags & STRUCTURE) == 0) {
            return from;
        }
        if (from >= end) {
            return -1;
        }
        int head = Wire.u8(memory, from);
        long at = from + 1;
        if ((head & 0x10) != 0) {
            at += 4L * ((head >>> 5) + 1);
            if (at <= end) {
                out.width = Wire.u16(memory, at - 4);
                out.height = Wire.u16(memory, at - 2);
            }
        }
        if ((head & 0x08) == 0) {
            return at;
        }
        if (at >= end) {
            return -1;
        }
        int pictures = Wire.u8(memory, at++);
        for (int i = 0; i < pictures; i++) {
            if (at >= end) {
                return -1;
            }
            at += 1 + (Wire.u8(memory, at) >>> 2 & 3);
        }
        return at;
    }
}
