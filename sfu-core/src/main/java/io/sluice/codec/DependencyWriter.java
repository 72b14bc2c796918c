package io.sluice.codec;

import io.sluice.rtp.Wire;
import java.lang.foreign.MemorySegment;

/**
 * Writes a publisher's dependency descriptor for one viewer: with a frame number of the viewer's own, and
 * with the decode targets that the viewer gets. Templates stay as they are.
 *
 * <p>Owned by one loop; allocates nothing.
 */
public final class DependencyWriter {
    /** What one header extension can hold (RFC 8285 4.3). */
    public static final int BYTES_MAX = 255;

    /** Instead of a mask of decode targets: what the publisher says of them stands. */
    public static final int AS_ANNOUNCED = 0;

    private static final int MANDATORY_BYTES = 3;
    private static final int MANDATORY_BITS = 24;
    private static final int FLAG_BITS = 5;
    private static final int MASK_FLAG = 0x08;
    private static final int PIECE_BITS = 32;

    private final BitReader in = new BitReader();
    private final BitWriter out = new BitWriter();

    /**
     * Writes a descriptor.
     *
     * @param info of this descriptor, with its structure
     * @param frameNumber the low 16 bits are written
     * @param targets mask of the decode targets to announce, or {@link #AS_ANNOUNCED}
     * @param to has room for {@link #BYTES_MAX} bytes
     * @return the bytes that were written
     */
    public int write(
            MemorySegment memory,
            long offset,
            int bytes,
            PayloadInfo info,
            int frameNumber,
            int targets,
            MemorySegment to,
            long toOffset) {
        DependencyStructure structure = info.structure;
        int length = bytes;
        boolean fits = bytes + Integer.BYTES + 1 <= BYTES_MAX;
        if (targets == AS_ANNOUNCED || structure == null || !fits) {
            MemorySegment.copy(memory, offset, to, toOffset, bytes);
        } else {
            length =
                    announce(
                            memory,
                            offset,
                            bytes,
                            info,
                            structure.targets(),
                            targets,
                            to,
                            toOffset);
        }
        Wire.put16(to, toOffset + 1, frameNumber);
        return length;
    }

    private int announce(
            MemorySegment memory,
            long offset,
            int bytes,
            PayloadInfo info,
            int count,
            int targets,
            MemorySegment to,
            long toOffset) {
        in.begin(memory, offset, bytes);
        out.begin(to, toOffset);
        copy(MANDATORY_BITS);
        if (bytes == MANDATORY_BYTES) {
            out.write(MASK_FLAG, FLAG_BITS);
            out.write(targets, count);
            return out.lengthBytes();
        }
        int flags = (int) in.read(FLAG_BITS);
        out.write(flags | MASK_FLAG, FLAG_BITS);
        copy(info.maskAtBits - MANDATORY_BITS - FLAG_BITS);
        out.write(targets, count);
        if ((flags & MASK_FLAG) != 0) {
            in.read(count);
        }
        copy(info.descriptorBits - in.position());
        return out.lengthBytes();
    }

    private void copy(int bits) {
        int left = bits;
        while (left > 0) {
            int piece = Math.min(left, PIECE_BITS);
            out.write(in.read(piece), piece);
            left -= piece;
        }
    }
}
