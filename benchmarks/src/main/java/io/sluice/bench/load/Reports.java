package io.sluice.bench.load;

import io.sluice.rtp.RtcpWriter;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The compound RTCP packet that a client sends each second (RFC 3550 6.1). */
final class Reports {
    static final int ROOM_BYTES = 1200;
    static final int SENDER_SSRC = 1;

    /** Asked for at a time; the rest of a longer gap is not worth repairing. */
    private static final int NACKED_MAX = 64;

    private Reports() {}

    /** Writes it at {@code at}; returns its length. */
    static int write(
            RtcpWriter writer,
            MemorySegment memory,
            long at,
            String cname,
            List<PublishedStream> published,
            List<WatchedStream> watched,
            long nowNanos) {
        writer.begin(memory, at, ROOM_BYTES);
        long wallNanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        if (published.isEmpty()) {
            writer.receiverReport(SENDER_SSRC);
        }
        published.forEach(stream -> stream.writeReport(writer, wallNanos));
        for (WatchedStream stream : watched) {
            if (stream.hasReceived()) {
                writer.reportBlock(stream.reportBlock(nowNanos));
            }
        }
        writer.cname(SENDER_SSRC, cname);
        for (WatchedStream stream : watched) {
            if (stream.hasGap()) {
                askAgain(writer, stream);
            }
        }
        return writer.lengthBytes();
    }

    private static void askAgain(RtcpWriter writer, WatchedStream stream) {
        int first = stream.gapFirst();
        long[] lost = new long[Math.min(stream.takeGap(), NACKED_MAX)];
        for (int i = 0; i < lost.length; i++) {
            lost[i] = (long) first + i;
        }
        writer.nack(SENDER_SSRC, stream.ssrc(), lost, 0, lost.length);
    }
}
