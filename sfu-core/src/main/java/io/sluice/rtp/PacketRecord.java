package io.sluice.rtp;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The headers of the last packets from and to a client, for whoever looks into what goes wrong with it; nothing of
 * what people say or show. There is one only while somebody wants it.
 *
 * <p>Owned by the client's loop.
 */
public final class PacketRecord {
    /** Of an RTP packet, which is never encrypted; of RTCP and DTLS as many bytes say what they are. */
    public static final int HEADER_BYTES = 12;

    /** Ten seconds of a busy viewer, a minute of most; 400 KB. */
    static final int PACKETS_MAX = 16_384;

    private static final int VALUES = 3;
    private static final int KIND_BITS = 2;
    private static final int SIZE_BITS = 16;
    private static final long SIZE_MASK = (1 << SIZE_BITS) - 1;

    /** What a packet is. */
    public enum Kind {
        RTP,
        RTCP,
        DTLS
    }

    /** Where it went. */
    public enum Direction {
        RECEIVED,
        SENT
    }

    /**
     * A packet.
     *
     * @param nanos by the loop's clock
     * @param sizeBytes as it was on the way, without UDP
     * @param head its first eight bytes, in the order of the network
     * @param more the next four; what a shorter packet does not have is zero
     */
    public record Packet(
            long nanos, Direction direction, Kind kind, int sizeBytes, long head, int more) {}

    /**
     * What was kept.
     *
     * @param packets the oldest first
     * @param nowNanos by the loop's clock, when it was read
     */
    public record Excerpt(List<Packet> packets, long nowNanos) {
        public Excerpt {
            packets = List.copyOf(packets);
        }
    }

    private final long[] values = new long[VALUES * PACKETS_MAX];
    private long packets;
    private long lastNanos;

    /** Time has come so far, for those packets that are not told with theirs. */
    public void time(long nowNanos) {
        lastNanos = nowNanos;
    }

    /** A packet came. */
    public void received(
            Kind kind, MemorySegment memory, long offset, int sizeBytes, long nowNanos) {
        lastNanos = nowNanos;
        onPacket(Direction.RECEIVED, kind, memory, offset, sizeBytes);
    }

    /** A packet goes. */
    public void sent(Kind kind, MemorySegment memory, long offset, int sizeBytes) {
        onPacket(Direction.SENT, kind, memory, offset, sizeBytes);
    }

    private void onPacket(
            Direction direction, Kind kind, MemorySegment memory, long offset, int sizeBytes) {
        int at = (int) (packets++ % PACKETS_MAX) * VALUES;
        values[at] = lastNanos;
        values[at + 1] = bytes(memory, offset, Math.min(sizeBytes, Long.BYTES)) << head(sizeBytes);
        long more = 0;
        if (sizeBytes >= HEADER_BYTES) {
            more = bytes(memory, offset + Long.BYTES, Integer.BYTES);
        }
        values[at + 2] =
                more << Integer.SIZE
                        | Math.min(sizeBytes, SIZE_MASK) << (KIND_BITS + 1)
                        | (long) kind.ordinal() << 1
                        | direction.ordinal();
    }

    /** How far the first bytes are from the front of eight. */
    private static int head(int sizeBytes) {
        return Math.max(0, Long.BYTES - sizeBytes) * Byte.SIZE;
    }

    private static long bytes(MemorySegment memory, long offset, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = value << Byte.SIZE | Wire.u8(memory, offset + i);
        }
        return value;
    }

    /** What was kept, the oldest first. */
    public Excerpt excerpt(long nowNanos) {
        List<Packet> read = new ArrayList<>();
        for (long i = Math.max(0, packets - PACKETS_MAX); i < packets; i++) {
            int at = (int) (i % PACKETS_MAX) * VALUES;
            long word = values[at + 2];
            read.add(
                    new Packet(
                            values[at],
                            Direction.values()[(int) word & 1],
                            Kind.values()[(int) (word >> 1) & (1 << KIND_BITS) - 1],
                            (int) (word >> (KIND_BITS + 1) & SIZE_MASK),
                            values[at + 1],
                            (int) (word >>> Integer.SIZE)));
        }
        return new Excerpt(read, nowNanos);
    }
}
