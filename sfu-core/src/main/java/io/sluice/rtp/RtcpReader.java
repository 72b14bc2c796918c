package io.sluice.rtp;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks a compound RTCP packet (RFC 3550 6.1), or one of reduced size (RFC 5506), message by message:
 * {@link #wrap}, then {@link #next} until it returns null, then {@link #malformed}.
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
 * what it announces the walk ends; what was returned before stands. Owned by one loop.
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
    static final int FORMAT_TRANSPORT_WIDE = 15;
    static final int FORMAT_PICTURE_LOSS = 1;
    static final int FORMAT_FULL_INTRA_REQUEST = 4;
    static final int FORMAT_APPLICATION = 15;
    static final int ITEM_CNAME = 1;
    private static final int NACK_PAIR_BYTES = 4;
    private static final int FIR_ENTRY_BYTES = 8;
    private static final int REMB_NAME = 0x52454d42;

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

    /** The next message, or null at the end or where the rest is malformed. */
    public @Nullable RtcpMessage next() {
        while (!malformed) {
            RtcpMessage message = entries == Entries.NONE ? nextPacket() : nextEntry();
            if (message != null) {
                if (messages == MESSAGES_MAX) {
                    malformed = true;
                    return null;
                }
                messages++;
                return message;
            }
            if (entries == Entries.NONE && nextPacket == end) {
                return null;
            }
        }
        return null;
    }

    /** Whether the walk ended before the end of the datagram. */
    public boolean malformed() {
        return malformed;
    }

    /** How many messages {@link #next} has returned since {@link #wrap}. */
    public int messages() {
        return messages;
    }

    /** How many packets of unknown type or format were passed over since {@link #wrap}. */
    public int skipped() {
        return skipped;
    }

    private @Nullable RtcpMessage nextPacket() {
        if (nextPacket == end) {
            return null;
        }
        if (++packets > PACKETS_MAX || !enterPacket()) {
            malformed = true;
            return null;
        }
        return switch (type) {
            case TYPE_SENDER_REPORT -> senderReport();
            case TYPE_RECEIVER_REPORT -> receiverReport();
            case TYPE_SOURCE_DESCRIPTION -> {
                enterEntries(Entries.CHUNKS, HEADER_BYTES);
                chunksLeft = count;
                yield null;
            }
            case TYPE_BYE -> bye();
            case TYPE_TRANSPORT_FEEDBACK -> transportFeedback();
            case TYPE_PAYLOAD_FEEDBACK -> payloadFeedback();
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

    private @Nullable RtcpMessage skip() {
        skipped++;
        return null;
    }

    private void enterEntries(Entries kind, int headerBytes) {
        entries = kind;
        entry = packet + headerBytes;
    }

    private @Nullable RtcpMessage senderReport() {
        if (!holds(SENDER_REPORT_BYTES + (long) REPORT_BLOCK_BYTES * count)) {
            return null;
        }
        return new RtcpMessage.SenderReport(
                Wire.i32(memory, packet + 4),
                Wire.i64(memory, packet + 8),
                Wire.i32(memory, packet + 16),
                Wire.i32(memory, packet + 20),
                Wire.i32(memory, packet + 24),
                reportBlocks(packet + SENDER_REPORT_BYTES));
    }

    private @Nullable RtcpMessage receiverReport() {
        if (!holds(RECEIVER_REPORT_BYTES + (long) REPORT_BLOCK_BYTES * count)) {
            return null;
        }
        return new RtcpMessage.ReceiverReport(
                Wire.i32(memory, packet + 4), reportBlocks(packet + RECEIVER_REPORT_BYTES));
    }

    private List<ReportBlock> reportBlocks(long first) {
        if (count == 0) {
            return List.of();
        }
        List<ReportBlock> blocks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long at = first + (long) i * REPORT_BLOCK_BYTES;
            blocks.add(
                    new ReportBlock(
                            Wire.i32(memory, at),
                            Wire.u8(memory, at + 4),
                            Wire.u24(memory, at + 5) << 8 >> 8,
                            Wire.i32(memory, at + 8),
                            Wire.i32(memory, at + 12),
                            Wire.i32(memory, at + 16),
                            Wire.i32(memory, at + 20)));
        }
        return List.copyOf(blocks);
    }

    private @Nullable RtcpMessage bye() {
        if (count == 0) {
            return skip();
        }
        return holds(HEADER_BYTES + 4L * count)
                ? new RtcpMessage.Bye(ssrcs(packet + HEADER_BYTES, count))
                : null;
    }

    private List<Integer> ssrcs(long first, int number) {
        List<Integer> ssrcs = new ArrayList<>(number);
        for (int i = 0; i < number; i++) {
            ssrcs.add(Wire.i32(memory, first + 4L * i));
        }
        return List.copyOf(ssrcs);
    }

    private @Nullable RtcpMessage transportFeedback() {
        if (!holds(FEEDBACK_HEADER_BYTES)) {
            return null;
        }
        switch (count) {
            case FORMAT_NACK -> enterEntries(Entries.NACK_PAIRS, FEEDBACK_HEADER_BYTES);
            case FORMAT_TRANSPORT_WIDE -> {
                RtcpMessage message = TransportWideDecoder.read(memory, packet, packetEnd);
                malformed = message == null;
                return message;
            }
            default -> skipped++;
        }
        return null;
    }

    private @Nullable RtcpMessage payloadFeedback() {
        if (!holds(FEEDBACK_HEADER_BYTES)) {
            return null;
        }
        return switch (count) {
            case FORMAT_PICTURE_LOSS ->
                    new RtcpMessage.PictureLoss(senderSsrc(), Wire.i32(memory, packet + 8));
            case FORMAT_FULL_INTRA_REQUEST -> {
                enterEntries(Entries.FIR_ENTRIES, FEEDBACK_HEADER_BYTES);
                yield null;
            }
            case FORMAT_APPLICATION -> remb();
            default -> skip();
        };
    }

    private int senderSsrc() {
        return Wire.i32(memory, packet + 4);
    }

    private @Nullable RtcpMessage remb() {
        long at = packet + FEEDBACK_HEADER_BYTES;
        if (packetEnd - at < 8 || Wire.i32(memory, at) != REMB_NAME) {
            return skip();
        }
        int number = Wire.u8(memory, at + 4);
        if (!holds(FEEDBACK_HEADER_BYTES + 8 + 4L * number)) {
            return null;
        }
        int exponent = Wire.u8(memory, at + 5) >>> 2;
        long mantissa = Wire.u24(memory, at + 5) & 0x3ffff;
        boolean overflows = mantissa != 0 && exponent > Long.numberOfLeadingZeros(mantissa) - 1;
        long bitsPerSecond = overflows ? Long.MAX_VALUE : mantissa << exponent;
        return new RtcpMessage.Remb(senderSsrc(), bitsPerSecond, ssrcs(at + 8, number));
    }

    private @Nullable RtcpMessage nextEntry() {
        return switch (entries) {
            case NONE -> null;
            case NACK_PAIRS -> nextNackPair();
            case FIR_ENTRIES -> nextFirEntry();
            case CHUNKS -> nextChunk();
        };
    }

    private @Nullable RtcpMessage nextNackPair() {
        if (packetEnd - entry < NACK_PAIR_BYTES) {
            entries = Entries.NONE;
            return null;
        }
        long at = entry;
        entry += NACK_PAIR_BYTES;
        return new RtcpMessage.Nack(
                senderSsrc(),
                Wire.i32(memory, packet + 8),
                Wire.u16(memory, at),
                Wire.u16(memory, at + 2));
    }

    private @Nullable RtcpMessage nextFirEntry() {
        if (packetEnd - entry < FIR_ENTRY_BYTES) {
            entries = Entries.NONE;
            return null;
        }
        long at = entry;
        entry += FIR_ENTRY_BYTES;
        return new RtcpMessage.FullIntraRequest(
                senderSsrc(), Wire.i32(memory, at), Wire.u8(memory, at + 4));
    }

    /** RFC 3550 6.5: items up to a zero byte, then zeros up to the next word. */
    private @Nullable RtcpMessage nextChunk() {
        if (chunksLeft-- == 0) {
            entries = Entries.NONE;
            return null;
        }
        if (packetEnd - entry < 8) {
            malformed = true;
            return null;
        }
        int ssrc = Wire.i32(memory, entry);
        String cname = "";
        long at = entry + 4;
        while (at < packetEnd && Wire.u8(memory, at) != 0) {
            if (packetEnd - at < 2 || packetEnd - at - 2 < Wire.u8(memory, at + 1)) {
                malformed = true;
                return null;
            }
            int bytes = Wire.u8(memory, at + 1);
            if (Wire.u8(memory, at) == ITEM_CNAME) {
                cname = text(at + 2, bytes);
            }
            at += 2L + bytes;
        }
        entry = packet + ((at - packet) / 4 + 1) * 4;
        return new RtcpMessage.SourceDescription(ssrc, cname);
    }

    /** Byte by byte: a CNAME is ASCII (RFC 7022), and nothing else than equality is asked of it. */
    private String text(long at, int bytes) {
        StringBuilder text = new StringBuilder(bytes);
        for (int i = 0; i < bytes; i++) {
            text.append((char) Wire.u8(memory, at + i));
        }
        return text.toString();
    }
}
