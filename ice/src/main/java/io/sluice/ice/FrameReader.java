package io.sluice.ice;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a stream of bytes apart into the datagrams that were framed in it (RFC 4571 2): each has its
 * length before it, in two bytes.
 *
 * <p>Owned by the loop of its connection. It keeps at most one datagram that has not come wholly.
 */
final class FrameReader {
    /** What stands before each datagram. */
    static final int HEADER_BYTES = Short.BYTES;

    /** Hears of what is found. */
    interface Frames {
        /**
         * A whole datagram, from the buffer's position to its limit, for the time of the call.
         *
         * @return whether to read on
         */
        boolean onFrame(ByteBuffer datagram);

        /** A datagram is longer than any that is kept, and will be passed over. */
        void onTooLong(int length);
    }

    private final int maxBytes;

    /** The beginning of a datagram, its length included; null while there is none. */
    private @Nullable ByteBuffer begun;

    /** Still to be passed over. */
    private int unwanted;

    /**
     * @param maxBytes of a datagram; longer ones are passed over
     */
    FrameReader(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Reads what is there, whatever part of a frame it is. */
    void read(ByteBuffer bytes, Frames to) {
        while (bytes.hasRemaining()) {
            if (unwanted > 0) {
                int passed = Math.min(unwanted, bytes.remaining());
                bytes.position(bytes.position() + passed);
                unwanted -= passed;
            } else if (begun != null) {
                if (!complete(begun, bytes, to)) {
                    return;
                }
            } else if (!readWhole(bytes, to)) {
                return;
            }
        }
    }

    /** A frame that begins in {@code bytes}: without a copy if it ends there too. */
    private boolean readWhole(ByteBuffer bytes, Frames to) {
        int length = bytes.remaining() < HEADER_BYTES ? 0 : length(bytes, bytes.position());
        if (length > maxBytes) {
            bytes.position(bytes.position() + HEADER_BYTES);
            unwanted = length;
            to.onTooLong(length);
            return true;
        }
        if (bytes.remaining() < HEADER_BYTES + length || bytes.remaining() < HEADER_BYTES) {
            ByteBuffer kept = ByteBuffer.allocate(HEADER_BYTES + maxBytes);
            kept.put(bytes);
            begun = kept;
            return true;
        }
        int end = bytes.position() + HEADER_BYTES + length;
        ByteBuffer datagram = bytes.slice(end - length, length);
        bytes.position(end);
        return to.onFrame(datagram);
    }

    /** The rest of a frame that began before. */
    private boolean complete(ByteBuffer kept, ByteBuffer bytes, Frames to) {
        fill(kept, bytes, HEADER_BYTES);
        if (kept.position() < HEADER_BYTES) {
            return true;
        }
        int length = length(kept, 0);
        if (length > maxBytes) {
            begun = null;
            unwanted = length;
            to.onTooLong(length);
            return true;
        }
        fill(kept, bytes, HEADER_BYTES + length);
        if (kept.position() < HEADER_BYTES + length) {
            return true;
        }
        begun = null;
        return to.onFrame(kept.slice(HEADER_BYTES, length));
    }

    /** Moves bytes until so many are kept, or no more are there. */
    private static void fill(ByteBuffer kept, ByteBuffer bytes, int wantedBytes) {
        int moved = Math.min(Math.max(0, wantedBytes - kept.position()), bytes.remaining());
        kept.put(bytes.slice(bytes.position(), moved));
        bytes.position(bytes.position() + moved);
    }

    private static int length(ByteBuffer bytes, int at) {
        return Byte.toUnsignedInt(bytes.get(at)) << Byte.SIZE
                | Byte.toUnsignedInt(bytes.get(at + 1));
    }
}
