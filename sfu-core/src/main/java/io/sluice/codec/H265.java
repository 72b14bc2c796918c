package io.sluice.codec;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/**
 * H.265 (RFC 7798 4.4), without the optional decoding order numbers, which are never negotiated.
 *
 * <pre>
 * NAL unit  |F|   Type    |  LayerId  | TID |  two bytes, TID is one more than the layer
 * AP        |F|    48     |  LayerId  | TID | { 16-bit size, NAL unit } ...
 * FU        |F|    49     |  LayerId  | TID |S|E|  FuType   | fragment
 * </pre>
 *
 * <p>There is no descriptor to rewrite. Temporal layers stand in each header, and access pictures that
 * allow to go up to one have types of their own (ITU-T H.265 7.4.2.2).
 */
final class H265 implements PayloadFormat {
    private static final int HEADER_BYTES = 2;
    private static final int TEMPORAL_ACCESS_FIRST = 2;
    private static final int TEMPORAL_ACCESS_LAST = 5;
    private static final int SLICE_LAST = 31;
    private static final int RANDOM_ACCESS_FIRST = 16;
    private static final int RANDOM_ACCESS_LAST = 23;
    private static final int PARAMETER_SET_FIRST = 32;
    private static final int PARAMETER_SET_LAST = 34;
    private static final int ACCESS_UNIT_DELIMITER = 35;
    private static final int PREFIX_SEI = 39;
    private static final int SINGLE_MAX = 47;
    private static final int AGGREGATE = 48;
    private static final int FRAGMENT = 49;
    private static final int FRAGMENT_START = 0x80;

    /** {@code first_slice_segment_in_pic_flag}, the first bit behind the header. */
    private static final int FIRST_SLICE = 0x80;

    @Override
    public void read(
            MemorySegment memory, long offset, int length, boolean marker, PayloadInfo out) {
        out.clear();
        if (length <= HEADER_BYTES) {
            return;
        }
        int type = Wire.u8(memory, offset) >>> 1 & 0x3f;
        int temporal = (Wire.u8(memory, offset + 1) & 7) - 1;
        if (temporal < 0) {
            return;
        }
        out.frameEnd = marker;
        out.temporalLayer = temporal;
        if (type == AGGREGATE) {
            readAggregate(memory, offset + HEADER_BYTES, offset + length, out);
        } else if (type == FRAGMENT) {
            readFragment(memory, offset + HEADER_BYTES, length - HEADER_BYTES, out);
        } else if (type <= SINGLE_MAX) {
            out.valid = true;
            unit(type, (Wire.u8(memory, offset + HEADER_BYTES) & FIRST_SLICE) != 0, out);
        }
    }

    private static void readAggregate(MemorySegment memory, long from, long end, PayloadInfo out) {
        long at = from;
        while (end - at >= 2) {
            int bytes = Wire.u16(memory, at);
            at += 2;
            if (bytes < HEADER_BYTES || bytes > end - at) {
                return;
            }
            int type = Wire.u8(memory, at) >>> 1 & 0x3f;
            boolean first =
                    bytes > HEADER_BYTES && (Wire.u8(memory, at + HEADER_BYTES) & FIRST_SLICE) != 0;
            unit(type, first, out);
            at += bytes;
        }
        out.valid = at == end && at > from;
    }

    private static void readFragment(MemorySegment memory, long at, int bytes, PayloadInfo out) {
        if (bytes < 2) {
            return;
        }
        int header = Wire.u8(memory, at);
        out.valid = true;
        int type = header & 0x3f;
        if ((header & FRAGMENT_START) != 0) {
            unit(type, (Wire.u8(memory, at + 1) & FIRST_SLICE) != 0, out);
        } else {
            out.switchingUp = isTemporalAccess(type);
        }
    }

    private static boolean isTemporalAccess(int type) {
        return type >= TEMPORAL_ACCESS_FIRST && type <= TEMPORAL_ACCESS_LAST;
    }

    private static void unit(int type, boolean firstSlice, PayloadInfo out) {
        out.switchingUp |= isTemporalAccess(type);
        if (type >= PARAMETER_SET_FIRST && type <= PARAMETER_SET_LAST) {
            out.keyframe = true;
            out.frameStart = true;
        } else if (type >= RANDOM_ACCESS_FIRST && type <= RANDOM_ACCESS_LAST) {
            out.needsParameterSets |= firstSlice && !out.keyframe;
            out.keyframe |= firstSlice;
            out.frameStart |= firstSlice;
        } else if (type <= SLICE_LAST) {
            out.frameStart |= firstSlice;
        } else if (type == ACCESS_UNIT_DELIMITER || type == PREFIX_SEI) {
            out.frameStart = true;
        }
        out.independent = out.keyframe;
    }
}
