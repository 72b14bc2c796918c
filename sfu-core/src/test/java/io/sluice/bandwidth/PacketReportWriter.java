package io.sluice.bandwidth;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/** A client that reports as RFC 8888 has it: what came since it did so last, stream by stream. */
final class PacketReportWriter {
    private static final int STREAMS = 2;
    private static final int ROOM_BYTES = 1 << 14;
    private static final int OFFSET_MAX = 0x1ffd;
    private static final double SECOND_NANOS = 1e9;

    /** By stream: times of arrival by its numbers. */
    private final Map<Integer, TreeMap<Long, Long>> arrived = new TreeMap<>();

    private final Map<Integer, Long> reported = new TreeMap<>();

    /** One packet of four is of another stream. */
    static int ssrc(long number) {
        return number % 4 == 0 ? STREAMS : 1;
    }

    /** The stream's own number. */
    static long sequence(long number) {
        return number % 4 == 0 ? number / 4 : number - number / 4;
    }

    void onArrival(long number, long nanos) {
        arrived.computeIfAbsent(ssrc(number), _ -> new TreeMap<>()).put(sequence(number), nanos);
    }

    /** A packet of RTCP, or an empty one where there is nothing to say. */
    byte[] report(long nowNanos) {
        if (arrived.isEmpty()) {
            return new byte[0];
        }
        long time = Math.round(nowNanos / SECOND_NANOS * 65_536);
        ByteBuffer out = ByteBuffer.allocate(ROOM_BYTES);
        out.putInt(0).putInt(1);
        arrived.forEach((ssrc, times) -> {
            long begin = Math.min(reported.getOrDefault(ssrc, Long.MAX_VALUE), times.firstKey());
            long end = times.lastKey() + 1;
            out.putInt(ssrc).putShort((short) begin).putShort((short) (end - begin));
            for (long sequence = begin; sequence < end; sequence++) {
                Long nanos = times.get(sequence);
                out.putShort(nanos == null ? 0 : received(nowNanos - nanos));
            }
            if ((end - begin) % 2 == 1) {
                out.putShort((short) 0);
            }
            reported.merge(ssrc, end, Math::max);
        });
        arrived.clear();
        out.putInt((int) time);
        out.putInt(0, 0x8bcd_0000 | (out.position() / 4 - 1));
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    private static short received(long agoNanos) {
        return (short) (0x8000 | Math.min(Math.round(agoNanos / SECOND_NANOS * 1_024), OFFSET_MAX));
    }
}
