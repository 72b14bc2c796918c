package io.sluice.rtp;

import static io.sluice.rtp.TransportWideDecoder.FIXED_BYTES;
import static io.sluice.rtp.TransportWideDecoder.ONE_BIT_SYMBOLS;
import static io.sluice.rtp.TransportWideDecoder.RUN_LENGTH_MAX;
import static io.sluice.rtp.TransportWideDecoder.SYMBOL_LARGE_DELTA;
import static io.sluice.rtp.TransportWideDecoder.SYMBOL_NOT_RECEIVED;
import static io.sluice.rtp.TransportWideDecoder.SYMBOL_SMALL_DELTA;
import static io.sluice.rtp.TransportWideDecoder.TICKS_PER_REFERENCE;
import static io.sluice.rtp.TransportWideDecoder.TWO_BIT_SYMBOLS;

import java.lang.foreign.MemorySegment;

/**
 * Writes the body of a transport-wide feedback message; {@link TransportWideDecoder} draws it.
 *
 * <p>Each chunk covers as many statuses as it can: a run where it is long enough, else a vector of
 * one-bit symbols, else one of two-bit symbols. Owned by its {@link RtcpWriter}.
 */
final class TransportWideEncoder {
    private final byte[] symbols = new byte[RtcpWriter.STATUSES_MAX];
    private final short[] deltas = new short[RtcpWriter.STATUSES_MAX];

    /** How many of the statuses the last {@link #write} covered. */
    private int written;

    int written() {
        return written;
    }

    /**
     * Writes as many of the statuses as fit.
     *
     * @return the length, not padded, or 0 if not even the first chunk fits or none was received
     */
    int write(
            MemorySegment memory,
            long offset,
            int limitBytes,
            int feedbackCount,
            int baseSequence,
            long[] arrivalTicks,
            int count) {
        written = 0;
        int first = 0;
        while (first < count && arrivalTicks[first] == RtcpWriter.NOT_RECEIVED) {
            first++;
        }
        if (first == count) {
            return 0;
        }
        long reference = Math.floorDiv(arrivalTicks[first], TICKS_PER_REFERENCE);
        int representable = prepare(arrivalTicks, count, reference * TICKS_PER_REFERENCE);
        int statuses = fitting(representable, limitBytes - FIXED_BYTES);
        if (statuses == 0) {
            return 0;
        }
        Wire.put16(memory, offset, baseSequence);
        Wire.put16(memory, offset + 2, statuses);
        Wire.put24(memory, offset + 4, (int) reference);
        Wire.put8(memory, offset + 7, feedbackCount);
        long at = writeChunks(memory, offset + FIXED_BYTES, statuses);
        at = writeDeltas(memory, at, statuses);
        written = statuses;
        return (int) (at - offset);
    }

    /** Computes symbols and deltas up to the first gap in time that no delta can express. */
    private int prepare(long[] arrivalTicks, int count, long referenceTicks) {
        long previous = referenceTicks;
        for (int i = 0; i < count; i++) {
            if (arrivalTicks[i] == RtcpWriter.NOT_RECEIVED) {
                symbols[i] = SYMBOL_NOT_RECEIVED;
                continue;
            }
            long delta = arrivalTicks[i] - previous;
            if (delta != (short) delta) {
                return i;
            }
            boolean small = delta >= 0 && delta <= 0xff;
            symbols[i] = (byte) (small ? SYMBOL_SMALL_DELTA : SYMBOL_LARGE_DELTA);
            deltas[i] = (short) delta;
            previous = arrivalTicks[i];
        }
        return count;
    }

    /** How many of {@code count} statuses fit; the last chunk may be cut short. */
    private int fitting(int count, int roomBytes) {
        int statuses = 0;
        int bytes = 0;
        while (statuses < count) {
            int chunkEnd = statuses + covered(statuses, count);
            bytes += 2;
            while (statuses < chunkEnd) {
                // The number of a symbol is also the length of its delta.
                bytes += symbols[statuses];
                if (bytes > roomBytes) {
                    return statuses;
                }
                statuses++;
            }
        }
        return statuses;
    }

    /** How many statuses from {@code from} on the next chunk covers. */
    private int covered(int from, int count) {
        int run = run(from, count);
        int vector = vector(from, count);
        return Math.max(run, vector);
    }

    private int run(int from, int count) {
        int end = Math.min(count, from + RUN_LENGTH_MAX);
        int at = from + 1;
        while (at < end && symbols[at] == symbols[from]) {
            at++;
        }
        return at - from;
    }

    private int vector(int from, int count) {
        int end = Math.min(count, from + ONE_BIT_SYMBOLS);
        for (int i = from; i < end; i++) {
            if (symbols[i] == SYMBOL_LARGE_DELTA) {
                return Math.min(count - from, TWO_BIT_SYMBOLS);
            }
        }
        return end - from;
    }

    private long writeChunks(MemorySegment memory, long offset, int statuses) {
        long at = offset;
        int from = 0;
        while (from < statuses) {
            int run = run(from, statuses);
            int vector = vector(from, statuses);
            if (run >= vector) {
                Wire.put16(memory, at, symbols[from] << 13 | run);
            } else {
                Wire.put16(memory, at, vectorChunk(from, vector, from + vector == statuses));
            }
            from += Math.max(run, vector);
            at += 2;
        }
        return at;
    }

    /** Of the vectors only the last may hold fewer symbols than it has places. */
    private int vectorChunk(int from, int count, boolean last) {
        boolean oneBit = last || count == ONE_BIT_SYMBOLS;
        for (int i = from; i < from + count; i++) {
            oneBit &= symbols[i] != SYMBOL_LARGE_DELTA;
        }
        int bits = oneBit ? 1 : 2;
        int capacity = oneBit ? ONE_BIT_SYMBOLS : TWO_BIT_SYMBOLS;
        int chunk = oneBit ? 0x8000 : 0xc000;
        for (int i = 0; i < count; i++) {
            chunk |= symbols[from + i] << (bits * (capacity - 1 - i));
        }
        return chunk;
    }

    private long writeDeltas(MemorySegment memory, long offset, int statuses) {
        long at = offset;
        for (int i = 0; i < statuses; i++) {
            if (symbols[i] == SYMBOL_SMALL_DELTA) {
                Wire.put8(memory, at++, deltas[i]);
            } else if (symbols[i] == SYMBOL_LARGE_DELTA) {
                Wire.put16(memory, at, deltas[i]);
                at += 2;
            }
        }
        return at;
    }
}
