package io.sluice.codec;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/**
 * The size of the pictures that an H.264 sequence parameter set describes (ITU-T H.264 7.3.2.1.1).
 *
 * <p>Made for one set: they come with keyframes only.
 */
final class H264Sps {
    private static final int MACROBLOCK = 16;

    /** What the picture size may be in a set that is taken for one. */
    private static final int SIZE_MAX = 1 << 14;

    /** 7.4.2.1.1: of a picture order count. */
    private static final int CYCLE_MAX = 255;

    private final MemorySegment memory;
    private final long end;
    private long at;
    private int bit;
    private int zeros;
    private boolean overrun;
    private int chroma = 1;

    private H264Sps(MemorySegment memory, long offset, long end) {
        this.memory = memory;
        this.at = offset;
        this.end = end;
    }

    /** Notes the size, unless the set is cut off or cannot be one; behind its NAL unit header. */
    static void readSize(MemorySegment memory, long offset, long end, PayloadInfo out) {
        new H264Sps(memory, offset, end).read(out);
    }

    private void read(PayloadInfo out) {
        int profile = bits(8);
        bits(16);
        golomb();
        if (hasChroma(profile)) {
            skipChroma();
        }
        golomb();
        skipPictureOrder();
        golomb();
        bits(1);
        int width = MACROBLOCK * (golomb() + 1);
        int units = golomb() + 1;
        int fields = 2 - bits(1);
        if (fields == 2) {
            bits(1);
        }
        bits(1);
        int height = MACROBLOCK * fields * units;
        if (bits(1) == 1) {
            int perColumn = chroma == 1 || chroma == 2 ? 2 : 1;
            int perRow = chroma == 1 ? 2 * fields : fields;
            width -= perColumn * (golomb() + golomb());
            height -= perRow * (golomb() + golomb());
        }
        if (!overrun && width > 0 && width <= SIZE_MAX && height > 0 && height <= SIZE_MAX) {
            out.width = width;
            out.height = height;
        }
    }

    private static boolean hasChroma(int profile) {
        return switch (profile) {
            case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> true;
            default -> false;
        };
    }

    private void skipChroma() {
        chroma = golomb();
        if (chroma == 3) {
            bits(1);
        }
        golomb();
        golomb();
        bits(1);
        if (bits(1) == 0) {
            return;
        }
        int lists = chroma == 3 ? 12 : 8;
        for (int list = 0; list < lists; list++) {
            if (bits(1) == 1) {
                skipScaling(list < 6 ? 16 : 64);
            }
        }
    }

    private void skipScaling(int size) {
        int last = 8;
        int next = 8;
        for (int i = 0; i < size && next != 0; i++) {
            next = (last + signedGolomb()) & 0xff;
            last = next == 0 ? last : next;
        }
    }

    private void skipPictureOrder() {
        int type = golomb();
        if (type == 0) {
            golomb();
        } else if (type == 1) {
            bits(1);
            golomb();
            golomb();
            int cycle = Math.min(golomb(), CYCLE_MAX);
            for (int i = 0; i < cycle; i++) {
                golomb();
            }
        }
    }

    private int signedGolomb() {
        int code = golomb();
        return (code & 1) == 0 ? -(code >>> 1) : (code >>> 1) + 1;
    }

    /** 9.1: as many zeros as there are bits behind the one. */
    private int golomb() {
        int leading = 0;
        while (bits(1) == 0) {
            if (++leading > 24 || overrun) {
                overrun = true;
                return 0;
            }
        }
        return (1 << leading) - 1 + bits(leading);
    }

    private int bits(int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 1 | nextBit();
        }
        return value;
    }

    private int nextBit() {
        if (bit == 0 && !nextByte()) {
            return 0;
        }
        bit--;
        return Wire.u8(memory, at - 1) >>> bit & 1;
    }

    /** 7.4.1.1: a 3 behind two zeros only keeps them from looking like a start code. */
    private boolean nextByte() {
        if (zeros >= 2 && at < end && Wire.u8(memory, at) == 3) {
            at++;
            zeros = 0;
        }
        if (at >= end) {
            overrun = true;
            return false;
        }
        zeros = Wire.u8(memory, at) == 0 ? zeros + 1 : 0;
        at++;
        bit = 8;
        return true;
    }
}
