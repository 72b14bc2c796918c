package io.sluice.server.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Builds one compound RTCP packet (RFC 3550 6, RFC 4585 6). */
final class RtcpOut {
    private static final int LIMIT_BYTES = 1_400;
    private static final int MAX_BLOCKS = 31;
    private static final long NTP_EPOCH_SECONDS = 2_208_988_800L;

    /** What a receiver says of one source. */
    record Block(
            int ssrc,
            int fractionLost,
            int cumulativeLost,
            int highest,
            int jitter,
            int lsr,
            int dlsr) {}

    /**
     * What came of one stream.
     *
     * @param first sequence number
     * @param arrivalNanos of it and those after it, or {@link #NOT_RECEIVED}
     */
    record StreamReport(int ssrc, int first, long[] arrivalNanos) {}

    static final long NOT_RECEIVED = Long.MIN_VALUE;

    private final byte[] bytes = new byte[LIMIT_BYTES];
    private int length;

    static long ntp(long wallNanos) {
        long seconds = wallNanos / 1_000_000_000L + NTP_EPOCH_SECONDS;
        long fraction = ((wallNanos % 1_000_000_000L) << 32) / 1_000_000_000L;
        return seconds << 32 | fraction;
    }

    static long wallNanos(long ntp) {
        long seconds = (ntp >>> 32) - NTP_EPOCH_SECONDS;
        return seconds * 1_000_000_000L + (((ntp & 0xFFFF_FFFFL) * 1_000_000_000L) >>> 32);
    }

    RtcpOut senderReport(
            int ssrc, long ntp, int rtpTimestamp, int packets, int octets, List<Block> blocks) {
        int start = begin(blocks.size(), 200, ssrc);
        RtpBytes.putInt64(bytes, length, ntp);
        RtpBytes.putInt32(bytes, length + 8, rtpTimestamp);
        RtpBytes.putInt32(bytes, length + 12, packets);
        RtpBytes.putInt32(bytes, length + 16, octets);
        length += 20;
        return blocks(start, blocks);
    }

    RtcpOut receiverReport(int ssrc, List<Block> blocks) {
        return blocks(begin(blocks.size(), 201, ssrc), blocks);
    }

    private RtcpOut blocks(int start, List<Block> blocks) {
        if (blocks.size() > MAX_BLOCKS) {
            throw new IllegalArgumentException("report blocks: " + blocks.size());
        }
        for (Block block : blocks) {
            RtpBytes.putInt32(bytes, length, block.ssrc);
            bytes[length + 4] = (byte) block.fractionLost;
            RtpBytes.putInt24(bytes, length + 5, block.cumulativeLost);
            RtpBytes.putInt32(bytes, length + 8, block.highest);
            RtpBytes.putInt32(bytes, length + 12, block.jitter);
            RtpBytes.putInt32(bytes, length + 16, block.lsr);
            RtpBytes.putInt32(bytes, length + 20, block.dlsr);
            length += 24;
        }
        return end(start);
    }

    RtcpOut cname(int ssrc, String cname) {
        int start = begin(1, 202, ssrc);
        byte[] text = cname.getBytes(StandardCharsets.UTF_8);
        bytes[length++] = 1;
        bytes[length++] = (byte) text.length;
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
        do {
            bytes[length++] = 0;
        } while (length % 4 != 0);
        return end(start);
    }

    RtcpOut pictureLoss(int senderSsrc, int mediaSsrc) {
        int start = begin(1, 206, senderSsrc);
        RtpBytes.putInt32(bytes, length, mediaSsrc);
        length += 4;
        return end(start);
    }

    /** Takes sequence numbers of 16 bits. */
    RtcpOut nack(int senderSsrc, int mediaSsrc, Collection<Long> lost) {
        int start = begin(1, 205, senderSsrc);
        RtpBytes.putInt32(bytes, length, mediaSsrc);
        length += 4;
        TreeSet<Long> rest = new TreeSet<>(lost);
        while (!rest.isEmpty()) {
            long first = rest.removeFirst();
            int bitmap = 0;
            while (!rest.isEmpty() && rest.first() - first <= 16) {
                bitmap |= 1 << (int) (rest.removeFirst() - first - 1);
            }
            RtpBytes.putInt16(bytes, length, (int) first);
            RtpBytes.putInt16(bytes, length + 2, bitmap);
            length += 4;
        }
        return end(start);
    }

    /** RFC 8888 3.1. */
    RtcpOut packetReports(int senderSsrc, List<StreamReport> streams, long nowNanos) {
        int start = begin(11, 205, senderSsrc);
        for (StreamReport stream : streams) {
            int count = stream.arrivalNanos.length;
            RtpBytes.putInt32(bytes, length, stream.ssrc);
            RtpBytes.putInt16(bytes, length + 4, stream.first);
            RtpBytes.putInt16(bytes, length + 6, count);
            length += 8;
            for (long arrivalNanos : stream.arrivalNanos) {
                int offset = (int) ((nowNanos - arrivalNanos) * 1_024 / 1_000_000_000L);
                boolean received = arrivalNanos != NOT_RECEIVED;
                RtpBytes.putInt16(bytes, length, received ? 0x8000 | Math.min(offset, 0x1FFD) : 0);
                length += 2;
            }
            length += count % 2 * 2;
        }
        // The middle of an NTP time, of any clock.
        RtpBytes.putInt32(bytes, length, (int) Math.round(nowNanos / 1e9 * 65_536));
        length += 4;
        return end(start);
    }

    RtcpOut bye(int ssrc) {
        return end(begin(1, 203, ssrc));
    }

    private int begin(int count, int packetType, int ssrc) {
        int start = length;
        bytes[start] = (byte) (0x80 | count);
        bytes[start + 1] = (byte) packetType;
        RtpBytes.putInt32(bytes, start + 4, ssrc);
        length = start + 8;
        return start;
    }

    private RtcpOut end(int start) {
        RtpBytes.putInt16(bytes, start + 2, (length - start) / 4 - 1);
        return this;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }
}
