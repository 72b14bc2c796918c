package io.sluice.bench.load;

import io.sluice.bench.load.LoadCounters.Count;
import io.sluice.rtp.NtpTime;
import io.sluice.rtp.ReportBlock;

/**
 * One track as a client receives it: which numbers came, which are missing.
 *
 * <p>Owned by the client's loop. Only the clear header is looked at, but of a sample.
 */
final class WatchedStream {
    /** Every so manieth packet is decrypted and compared. */
    static final int SAMPLE_INTERVAL = 16;

    private static final int NONE = -1;

    private final boolean video;
    private final int ssrc;
    private final int rtxSsrc;
    private final LoadCounters counters;
    private long highest = NONE;
    private long first;
    private int received;
    private int expectedBefore;
    private int receivedBefore;
    private int lastReport;
    private long lastReportNanos;

    /** The latest gap, to be asked for: its first number and how many there are. */
    private int gapFirst;

    private int gapPackets;

    WatchedStream(boolean video, int ssrc, int rtxSsrc, LoadCounters counters) {
        this.video = video;
        this.ssrc = ssrc;
        this.rtxSsrc = rtxSsrc;
        this.counters = counters;
    }

    boolean video() {
        return video;
    }

    int ssrc() {
        return ssrc;
    }

    int rtxSsrc() {
        return rtxSsrc;
    }

    /** Takes the number of a packet; true if it is one of the sample. */
    boolean onPacket(int sequence16) {
        received++;
        if (highest == NONE) {
            highest = sequence16;
            first = highest;
            return true;
        }
        long sequence = highest + (short) (sequence16 - (int) highest);
        if (sequence > highest) {
            int gap = (int) (sequence - highest - 1);
            if (gap > 0) {
                counters.add(Count.MISSING, gap);
                gapFirst = (int) highest + 1 & 0xFFFF;
                gapPackets = gap;
            }
            highest = sequence;
        } else {
            counters.add(Count.REPAIRED, 1);
        }
        return received % SAMPLE_INTERVAL == 1;
    }

    void onRepaired() {
        received++;
        counters.add(Count.REPAIRED, 1);
    }

    boolean hasGap() {
        return gapPackets > 0;
    }

    int gapFirst() {
        return gapFirst;
    }

    /** How many are missing from {@link #gapFirst} on; ends {@link #hasGap}. */
    int takeGap() {
        int packets = gapPackets;
        gapPackets = 0;
        return packets;
    }

    void onSenderReport(long ntp, long nowNanos) {
        lastReport = NtpTime.middle(ntp);
        lastReportNanos = nowNanos;
    }

    boolean hasReceived() {
        return highest != NONE;
    }

    /** RFC 3550 6.4.1; jitter is not measured. */
    ReportBlock reportBlock(long nowNanos) {
        int expected = (int) (highest - first + 1);
        int lost = Math.max(0, expected - received);
        int expectedNow = expected - expectedBefore;
        int lostNow = Math.max(0, expectedNow - (received - receivedBefore));
        expectedBefore = expected;
        receivedBefore = received;
        int fraction = expectedNow <= 0 ? 0 : Math.min(255, 256 * lostNow / expectedNow);
        int delay = lastReport == 0 ? 0 : NtpTime.toUnits(nowNanos - lastReportNanos);
        return new ReportBlock(ssrc, fraction, lost, (int) highest, 0, lastReport, delay);
    }
}
