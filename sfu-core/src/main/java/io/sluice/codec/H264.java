package io.sluice.codec;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/**
 * H.264 (RFC 6184) in packetization modes 0 and 1: single NAL units, STAP-A and FU-A. The interleaved
 * types of mode 2 are never negotiated and are malformed here.
 *
 * <pre>
 * NAL unit  |F|NRI|  Type   | payload
 * STAP-A    |F|NRI|   24    | { 16-bit size, NAL unit } ...
 * FU-A      |F|NRI|   28    |S|E|R|  Type   | fragment
 * </pre>
 *
 * <p>There is no descriptor to rewrite, and no layers but those that a dependency descriptor tells.
 */
final class H264 implements PayloadFormat {
    private static final int TYPE_MASK = 0x1f;
    private static final int SLICE = 1;
    private static final int SLICE_PARTITION_A = 2;
    private static final int IDR = 5;
    private static final int SEI = 6;
    private static final int SPS = 7;
    private static final int ACCESS_UNIT_DELIMITER = 9;
    private static final int SINGLE_MAX = 23;
    private static final int STAP_A = 24;
    private static final int FU_A = 28;
    private static final int FU_START = 0x80;

    @Override
    public void read(
            MemorySegment memory, long offset, int length, boolean marker, PayloadInfo out) {
        out.clear();
        if (length == 0) {
            return;
        }
        out.frameEnd = marker;
        int type = Wire.u8(memory, offset) & TYPE_MASK;
        if (type == STAP_A) {
            readAggregate(memory, offset + 1, offset + length, out);
        } else if (type == FU_A) {
            readFragment(memory, offset, length, out);
        } else if (type > 0 && type <= SINGLE_MAX) {
            out.valid = true;
            unit(memory, type, offset + 1, offset + length, out);
        }
    }

    private static void readAggregate(MemorySegment memory, long from, long end, PayloadInfo out) {
        long at = from;
        while (end - at >= 2) {
            int bytes = Wire.u16(memory, at);
            at += 2;
            if (bytes == 0 || bytes > end - at) {
                return;
            }
            int type = Wire.u8(memory, at) & TYPE_MASK;
            unit(memory, type, at + 1, at + bytes, out);
            at += bytes;
        }
        out.valid = at == end && at > from;
    }

    private static void readFragment(
            MemorySegment memory, long offset, int length, PayloadInfo out) {
        if (length < 3) {
            return;
        }
        int header = Wire.u8(memory, offset + 1);
        out.valid = true;
        if ((header & FU_START) != 0) {
            unit(memory, header & TYPE_MASK, offset + 2, offset + length, out);
        }
    }

    /** A slice header begins with first_mb_in_slice, whose Exp-Golomb code is a single 1 for 0. */
    private static boolean firstSlice(MemorySegment memory, long sliceHeader) {
        return (Wire.u8(memory, sliceHeader) & 0x80) != 0;
    }

    /** One NAL unit, or the beginning of one, behind its header. */
    private static void unit(MemorySegment memory, int type, long at, long end, PayloadInfo out) {
        boolean firstSlice = at < end && firstSlice(memory, at);
        switch (type) {
            case SPS -> {
                out.keyframe = true;
                out.frameStart = true;
                H264Sps.readSize(memory, at, end, out);
            }
            case IDR -> {
                out.needsParameterSets |= firstSlice && !out.keyframe;
                out.keyframe |= firstSlice;
                out.frameStart |= firstSlice;
            }
            case SLICE, SLICE_PARTITION_A -> out.frameStart |= firstSlice;
            case SEI, ACCESS_UNIT_DELIMITER -> out.frameStart = true;
            default -> {
                // Parameter sets and the rest say nothing about where a frame begins.
            }
        }
        out.independent = out.keyframe;
    }
}
