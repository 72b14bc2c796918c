package io.sluice.sctp;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Chunks other than data and its acknowledgments that wait for the next packet, encoded.
 *
 * <p>Owned by the loop of its association.
 */
final class Answers {
    /** More between two turns come from a flood: the other side asks again for what is dropped. */
    private static final int MAX_WAITING = 16;

    /**
     * One chunk.
     *
     * @param alone nothing else shares its packet
     */
    record Answer(byte[] chunk, int tag, boolean alone) {}

    private static final int CAUSE_UNKNOWN_CHUNK = 6;
    private static final int CAUSE_STALE_COOKIE = 3;

    private final ArrayDeque<Answer> waiting = new ArrayDeque<>();
    private final SctpCounters counters;

    Answers(SctpCounters counters) {
        this.counters = counters;
    }

    void add(byte[] chunk, int tag, boolean alone) {
        if (waiting.size() >= MAX_WAITING) {
            counters.drop(SctpDrop.TOO_MANY_ANSWERS);
            return;
        }
        waiting.addLast(new Answer(chunk, tag, alone));
    }

    @Nullable Answer first() {
        return waiting.peekFirst();
    }

    void removeFirst() {
        waiting.removeFirst();
    }

    void clear() {
        waiting.clear();
    }

    /** A chunk of a header alone. */
    static byte[] chunk(int type, int flags) {
        return new byte[] {(byte) type, (byte) flags, 0, ChunkReader.HEADER_BYTES};
    }

    /** A chunk with a value. */
    static byte[] chunk(int type, byte[] buffer, int at, int length) {
        byte[] chunk = new byte[ChunkReader.HEADER_BYTES + length];
        chunk[0] = (byte) type;
        Wire.put16(chunk, 2, chunk.length);
        System.arraycopy(buffer, at, chunk, ChunkReader.HEADER_BYTES, length);
        return chunk;
    }

    static byte[] shutdown(int cumulativeTsn) {
        byte[] value = new byte[4];
        Wire.put32(value, 0, cumulativeTsn);
        return chunk(ChunkType.SHUTDOWN, value, 0, value.length);
    }

    /** An ABORT with a cause that says no more than its code (RFC 9260 3.3.10). */
    static byte[] abort(int cause) {
        byte[] value = new byte[4];
        Wire.put16(value, 0, cause);
        Wire.put16(value, 2, value.length);
        return chunk(ChunkType.ABORT, value, 0, value.length);
    }

    /** RFC 9260 3.3.10.3, without saying by how much. */
    static byte[] staleCookie() {
        byte[] value = new byte[8];
        Wire.put16(value, 0, CAUSE_STALE_COOKIE);
        Wire.put16(value, 2, value.length);
        return chunk(ChunkType.ERROR, value, 0, value.length);
    }

    static byte[] unknownChunk(ChunkReader unknown) {
        byte[] value = new byte[4 + unknown.chunkBytes()];
        Wire.put16(value, 0, CAUSE_UNKNOWN_CHUNK);
        Wire.put16(value, 2, value.length);
        byte[] chunk =
                Arrays.copyOfRange(
                        unknown.buffer(), unknown.start(), unknown.start() + unknown.chunkBytes());
        System.arraycopy(chunk, 0, value, 4, chunk.length);
        return chunk(ChunkType.ERROR, value, 0, value.length);
    }
}
