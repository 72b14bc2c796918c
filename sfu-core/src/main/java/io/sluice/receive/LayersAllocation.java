package io.sluice.receive;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What a publisher says of the layers that it sends: the header extension "video layers allocation".
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+
 * |RID| NS| sl_bm |  this stream, streams - 1, mask of spatial layers
 * +-+-+-+-+-+-+-+-+
 * |sl_bm 0|sl_bm 1|  only if sl_bm above is 0: a mask for each stream
 * |#tl|#tl|#tl|#tl|  temporal layers - 1 of each active spatial layer
 * | leb128 kbit/s |  of each temporal layer, those below included
 * | w-1 | h-1 |fps|  16, 16, 8 bits of each active spatial layer; may be absent
 * </pre>
 *
 * <p>One byte of 0 says that nothing is sent. Owned by the publisher's loop. A malformed one changes
 * nothing.
 */
final class LayersAllocation {
    static final int SPATIAL_MAX = 4;
    static final int TEMPORAL_MAX = 4;

    private static final int STREAMS_MAX = 4;
    private static final int SIZE_BYTES = 5;

    /** 35 bits, more than any rate in kbit/s. */
    private static final int LEB128_BYTES_MAX = 5;

    private final int[] masks = new int[STREAMS_MAX];
    private final int[] temporalLayers = new int[STREAMS_MAX * SPATIAL_MAX];
    private final int[] kilobits = new int[STREAMS_MAX * SPATIAL_MAX * TEMPORAL_MAX];
    private final int[] widths = new int[STREAMS_MAX * SPATIAL_MAX];
    private final int[] heights = new int[STREAMS_MAX * SPATIAL_MAX];
    private final int[] rates = new int[STREAMS_MAX * SPATIAL_MAX];
    private boolean known;

    // While one is read.
    private final int[] readMasks = new int[STREAMS_MAX];
    private final int[] readTemporal = new int[STREAMS_MAX * SPATIAL_MAX];
    private final int[] readKilobits = new int[STREAMS_MAX * SPATIAL_MAX * TEMPORAL_MAX];

    /** Takes one; returns false if it is malformed. */
    boolean read(MemorySegment memory, long from, int bytes) {
        if (bytes == 0) {
            return false;
        }
        long end = from + bytes;
        if (bytes == 1 && Wire.u8(memory, from) == 0) {
            Arrays.fill(masks, 0);
            known = true;
            return true;
        }
        int streams = (Wire.u8(memory, from) >>> 4 & 3) + 1;
        long at = readMasks(memory, from, end, streams);
        at = readTemporal(memory, at, end, streams);
        at = readKilobits(memory, at, end, streams);
        if (at < 0) {
            return false;
        }
        int active = 0;
        for (int mask : readMasks) {
            active += Integer.bitCount(mask);
        }
        if (end - at >= (long) active * SIZE_BYTES) {
            readSizes(memory, at, streams);
        } else if (end != at) {
            return false;
        }
        System.arraycopy(readMasks, 0, masks, 0, masks.length);
        System.arraycopy(readTemporal, 0, temporalLayers, 0, temporalLayers.length);
        System.arraycopy(readKilobits, 0, kilobits, 0, kilobits.length);
        known = true;
        return true;
    }

    // Each step takes and returns where it is, or -1 once the extension is cut off.

    private long readMasks(MemorySegment memory, long from, long end, int streams) {
        Arrays.fill(readMasks, 0);
        int common = Wire.u8(memory, from) & 0xf;
        long at = from + 1;
        if (common == 0 && end - at < (streams + 1) / 2) {
            return -1;
        }
        for (int stream = 0; stream < streams; stream++) {
            readMasks[stream] =
                    common != 0
                            ? common
                            : Wire.u8(memory, at + stream / 2) >>> (stream % 2 == 0 ? 4 : 0) & 0xf;
        }
        return common == 0 ? at + (streams + 1) / 2 : at;
    }

    private long readTemporal(MemorySegment memory, long from, long end, int streams) {
        if (from < 0) {
            return -1;
        }
        int index = 0;
        for (int cell = 0; cell < streams * SPATIAL_MAX; cell++) {
            if (isRead(cell)) {
                long at = from + index / 4;
                if (at >= end) {
                    return -1;
                }
                readTemporal[cell] = (Wire.u8(memory, at) >>> (6 - 2 * (index % 4)) & 3) + 1;
                index++;
            }
        }
        return from + (index + 3) / 4;
    }

    private boolean isRead(int cell) {
        return (readMasks[cell / SPATIAL_MAX] >>> cell % SPATIAL_MAX & 1) != 0;
    }

    private long readKilobits(MemorySegment memory, long from, long end, int streams) {
        long at = from;
        for (int cell = 0; cell < streams * SPATIAL_MAX && at >= 0; cell++) {
            int layers = isRead(cell) ? readTemporal[cell] : 0;
            for (int temporal = 0; temporal < layers && at >= 0; temporal++) {
                at = readLeb128(memory, at, end, cell * TEMPORAL_MAX + temporal);
            }
        }
        return at;
    }

    private long readLeb128(MemorySegment memory, long from, long end, int into) {
        long value = 0;
        for (int i = 0; i < LEB128_BYTES_MAX && from + i < end; i++) {
            int read = Wire.u8(memory, from + i);
            value |= (read & 0x7fL) << (7 * i);
            if ((read & 0x80) == 0) {
                readKilobits[into] = (int) Math.min(value, Integer.MAX_VALUE);
                return from + i + 1;
            }
        }
        return -1;
    }

    private void readSizes(MemorySegment memory, long from, int streams) {
        long at = from;
        for (int cell = 0; cell < streams * SPATIAL_MAX; cell++) {
            if (isRead(cell)) {
                widths[cell] = Wire.u16(memory, at) + 1;
                heights[cell] = Wire.u16(memory, at + 2) + 1;
                rates[cell] = Wire.u8(memory, at + 4);
                at += SIZE_BYTES;
            }
        }
    }

    /** Whether the publisher has said anything yet. */
    boolean known() {
        return known;
    }

    /** Mask of the spatial layers that are sent in a stream; 0 if it is not sent. */
    int spatialMask(int stream) {
        return masks[stream];
    }

    /** How many temporal layers a spatial layer has that is sent. */
    int temporalLayers(int stream, int spatial) {
        return temporalLayers[stream * SPATIAL_MAX + spatial];
    }

    /** Of a spatial layer alone, with its temporal layers up to one. */
    long bitrateBps(int stream, int spatial, int temporal) {
        int cell = (stream * SPATIAL_MAX + spatial) * TEMPORAL_MAX + temporal;
        return kilobits[cell] * 1_000L;
    }

    /** In pixels; 0 while it was not said. */
    int width(int stream, int spatial) {
        return widths[stream * SPATIAL_MAX + spatial];
    }

    /** In pixels; 0 while it was not said. */
    int height(int stream, int spatial) {
        return heights[stream * SPATIAL_MAX + spatial];
    }

    /** With all temporal layers; 0 while it was not said. */
    int framesPerSecond(int stream, int spatial) {
        return rates[stream * SPATIAL_MAX + spatial];
    }
}
