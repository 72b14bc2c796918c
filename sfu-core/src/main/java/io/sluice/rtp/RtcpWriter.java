package io.sluice.rtp;

import java.lang.foreign.MemorySegment;

/**
 * Builds a compound RTCP packet (RFC 3550 6.1), or one of reduced size (RFC 5506): {@link #begin},
 * then messages in the order that they should have, then {@link #lengthBytes}.
 *
 * <p>A message that does not fit is not begun: its method returns false (or how far it came), and
 * what stands stays valid. Owned by one loop; allocates nothing.
 */
public final class RtcpWriter {
    /** In {@link #transportWide}: the packet has not arrived. */
    public static final long NOT_RECEIVED = Long.MIN_VALUE;

    /** Statuses that {@link #transportWide} takes at once. */
    public static final int STATUSES_MAX = 1024;

    /** RFC 3550 6.5.1: the length of an item is one byte. */
    public static final int CNAME_MAX = 255;

    /** What {@link #pictureLoss} needs. */
    public static final int PICTURE_LOSS_BYTES = RtcpReader.FEEDBACK_HEADER_BYTES;

    /** Name, rate and one SSRC. */
    private static final int REMB_BYTES = 12;

    private static final int REMB_MANTISSA_BITS = 18;

    /** Leading zeros of the highest rate that the mantissa holds. */
    private static final int REMB_MANTISSA_ZEROS = Long.SIZE - REMB_MANTISSA_BITS;

    private static final int PAIR_BYTES = 4;
    private static final int BLOCKS_MAX = 31;
    private static final int NACK_SPAN = 16;
    private static final long NO_REPORT = -1;

    private final TransportWideEncoder transportWide = new TransportWideEncoder();
    private MemorySegment memory = MemorySegment.NULL;
    private long begin;
    private long at;
    private long end;

    /** The report that blocks can still be added to, while it is the last packet. */
    private long report = NO_REPORT;

    private int reportBlocks;

    /** Begins an empty compound at {@code offset} with room for {@code limitBytes}. */
    public void begin(MemorySegment memory, long offset, int limitBytes) {
        this.memory = memory;
        begin = offset;
        at = offset;
        end = offset + limitBytes;
        report = NO_REPORT;
    }

    /** What has been written since {@link #begin}. */
    public int lengthBytes() {
        return (int) (at - begin);
    }

    /** What can still be written. */
    public int roomBytes() {
        return (int) (end - at);
    }

    /**
     * Writes a sender report without blocks.
     *
     * @param ntp the time of the report ({@link NtpTime}), {@code rtpTimestamp} the same in the clock
     *     of the media
     * @param packets sent since the beginning; the low 32 bits are written, as of {@code octets}
     */
    public boolean senderReport(int ssrc, long ntp, int rtpTimestamp, long packets, long octets) {
        if (!open(RtcpReader.TYPE_SENDER_REPORT, 0, RtcpReader.SENDER_REPORT_BYTES)) {
            return false;
        }
        report = at;
        reportBlocks = 0;
        Wire.put32(memory, at + 4, ssrc);
        Wire.put64(memory, at + 8, ntp);
        Wire.put32(memory, at + 16, rtpTimestamp);
        Wire.put32(memory, at + 20, (int) packets);
        Wire.put32(memory, at + 24, (int) octets);
        at += RtcpReader.SENDER_REPORT_BYTES;
        return true;
    }

    /** Writes a receiver report without blocks, which RFC 3550 6.4.2 wants where there is nothing to say. */
    public boolean receiverReport(int ssrc) {
        if (!open(RtcpReader.TYPE_RECEIVER_REPORT, 0, RtcpReader.RECEIVER_REPORT_BYTES)) {
            return false;
        }
        report = at;
        reportBlocks = 0;
        Wire.put32(memory, at + 4, ssrc);
        at += RtcpReader.RECEIVER_REPORT_BYTES;
        return true;
    }

    /** How many blocks can be added to the report just written, as far as there is room. */
    public int reportBlocksLeft() {
        return report == NO_REPORT ? 0 : BLOCKS_MAX - reportBlocks;
    }

