package io.sluice.rtp;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks a compound RTCP packet (RFC 3550 6.1), or one of reduced size (RFC 5506), message by message:
 * {@link #wrap}, then {@link #advance} until it returns false, then {@link #malformed}.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P| RC/FMT  |       PT      |     length in words minus 1   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                  SSRC of the sender of the packet             |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * </pre>
 *
 * <p>Types that are not known are passed over and counted. At the first packet that does not hold
 * what it announces the walk ends; what was returned before stands.
 *
 * <p>A server hears thousands of messages a second, so that the reader itself is a view of the message it
 * stands on, and allocates nothing; {@link #message} makes a record of it. Each accessor says for which
 * kinds it means something. Owned by one loop.
 */
public final class RtcpReader {
    /** Packets in one compound: more end the walk as malformed. */
    public static final int PACKETS_MAX = 64;

    /** Messages in one compound, more than the pairs of the largest NACK: more end the walk too. */
    public static final int MESSAGES_MAX = 512;

    static final int HEADER_BYTES = 4;
    static final int FEEDBACK_HEADER_BYTES = 12;
    static final int REPORT_BLOCK_BYTES = 24;
    static final int SENDER_REPORT_BYTES = 28;
    static final int RECEIVER_REPORT_BYTES = 8;
    static final int TYPE_SENDER_REPORT = 200;
    static final int TYPE_RECEIVER_REPORT = 201;
    static final int TYPE_SOURCE_DESCRIPTION = 202;
    static final int TYPE_BYE = 203;
    static final int TYPE_TRANSPORT_FEEDBACK = 205;
    static final int TYPE_PAYLOAD_FEEDBACK = 206;
    static final int FORMAT_NACK = 1;
    static final int FORMAT_PACKET_REPORTS = 11;
    static final int FORMAT_TRANSPORT_WIDE = 15;
    static final int FORMAT_PICTURE_LOSS = 1;
    static final int FORMAT_FULL_INTRA_REQUEST = 4;
    static final int FORMAT_APPLICATION = 15;
    private static final int NACK_PAIR_BYTES = 4;
    private static final int FIR_ENTRY_BYTES = 8;
    static final int REMB_NAME = 0x52454d42;

    /** Name, number of SSRCs and rate. */
    private static final int REMB_HEADER_BYTES = 8;

    /** RFC 5761 4: where RTCP types lie when RTP shares the port. */
    private static final int TYPE_MIN = 192;

    private static final int TYPE_MAX = 223;

    /** What the rest of a packet of several messages holds. */
    private enum Entries {
        NONE,
        NACK_PAIRS,
        FIR_ENTRIES,
        CHUNKS
    }

    private MemorySegment memory = MemorySegment.NULL;
    private long nextPacket;
    private long end;
    private int packets;
    private int messages;
    private int skipped;
    private boolean malformed;

    /** The packet that is being read: its fields, where it begins, and where it ends without padding. */
    private int type;

    private int count;
    private long packet;
    private long packetEnd;

    private Entries entries = Entries.NONE;
    private long entry;
    private int chunksLeft;

    /** The message that the reader stands on, and where it begins if it is one of several entries. */
    private RtcpKind kind = RtcpKind.BYE;

    private long at;
    private final TransportWideDecoder transportWide = new TransportWideDecoder();
    private final PacketReportsDecoder packetReports = new PacketReportsDecoder();

    /** Begins to walk the datagram at {@code offset}. */
    public void wrap(MemorySegment memory, long offset, int length) {
        this.memory = memory;
        nextPacket = offset;
        end = offset + length;
        packets = 0;
        messages = 0;
        skipped = 0;
        malformed = length == 0;
        entries = Entries.NONE;
    }

    /**
     * Goes to the next message.
     *
     * @return false at the end or where the rest is malformed
     */
    public boolean advance() {
        while (!malformed) {
            if (entries == Entries.NONE ? enterNextPacket() : enterNextEntry()) {
                if (malformed || messages == MESSAGES_MAX) {
                    malformed = true;
                    return false;
                }
                messages++;
                return true;
            }
            if (entries == Entries.NONE && nextPacket == end) {
                return false;
            }
        }
        return false;
    }

    /** The next message as a record, or null at the end or where the rest is malformed. */
    public @Nullable RtcpMessage next() {
        return advance() ? message() : null;
    }

    /** Whether the walk ended before the end of the datagram. */
    public boolean malformed() {
        return malformed;
    }

    /** How many messages {@link #advance} has stood on since {@link #wrap}. */
    public int messages() {
        return messages;
    }

    /** How many packets of unknown type or format were passed over since {@link #wrap}. */
    public int skipped() {
        return skipped;
    }

    /** What the message is. */
    public RtcpKind kind() {
        return kind;
    }

    /** Who says it: of every kind but a source description and a goodbye. */
    public int senderSsrc() {
        return Wire.i32(memory, packet + 4);
    }

    /** Which stream it is about: of a NACK, a picture loss and a full intra request. */
    public int mediaSsrc() {
        return Wire.i32(memory, kind == RtcpKind.FULL_INTRA_REQUEST ? at : packet + 8);
    }

    /** Of a NACK: the first lost sequence number. */
    public int nackFirst() {
        return Wire.u16(memory, at);
    }

    /** Of a NACK: which of the sixteen after it are lost too, the lowest bit next. */
    public int nackBitmap() {
        return Wire.u16(memory, at + 2);
    }

    /** Of a sender report: when it left, 64-bit NTP. */
    public long ntp() {
        return Wire.i64(memory, packet + 8);
    }

    /** Of a sender report: the same moment in the clock of the media. */
    public int rtpTimestamp() {
        return Wire.i32(memory, packet + 16);
    }

    /** Of a report: how many sources it reports on. The accessors below take an index below this. */
    public int blocks() {
        return count;
    }

    /** See {@link ReportBlock#ssrc}. */
    public int blockSsrc(int block) {
        return Wire.i32(memory, block(block));
    }

    /** See {@link ReportBlock#fractionLost}. */
    public int blockFractionLost(int block) {
        return Wire.u8(memory, block(block) + 4);
    }

    /** See {@link ReportBlock#cumulativeLost}. */
    private int blockCumulativeLost(int block) {
        return Wire.u24(memory, block(block) + 5) << 8 >> 8;
    }

    /** See {@link ReportBlock#highestSequence}. */
    private int blockHighestSequence(int block) {
        return Wire.i32(memory, block(block) + 8);
    }

    /** See {@link ReportBlock#lastSenderReport}. */
    public int blockLastSenderReport(int block) {
        return Wire.i32(memory, block(block) + 16);
    }

    /** See {@link ReportBlock#delayUnits}. */
    public int blockDelayUnits(int block) {
        return Wire.i32(memory, block(block) + 20);
    }

    /** Of a REMB: what the receiver believes to fit; {@link Long#MAX_VALUE} if it is even more. */
    public long rembBitsPerSecond() {
        long rate = packet + FEEDBACK_HEADER_BYTES + 5;
        int exponent = Wire.u8(memory, rate) >>> 2;
        long mantissa = Wire.u24(memory, rate) & 0x3ffff;
        boolean overflows = mantissa != 0 && exponent > Long.numberOfLeadingZeros(mantissa) - 1;
        return overflows ? Long.MAX_VALUE : mantissa << exponent;
    }

    /** Of transport-wide feedback: the first number that is reported on, 16 bits. */
    public int transportWideBase() {
        return Wire.u16(memory, packet + FEEDBACK_HEADER_BYTES);
    }

    /** Of transport-wide feedback: how many numbers are reported on, up to 65535. */
    public int transportWideStatuses() {
        return Wire.u16(memory, packet + FEEDBACK_HEADER_BYTES + 2);
    }

    /** Of transport-wide feedback: which of them were received, until the reader goes on. */
    public Arrivals transportWideArrivals() {
        return transportWide.arrivals();
    }

    /** Of congestion control feedback (RFC 8888): what it says of packets, until the reader goes on. */
    public PacketReports packetReports() {
        return packetReports.reports();
    }

    private long block(int block) {
        int before = kind == RtcpKind.SENDER_REPORT ? SENDER_REPORT_BYTES : RECEIVER_REPORT_BYTES;
        return packet + before + (long) block * REPORT_BLOCK_BYTES;
    }

    /** The message that the reader stands on, to be kept. */
    public RtcpMessage message() {
        return switch (kind) {
            case SENDER_REPORT ->
                    new RtcpMessage.SenderReport(
                            senderSsrc(),
                            ntp(),
                            rtpTimestamp(),
                            Wire.i32(memory, packet + 20),
                            Wire.i32(memory, packet + 24),
                            reportBlocks());
            case RECEIVER_REPORT -> new RtcpMessage.ReceiverReport(senderSsrc(), reportBlocks());
            case SOURCE_DESCRIPTION ->
                    new RtcpMessage.SourceDescription(
                            Wire.i32(memory, at), Cname.read(memory, at, packetEnd));
            case BYE -> new RtcpMessage.Bye(ssrcs(packet + HEADER_BYTES, count));
            case NACK -> new RtcpMessage.Nack(senderSsrc(), mediaSsrc(), nackFirst(), nackBitmap());
            case PICTURE_LOSS -> new RtcpMessage.PictureLoss(senderSsrc(), mediaSsrc());
            case FULL_INTRA_REQUEST ->
                    new RtcpMessage.FullIntraRequest(
                            senderSsrc(), mediaSsrc(), Wire.u8(memory, at + 4));
            case REMB ->
                    new RtcpMessage.Remb(
                            senderSsrc(),
                            rembBitsPerSecond(),
                            ssrcs(packet + FEEDBACK_HEADER_BYTES + REMB_HEADER_BYTES, rembSsrcs()));
            case TRANSPORT_WIDE -> transportWide.message(memory, packet);
            case PACKET_REPORTS ->
                    new RtcpMessage.CongestionFeedback(
                            senderSsrc(), packetReports.reports().copy());
        };
    }

    private List<ReportBlock> reportBlocks() {
        List<ReportBlock> blocks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long block = block(i);
            blocks.add(
                    new ReportBlock(
                            blockSsrc(i),
                            blockFractionLost(i),
                            blockCumulativeLost(i),
                            blockHighestSequence(i),
                            Wire.i32(memory, block + 12),
                            blockLastSenderReport(i),
                            blockDelayUnits(i)));
        }
        return List.copyOf(blocks);
    }

    private List<Integer> ssrcs(long first, int number) {
        List<Integer> ssrcs = new ArrayList<>(number);
        for (int i = 0; i < number; i++) {
            ssrcs.add(Wire.i32(memory, first + 4L * i));
        }
        return List.copyOf(ssrcs);
    }

    /** Whether the next packet is a message; false too if it holds several, or none that is known. */
    private boolean enterNextPacket() {
        if (nextPacket == end) {
            return false;
        }
        if (++packets > PACKETS_MAX || !enterPacket()) {
            malformed = true;
            return false;
        }
        return switch (type) {
            case TYPE_SENDER_REPORT ->
                    is(
                            RtcpKind.SENDER_REPORT,
                            SENDER_REPORT_BYTES + (long) REPORT_BLOCK_BYTES * count);
            case TYPE_RECEIVER_REPORT ->
                    is(
                            RtcpKind.RECEIVER_REPORT,
                            RECEIVER_REPORT_BYTES + (long) REPORT_BLOCK_BYTES * count);
            case TYPE_SOURCE_DESCRIPTION -> {
                chunksLeft = count;
                yield enterEntries(Entries.CHUNKS, HEADER_BYTES);
            }
            case TYPE_BYE -> count == 0 ? skip() : is(RtcpKind.BYE, HEADER_BYTES + 4L * count);
            case TYPE_TRANSPORT_FEEDBACK -> enterTransportFeedback();
            case TYPE_PAYLOAD_FEEDBACK -> enterPayloadFeedback();
            default -> skip();
        };
    }

    /** Reads the common header; false if there is no whole packet. */
    private boolean enterPacket() {
        packet = nextPacket;
        if (end - packet < HEADER_BYTES) {
            return false;
        }
        int first = Wire.u8(memory, packet);
        type = Wire.u8(memory, packet + 1);
        count = first & 0x1f;
        packetEnd = packet + 4L * (Wire.u16(memory, packet + 2) + 1);
        if (first >>> 6 != 2 || type < TYPE_MIN || type > TYPE_MAX || packetEnd > end) {
            return false;
        }
        nextPacket = packetEnd;
        return (first & 0x20) == 0 || stripPadding();
    }

    /**
     * RFC 3550 6.4.1 has padding in the last packet only, and in whole words. libwebrtc pads each
     * transport-wide feedback to a whole word with it, by one to three bytes, wherever it stands.
     */
    private boolean stripPadding() {
        int padding = Wire.u8(memory, packetEnd - 1);
        boolean possible = padding != 0 && padding <= packetEnd - packet - HEADER_BYTES;
        packetEnd -= possible ? padding : 0;
        return possible;
    }

    /** Whether the packet has this many bytes, header included; marks it malformed otherwise. */
    private boolean holds(long bytes) {
        malformed |= bytes > packetEnd - packet;
        return !malformed;
    }

    /** Stands on the packet, if it holds what it announces. */
    private boolean is(RtcpKind what, long bytes) {
        kind = what;
        return holds(bytes);
    }

    private boolean skip() {
        skipped++;
        return false;
    }

    private boolean enterEntries(Entries what, int headerBytes) {
        entries = what;
        entry = packet + headerBytes;
        return false;
    }

    private boolean enterTransportFeedback() {
        if (!holds(FEEDBACK_HEADER_BYTES)) {
            return false;
        }
        return switch (count) {
            case FORMAT_NACK -> enterEntries(Entries.NACK_PAIRS, FEEDBACK_HEADER_BYTES);
            case FORMAT_PACKET_REPORTS -> {
                kind = RtcpKind.PACKET_REPORTS;
                malformed = !packetReports.read(memory, packet, packetEnd);
                yield !malformed;
            }
            case FORMAT_TRANSPORT_WIDE -> {
                kind = RtcpKind.TRANSPORT_WIDE;
                malformed = !transportWide.read(memory, packet, packetEnd);
                yield !malformed;
            }
            default -> skip();
        };
    }

    private boolean enterPayloadFeedback() {
        if (!holds(FEEDBACK_HEADER_BYTES)) {
            return false;
        }
        return switch (count) {
            case FORMAT_PICTURE_LOSS -> is(RtcpKind.PICTURE_LOSS, FEEDBACK_HEADER_BYTES);
            case FORMAT_FULL_INTRA_REQUEST ->
                    enterEntries(Entries.FIR_ENTRIES, FEEDBACK_HEADER_BYTES);
            case FORMAT_APPLICATION -> enterRemb();
            default -> skip();
        };
    }

    private boolean enterRemb() {
        long body = packet + FEEDBACK_HEADER_BYTES;
        if (packetEnd - body < REMB_HEADER_BYTES || Wire.i32(memory, body) != REMB_NAME) {
            return skip();
        }
        return is(RtcpKind.REMB, FEEDBACK_HEADER_BYTES + REMB_HEADER_BYTES + 4L * rembSsrcs());
    }

    private int rembSsrcs() {
        return Wire.u8(memory, packet + FEEDBACK_HEADER_BYTES + 4);
    }

    private boolean enterNextEntry() {
        return switch (entries) {
            case NONE -> false;
            case NACK_PAIRS -> enterEntry(RtcpKind.NACK, NACK_PAIR_BYTES);
            case FIR_ENTRIES -> enterEntry(RtcpKind.FULL_INTRA_REQUEST, FIR_ENTRY_BYTES);
            case CHUNKS -> enterChunk();
        };
    }

    private boolean enterEntry(RtcpKind what, int bytes) {
        if (packetEnd - entry < bytes) {
            entries = Entries.NONE;
            return false;
        }
        kind = what;
        at = entry;
        entry += bytes;
        return true;
    }

    /** RFC 3550 6.5: items up to a zero byte, then zeros up to the next word. */
    private boolean enterChunk() {
        if (chunksLeft-- == 0) {
            entries = Entries.NONE;
            return false;
        }
        if (packetEnd - entry < 8) {
            malformed = true;
            return false;
        }
        long item = entry + 4;
        while (item < packetEnd && Wire.u8(memory, item) != 0) {
            if (packetEnd - item < 2 || packetEnd - item - 2 < Wire.u8(memory, item + 1)) {
                malformed = true;
                return false;
            }
            item += 2L + Wire.u8(memory, item + 1);
        }
        kind = RtcpKind.SOURCE_DESCRIPTION;
        at = entry;
        entry = packet + ((item - packet) / 4 + 1) * 4;
        return true;
    }
}
