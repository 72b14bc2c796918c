package io.sluice.sctp;

/**
 * One DATA chunk that has its TSN and is not acknowledged for good.
 *
 * <p>Owned by the loop of its association.
 */
final class SentChunk {

    enum State {
        IN_FLIGHT,
        /** To be sent again. */
        LOST,
        /** In a gap block: the other side has it, but may still forget it. */
        RECEIVED,
        /** Never to be sent again; the other side is told to pass over it. */
        ABANDONED
    }

    static final int HEADER_BYTES = 16;

    final Outgoing message;
    final int offset;
    final int length;

    /** The last one of its message. */
    final boolean last;

    State state;
    int sends;

    /** Counts up with every chunk sent, so a chunk sent again is younger than its TSN. */
    long order;

    long sentNanos;
    int misses;

    SentChunk(Outgoing message, int offset, int length, boolean last, State state) {
        this.message = message;
        this.offset = offset;
        this.length = length;
        this.last = last;
        this.state = state;
    }

    /** What it takes on the way. */
    int chunkBytes() {
        return HEADER_BYTES + Wire.padded(length);
    }

    /** Writes it into a packet that has room (RFC 9260 3.3.1). */
    void write(PacketWriter writer, long tsn) {
        int flags =
                (offset == 0 ? Fragment.FLAG_FIRST : 0)
                        | (last ? Fragment.FLAG_LAST : 0)
                        | (message.unordered ? Fragment.FLAG_UNORDERED : 0);
        int value =
                writer.chunk(
                        ChunkType.DATA, flags, HEADER_BYTES - ChunkReader.HEADER_BYTES + length);
        byte[] buffer = writer.buffer();
        Wire.put32(buffer, value, (int) tsn);
        Wire.put16(buffer, value + 4, message.channel.id());
        Wire.put16(buffer, value + 6, message.streamSequence);
        Wire.put32(buffer, value + 8, message.protocol);
        System.arraycopy(message.bytes, offset, buffer, value + 12, length);
    }
}
