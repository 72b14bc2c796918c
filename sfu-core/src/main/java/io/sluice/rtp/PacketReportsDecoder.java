package io.sluice.rtp;

import java.lang.foreign.MemorySegment;

/**
 * Reads the body of a congestion control feedback message (RFC 8888 3.1).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      SSRC of a stream                         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |        first sequence number  |       number of reports       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |R|ECN|  arrival time offset    |     ... 0s up to a word        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |       ... as many streams as there are, then the time         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Used again for each message, and owned by its reader. Work and memory are bounded by the length of the
 * packet.
 */
final class PacketReportsDecoder {
    /** Behind the sender's SSRC: there is no SSRC that all is about, as other feedback has it. */
    private static final int STREAMS_AT = 8;

    private static final int STREAM_BYTES = 8;
    private static final int REPORT_BYTES = 2;
    private static final int TIMESTAMP_BYTES = 4;

    /** More numbers are no window of 16 bits any more. */
    static final int REPORTS_MAX = 16_384;

    private static final int RECEIVED = 0x8000;
    private static final int OFFSET_MASK = 0x1fff;

    /** It arrived after the report was made, or nobody knows when. */
    private static final int OFFSET_UNKNOWN = 0x1fff;

    /** It arrived so long ago that nobody asks any more. */
    private static final int OFFSET_TOO_LARGE = 0x1ffe;

    /** Offsets are in 1/1024 s, times in 1/65536 s. */
    private static final int OFFSET_SHIFT = 6;

    /** Packets reported at once, as a rule. */
    private static final int EXPECTED = 256;

    private final PacketReports reports = new PacketReports(EXPECTED);

    /** Reads the feedback packet between two offsets; false if it does not hold what it announces. */
    boolean read(MemorySegment memory, long packet, long packetEnd) {
        reports.clear();
        long end = packetEnd - TIMESTAMP_BYTES;
        long timestamp = Wire.i32(memory, end) & 0xffff_ffffL;
        long at = packet + STREAMS_AT;
        while (at < end) {
            if (end - at < STREAM_BYTES) {
                return false;
            }
            int ssrc = Wire.i32(memory, at);
            int first = Wire.u16(memory, at + 4);
            int count = Wire.u16(memory, at + 6);
            at += STREAM_BYTES;
            if (count > REPORTS_MAX || end - at < (long) count * REPORT_BYTES) {
                return false;
            }
            for (int i = 0; i < count; i++) {
                read(ssrc, first + i, Wire.u16(memory, at + (long) i * REPORT_BYTES), timestamp);
            }
            at += (long) (count + (count & 1)) * REPORT_BYTES;
        }
        return at == end;
    }

    private void read(int ssrc, int sequence, int report, long timestamp) {
        if ((report & RECEIVED) == 0) {
            reports.addLost(ssrc, sequence);
            return;
        }
        int offset = report & OFFSET_MASK;
        if (offset == OFFSET_TOO_LARGE) {
            return;
        }
        long ago = offset == OFFSET_UNKNOWN ? 0 : (long) offset << OFFSET_SHIFT;
        reports.add(ssrc, sequence, (timestamp - ago) & 0xffff_ffffL);
    }

    /** What was read, until the next message is. */
    PacketReports reports() {
        return reports;
    }
}
