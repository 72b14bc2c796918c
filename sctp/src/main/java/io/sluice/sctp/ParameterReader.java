package io.sluice.sctp;

/**
 * Walks over the parameters in a chunk (RFC 9260 3.2.1). A flyweight: nothing is copied.
 *
 * <p>Owned by the loop of its association.
 */
final class ParameterReader {
    static final int HEADER_BYTES = 4;

    private final byte[] buffer;
    private final int end;
    private int next;
    private int at;
    private int length;

    ParameterReader(byte[] buffer, int offset, int size) {
        this.buffer = buffer;
        end = offset + size;
        next = offset;
    }

    /** Goes to the next parameter; false: there is none, or it does not fit. */
    boolean next() {
        if (end - next < HEADER_BYTES) {
            return false;
        }
        int size = Wire.u16(buffer, next + 2);
        if (size < HEADER_BYTES || size > end - next) {
            return false;
        }
        at = next;
        length = size;
        next = Math.min(end, at + Wire.padded(size));
        return true;
    }

    /** After the last {@link #next}: whether something is left that could not be read. */
    boolean malformed() {
        return next < end;
    }

    int type() {
        return Wire.u16(buffer, at);
    }

    /** Where the parameter begins, its header included. */
    int start() {
        return at;
    }

    /** Header and value, without padding. */
    int parameterBytes() {
        return length;
    }

    int value() {
        return at + HEADER_BYTES;
    }

    int valueBytes() {
        return length - HEADER_BYTES;
    }
}
