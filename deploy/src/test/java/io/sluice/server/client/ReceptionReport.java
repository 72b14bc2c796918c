package io.sluice.server.client;

import org.jspecify.annotations.Nullable;

/**
 * What a report block says of one source (RFC 3550 6.4.1, A.3, A.8).
 *
 * <p>Owned by the client's loop.
 */
final class ReceptionReport {
    private boolean started;
    private long first;
    private long highest;
    private long received;
    private long expectedBefore;
    private long receivedBefore;
    private double jitter;
    private long lastTransitTicks;
    private int lastSenderReport;
    private long lastSenderReportNanos;

    void onPacket(long sequence, int timestamp, long nowNanos, int clockHz) {
        long transitTicks = nowNanos / 1_000 * clockHz / 1_000_000 - timestamp;
        if (!started) {
            started = true;
            first = sequence;
            highest = sequence;
        } else {
            // Of 32 bits, since the timestamp wraps.
            int difference = Math.abs((int) (transitTicks - lastTransitTicks));
            jitter += (difference - jitter) / 16;
        }
        lastTransitTicks = transitTicks;
        highest = Math.max(highest, sequence);
        received++;
    }

    void onSenderReport(long ntp, long nowNanos) {
        lastSenderReport = (int) (ntp >> 16);
        lastSenderReportNanos = nowNanos;
    }

    /** Null before the first packet. */
    RtcpOut.@Nullable Block block(int ssrc, long nowNanos) {
        if (!started) {
            return null;
        }
        long expected = highest - first + 1;
        long expectedNow = expected - expectedBefore;
        long lostNow = Math.max(0, expectedNow - (received - receivedBefore));
        int fraction = expectedNow == 0 ? 0 : (int) Math.min(255, (lostNow << 8) / expectedNow);
        expectedBefore = expected;
        receivedBefore = received;
        long sinceReport = (nowNanos - lastSenderReportNanos) / 1_000 * 65_536 / 1_000_000;
        return new RtcpOut.Block(
                ssrc,
                fraction,
                Math.clamp(expected - received, -0x80_0000, 0x7F_FFFF),
                (int) highest,
                (int) jitter,
                lastSenderReport,
                lastSenderReport == 0 ? 0 : (int) sinceReport);
    }
}