    /**
     * Adds a block to the report just written.
     *
     * @return false if it is full (31 blocks), if there is no room, or if the last packet is no report
     */
    public boolean reportBlock(ReportBlock block) {
        if (report == NO_REPORT
                || reportBlocks == BLOCKS_MAX
                || roomBytes() < RtcpReader.REPORT_BLOCK_BYTES) {
            return false;
        }
        Wire.put32(memory, at, block.ssrc());
        Wire.put8(memory, at + 4, block.fractionLost());
        Wire.put24(memory, at + 5, block.cumulativeLost());
        Wire.put32(memory, at + 8, block.highestSequence());
        Wire.put32(memory, at + 12, block.jitter());
        Wire.put32(memory, at + 16, block.lastSenderReport());
        Wire.put32(memory, at + 20, block.delayUnits());
        at += RtcpReader.REPORT_BLOCK_BYTES;
        reportBlocks++;
        Wire.put8(memory, report, 0x80 | reportBlocks);
        Wire.put16(memory, report + 2, (int) ((at - report) / 4 - 1));
        return true;
    }

    /**
     * Writes a source description with a CNAME only.
     *
     * @param cname 1 to {@link #CNAME_MAX} ASCII characters (RFC 7022)
     */
    public boolean cname(int ssrc, String cname) {
        int letters = cname.length();
        if (letters == 0 || letters > CNAME_MAX) {
            throw new IllegalArgumentException("a CNAME has 1 to 255 characters, not " + letters);
        }
        int bytes = (RtcpReader.HEADER_BYTES + 4 + 2 + letters) / 4 * 4 + 4;
        if (!open(RtcpReader.TYPE_SOURCE_DESCRIPTION, 1, bytes)) {
            return false;
        }
        Wire.put32(memory, at + 4, ssrc);
        Wire.put8(memory, at + 8, Cname.ITEM);
        Wire.put8(memory, at + 9, letters);
        for (int i = 0; i < letters; i++) {
            Wire.put8(memory, at + 10 + i, cname.charAt(i));
        }
        for (int i = 10 + letters; i < bytes; i++) {
            Wire.put8(memory, at + i, 0);
        }
        at += bytes;
        return true;
    }

    /** Writes a BYE of one source. */
    public boolean bye(int ssrc) {
        if (!open(RtcpReader.TYPE_BYE, 1, 8)) {
            return false;
        }
        Wire.put32(memory, at + 4, ssrc);
        at += 8;
        return true;
    }

    /** Writes a picture loss indication (RFC 4585 6.3.1). */
    public boolean pictureLoss(int senderSsrc, int mediaSsrc) {
        return openFeedback(
                RtcpReader.TYPE_PAYLOAD_FEEDBACK,
                RtcpReader.FORMAT_PICTURE_LOSS,
                0,
                senderSsrc,
                mediaSsrc);
    }

    /**
     * Writes a full intra request (RFC 5104 4.3.1).
     *
     * @param commandSequence 8 bits; a new number for a new request, the same to repeat one
     */
    public boolean fullIntraRequest(int senderSsrc, int mediaSsrc, int commandSequence) {
        // RFC 5104 4.3.1.2: the SSRC of the media stands in the entry, not in the header.
        if (!openFeedback(
                RtcpReader.TYPE_PAYLOAD_FEEDBACK,
                RtcpReader.FORMAT_FULL_INTRA_REQUEST,
                8,
                senderSsrc,
                0)) {
            return false;
        }
        Wire.put32(memory, at - 8, mediaSsrc);
        Wire.put32(memory, at - 4, commandSequence << 24);
        return true;
    }

    /**
     * Says what can be received (draft-alvestrand-rmcat-remb-03 2.2).
     *
     * @param bitsPerSecond 0 or more; rounded down to 18 bits
     * @param mediaSsrc of one stream that it is about
     */
    public boolean remb(int senderSsrc, long bitsPerSecond, int mediaSsrc) {
        if (!openFeedback(
                RtcpReader.TYPE_PAYLOAD_FEEDBACK,
                RtcpReader.FORMAT_APPLICATION,
                REMB_BYTES,
                senderSsrc,
                0)) {
            return false;
        }
        int exponent = Math.max(0, REMB_MANTISSA_ZEROS - Long.numberOfLeadingZeros(bitsPerSecond));
        long body = at - REMB_BYTES;
        Wire.put32(memory, body, RtcpReader.REMB_NAME);
        Wire.put32(
                memory,
                body + 4,
                1 << 24 | exponent << REMB_MANTISSA_BITS | (int) (bitsPerSecond >>> exponent));
        Wire.put32(memory, body + 8, mediaSsrc);
        return true;
    }

