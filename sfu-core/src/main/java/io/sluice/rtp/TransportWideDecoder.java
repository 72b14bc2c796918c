package io.sluice.rtp;

import java.lang.foreign.MemorySegment;

/**
 * Reads the body of a transport-wide feedback message
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      base sequence number     |      packet status count      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 reference time                | fb pkt. count |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          packet chunk         |  ...  | receive deltas | 0s   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * run length chunk     |0| S |       run length        |
 * status vector chunk  |1|0| 14 symbols of one bit     |
 *                      |1|1| 7 symbols of two bits     |
 * </pre>
 *
 * <p>Used again for each message, and owned by its reader. Work and memory are bounded by the length of the
 * packet, however many statuses it announces.
 */
final class TransportWideDecoder {
    static final int FIXED_BYTES = 8;

    /** Reference times count 64 ms, which is 256 ticks of 250 microseconds. */
    static final int TICKS_PER_REFERENCE = 256;

    static final int SYMBOL_NOT_RECEIVED = 0;
    static final int SYMBOL_SMALL_DELTA = 1;
    static final int SYMBOL_LARGE_DELTA = 2;
    static final int ONE_BIT_SYMBOLS = 14;
    static final int TWO_BIT_SYMBOLS = 7;
    static final int RUN_LENGTH_MAX = 0x1fff;

    /** Packets reported at once, as a rule. */
    private static final int EXPECTED = 256;

    private final Arrivals arrivals = new Arrivals(EXPECTED);
    private MemorySegment memory = MemorySegment.NULL;
    private long end;
    private long delta;
    private long ticks;

    /** Reads the feedback packet between two offsets; false if it does not hold what it announces. */
    boolean read(MemorySegment from, long packet, long packetEnd) {
        memory = from;
        end = packetEnd;
        arrivals.clear();
        long body = packet + RtcpReader.FEEDBACK_HEADER_BYTES;
        long chunks = body + FIXED_BYTES;
        if (chunks > packetEnd) {
            return false;
        }
        int base = Wire.u16(memory, body);
        int statuses = Wire.u16(memory, body + 2);
        delta = afterChunks(memory, chunks, packetEnd, statuses);
        if (delta < 0) {
            return false;
        }
        ticks = (long) Wire.u24(memory, body + 4) * TICKS_PER_REFERENCE;
        return readDeltas(chunks, base, statuses);
    }

    /** The packets that were received, until the next message is read. */
    Arrivals arrivals() {
        return arrivals;
    }

    /** What was read, to be kept. */
    RtcpMessage.TransportWide message(MemorySegment from, long packet) {
        long body = packet + RtcpReader.FEEDBACK_HEADER_BYTES;
        return new RtcpMessage.TransportWide(
                Wire.i32(from, packet + 4),
                Wire.i32(from, packet + 8),
                Wire.u8(from, body + 7),
                Wire.u16(from, body),
                Wire.u16(from, body + 2),
                arrivals.copy());
    }

    /** Where the deltas begin, or -1 if the chunks end too early. */
    private static long afterChunks(MemorySegment memory, long chunks, long end, int statuses) {
        long at = chunks;
        int seen = 0;
        while (seen < statuses) {
            if (end - at < 2) {
                return -1;
            }
            seen += symbols(Wire.u16(memory, at));
            at += 2;
        }
        return at;
    }

    private static int symbols(int chunk) {
        if ((chunk & 0x8000) == 0) {
            return chunk & RUN_LENGTH_MAX;
        }
        return (chunk & 0x4000) == 0 ? ONE_BIT_SYMBOLS : TWO_BIT_SYMBOLS;
    }

    private static int symbol(int chunk, int index) {
        if ((chunk & 0x8000) == 0) {
            return chunk >>> 13;
        }
        return (chunk & 0x4000) == 0
                ? (chunk >>> (ONE_BIT_SYMBOLS - 1 - index)) & 1
                : (chunk >>> (2 * (TWO_BIT_SYMBOLS - 1 - index))) & 3;
    }

    private boolean readDeltas(long chunks, int base, int statuses) {
        long at = chunks;
        int seen = 0;
        while (seen < statuses) {
            int chunk = Wire.u16(memory, at);
            int inChunk = Math.min(symbols(chunk), statuses - seen);
            boolean lostRun = (chunk & 0xe000) == 0;
            for (int i = 0; i < inChunk && !lostRun; i++) {
                if (!readDelta(symbol(chunk, i), base + seen + i)) {
                    return false;
                }
            }
            seen += inChunk;
            at += 2;
        }
        return true;
    }

    private boolean readDelta(int symbol, int sequence) {
        switch (symbol) {
            case SYMBOL_NOT_RECEIVED -> {
                return true;
            }
            case SYMBOL_SMALL_DELTA -> {
                if (end - delta < 1) {
                    return false;
                }
                ticks += Wire.u8(memory, delta);
                delta += 1;
            }
            case SYMBOL_LARGE_DELTA -> {
                if (end - delta < 2) {
                    return false;
                }
                ticks += (short) Wire.u16(memory, delta);
                delta += 2;
            }
            default -> {
                return false;
            }
        }
        arrivals.add(sequence, ticks);
        return true;
    }
}
