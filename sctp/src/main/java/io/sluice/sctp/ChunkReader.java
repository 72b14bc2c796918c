package io.sluice.sctp;

/**
 * Walks over the chunks of one packet (RFC 9260 3). A flyweight: nothing is copied.
 *
 * <p>Owned by the loop of its association.
 */
final class ChunkReader {
    static final int HEADER_BYTES = 4;

    private static final byte[] NOTHING = {};

    private byte[] buffer = NOTHING;
    private int end;
    private int next;
    private int at;
    private int length;

    /**
     * Goes before the first chunk of a range.
     *
     * @return false: there is no chunk, or one that does not fit; then nothing of the range counts
     */
    boolean wrap(byte[] bytes, int offset, int size) {
        buffer = bytes;
        end = offset + size;
        next = offset;
        boolean any = false;
        while (next < end) {
            if (end - next < HEADER_BYTES || !fits(Wire.u16(bytes, next + 2))) {
                return false;
            }
            any = true;
            step();
        }
        next = offset;
        return any;
    }

    private boolean fits(int chunkLength) {
        return chunkLength >= HEADER_BYTES && chunkLength <= end - next;
    }

    private void step() {
        at = next;
        length = Wire.u16(buffer, at + 2);
        // The padding of the last one may be missing.
        next = Math.min(end, at + Wire.padded(length));
    }

    /** Goes to the next chunk; false: there is none. */
    boolean next() {
        if (next >= end) {
            return false;
        }
        step();
        return true;
    }

    /** Whether the chunk is the last one. */
    boolean isLast() {
        return next >= end;
    }

    byte[] buffer() {
        return buffer;
    }

    int type() {
        return Wire.u8(buffer, at);
    }

    int flags() {
        return Wire.u8(buffer, at + 1);
    }

    /** Where the chunk begins, its header included. */
    int start() {
        return at;
    }

    /** Header and value, without padding. */
    int chunkBytes() {
        return length;
    }

    /** Where the value begins. */
    int value() {
        return at + HEADER_BYTES;
    }

    int valueBytes() {
        return length - HEADER_BYTES;
    }
}