    /** How many numbers one {@link #nack} surely has room for, however far apart they are. */
    public int nackRoom() {
        return Math.max(0, (roomBytes() - RtcpReader.FEEDBACK_HEADER_BYTES) / PAIR_BYTES);
    }

    /**
     * Asks for the numbers in {@code sequences[from..to)}, ascending, again (RFC 4585 6.2.1).
     *
     * @return the index after the last one that was written; {@code from} if there was no room
     */
    public int nack(int senderSsrc, int mediaSsrc, long[] sequences, int from, int to) {
        int pairsMax = nackRoom();
        if (from == to || pairsMax == 0) {
            return from;
        }
        long pairs = at + RtcpReader.FEEDBACK_HEADER_BYTES;
        int written = 0;
        int next = from;
        while (next < to && written < pairsMax) {
            long first = sequences[next++];
            int bitmap = 0;
            while (next < to && sequences[next] > first && sequences[next] - first <= NACK_SPAN) {
                bitmap |= 1 << (sequences[next] - first - 1);
                next++;
            }
            long pair = pairs + (long) PAIR_BYTES * written;
            Wire.put16(memory, pair, (int) first);
            Wire.put16(memory, pair + 2, bitmap);
            written++;
        }
        openFeedback(
                RtcpReader.TYPE_TRANSPORT_FEEDBACK,
                RtcpReader.FORMAT_NACK,
                PAIR_BYTES * written,
                senderSsrc,
                mediaSsrc);
        return next;
    }

    /**
     * Writes one transport-wide feedback message
     * (draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1).
     *
     * @param feedbackCount 8 bits, one more for each message
     * @param baseSequence the number of the first status; the low 16 bits are written
     * @param arrivalTicks by status: in units of {@link Arrivals#TICK_NANOS}, or {@link #NOT_RECEIVED}
     * @param count statuses in {@code arrivalTicks}, at most {@link #STATUSES_MAX}
     * @return how many statuses were written. Fewer than {@code count} where room is short or time
     *     jumps further than a delta reaches: the rest goes into another message. 0 if there is no
     *     room or nothing was received
     */
    public int transportWide(
            int senderSsrc,
            int mediaSsrc,
            int feedbackCount,
            long baseSequence,
            long[] arrivalTicks,
            int count) {
        // A length that is no multiple of four is filled with zeros, not with RTCP padding: that is
        // for the last packet of a compound only.
        int roomBytes = (roomBytes() & ~3) - RtcpReader.FEEDBACK_HEADER_BYTES;
        int bytes =
                transportWide.write(
                        memory,
                        at + RtcpReader.FEEDBACK_HEADER_BYTES,
                        roomBytes,
                        feedbackCount,
                        (int) baseSequence,
                        arrivalTicks,
                        count);
        if (bytes == 0) {
            return 0;
        }
        int padded = (bytes + 3) & ~3;
        for (int i = bytes; i < padded; i++) {
            Wire.put8(memory, at + RtcpReader.FEEDBACK_HEADER_BYTES + i, 0);
        }
        openFeedback(
                RtcpReader.TYPE_TRANSPORT_FEEDBACK,
                RtcpReader.FORMAT_TRANSPORT_WIDE,
                padded,
                senderSsrc,
                mediaSsrc);
        return transportWide.written();
    }

    /** Writes the header and both SSRCs of RFC 4585 6.1 and steps over the body. */
    private boolean openFeedback(
            int type, int format, int bodyBytes, int senderSsrc, int mediaSsrc) {
        int bytes = RtcpReader.FEEDBACK_HEADER_BYTES + bodyBytes;
        if (!open(type, format, bytes)) {
            return false;
        }
        Wire.put32(memory, at + 4, senderSsrc);
        Wire.put32(memory, at + 8, mediaSsrc);
        at += bytes;
        return true;
    }

    /** Writes the common header of a packet, if the whole packet has room. */
    private boolean open(int type, int count, int bytes) {
        if (bytes > roomBytes()) {
            return false;
        }
        report = NO_REPORT;
        Wire.put8(memory, at, 0x80 | count);
        Wire.put8(memory, at + 1, type);
        Wire.put16(memory, at + 2, bytes / 4 - 1);
        return true;
    }
}
