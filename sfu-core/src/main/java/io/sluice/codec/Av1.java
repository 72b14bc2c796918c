package io.sluice.codec;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/**
 * AV1 ("RTP Payload Format For AV1" 1.0, section 4.4).
 *
 * <pre>
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * |Z|Y| W |N|-|-|-|  aggregation header
 * +-+-+-+-+-+-+-+-+
 * | { length (leb128), OBU element } ...; without length: the last one if W is not 0
 *
 * OBU header  |F| type  |X|S|-|   X: | TID |SID|-|-|-|
 * </pre>
 */
final class Av1 implements PayloadFormat {
    private static final int CONTINUES = 0x80;
    private static final int NEW_SEQUENCE = 0x08;
    private static final int OBU_SEQUENCE_HEADER = 1;
    private static final int OBU_FRAME_HEADER = 3;
    private static final int OBU_FRAME = 6;

    /** AV1 4.10.5: a leb128 has at most eight bytes; elements of a packet need fewer. */
    private static final int LEB128_BYTES_MAX = 8;

    @Override
    public void read(
            MemorySegment memory, long offset, int length, boolean marker, PayloadInfo out) {
        out.clear();
        if (length < 2) {
            return;
        }
        int aggregation = Wire.u8(memory, offset);
        int counted = aggregation >>> 4 & 3;
        boolean newSequence = (aggregation & NEW_SEQUENCE) != 0;
        boolean continues = (aggregation & CONTINUES) != 0;
        out.descriptorBytes = 1;
        out.frameEnd = marker;
        long at = offset + 1;
        long end = offset + length;
        int index = 0;
        while (at < end) {
            long bytes = end - at;
            if (counted == 0 || index < counted - 1) {
                int lengthBytes = leb128Bytes(memory, at, end);
                if (lengthBytes == 0) {
                    return;
                }
                bytes = leb128(memory, at, lengthBytes);
                at += lengthBytes;
            }
            if (bytes > end - at) {
                return;
            }
            if (bytes > 0 && !(continues && index == 0)) {
                obu(memory, at, bytes, newSequence && !continues, out);
            }
            at += bytes;
            index++;
        }
        out.independent = out.keyframe;
        out.valid = counted == 0 || index == counted;
    }

    private static void obu(
            MemorySegment memory, long at, long bytes, boolean newSequence, PayloadInfo out) {
        int header = Wire.u8(memory, at);
        int type = header >>> 3 & 0xf;
        if ((header & 4) != 0 && bytes > 1) {
            int layers = Wire.u8(memory, at + 1);
            out.temporalLayer = layers >>> 5;
            out.spatialLayer = layers >>> 3 & 3;
        }
        out.keyframe |= newSequence && type == OBU_SEQUENCE_HEADER;
        out.frameStart |=
                type == OBU_SEQUENCE_HEADER || type == OBU_FRAME_HEADER || type == OBU_FRAME;
    }

    /** How many bytes the leb128 number has, or 0 if it is cut off or too long. */
    private static int leb128Bytes(MemorySegment memory, long at, long end) {
        for (int i = 0; i < LEB128_BYTES_MAX && at + i < end; i++) {
            if ((Wire.u8(memory, at + i) & 0x80) == 0) {
                return i + 1;
            }
        }
        return 0;
    }

    private static long leb128(MemorySegment memory, long at, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (Wire.u8(memory, at + i) & 0x7fL) << (7 * i);
        }
        return value;
    }
}
