package io.sluice.receive;

import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.NtpTime;
import io.sluice.rtp.ReportBlock;
import java.util.Arrays;

/**
 * What is known of one received SSRC: extended sequence numbers, loss, jitter (RFC 3550 A.1, A.3,
 * A.8) and its sender reports.
 *
 * <p>Owned by the publisher's loop; other threads may read the counters only through what the owner
 * publishes. The first packet's extended number lies in the second round of 65536, so that numbers
 * before it are positive and negative ones mean that the packet has none.
 */
public final class ReceiveStream {
    /** The packet was here before: drop it. */
    public static final long DUPLICATE = -1;

    /** The number is too far from all others: drop it. */
    public static final long OUT_OF_RANGE = -2;

    /** RFC 3550 A.1: a larger gap is a restart, if the next packet confirms it. */
    public static final int DROPOUT_MAX = 3000;

    /**
     * How far behind a packet may be. RFC 3550 A.1 proposes 100, which is less than a round trip of
     * video: plain retransmissions, on the same SSRC, would be taken for a restart.
     */
    public static final int MISORDER_MAX = 2048;

    private static final int ROUND = 1 << 16;
    private static final int NO_BAD_SEQUENCE = ROUND + 1;
    private static final int CUMULATIVE_MAX = 0x7f_ffff;
    private static final int CUMULATIVE_MIN = -0x80_0000;

    /** A jump of the media clock against ours of more than this is a restart of the clock, no jitter. */
    private static final int JITTER_STEP_MAX_SECONDS = 5;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final int ssrc;
    private final int clockRateHz;
    private final MediaCounters counters;

    /** One bit for each of the last {@link #MISORDER_MAX} numbers: whether it has arrived. */
    private final long[] seen = new long[MISORDER_MAX / Long.SIZE];

    private boolean started;
    private long base;
    private long highest;
    private int badSequence = NO_BAD_SEQUENCE;

    private long receivedSinceBase;
    private long expectedPrior;
    private long receivedPrior;

    private long originNanos;
    private int transit;
    private boolean transitKnown;

    /** RFC 3550 A.8: sixteen times the jitter. */
    private int jitterScaled;

    private boolean senderReportKnown;
    private long senderReportNtp;
    private long senderReportNanos;

    private long packets;

    public ReceiveStream(int ssrc, int clockRateHz, MediaCounters counters) {
        this.ssrc = ssrc;
        this.clockRateHz = clockRateHz;
        this.counters = counters;
    }

    /**
     * Counts a packet as it came from the network.
     *
     * @param sequence 16 bits
     * @param timestamp of the packet's RTP header
     * @return its extended sequence number, {@link #DUPLICATE} or {@link #OUT_OF_RANGE}
     */
    public long onRtp(int sequence, int timestamp, long nowNanos) {
        if (!started) {
            started = true;
            originNanos = nowNanos;
            restart(ROUND + sequence);
        }
        int ahead = (sequence - (int) highest) & 0xffff;
        if (ahead >= DROPOUT_MAX && ahead <= ROUND - MISORDER_MAX) {
            // RFC 3550 A.1: two packets in order, and the other side has restarted without telling.
            if (sequence != badSequence) {
                badSequence = (sequence + 1) & 0xffff;
                return OUT_OF_RANGE;
            }
            counters.count(MediaCount.STREAM_RESTARTS);
            restart(highest + ahead);
            ahead = 0;
        }
        packets++;
        receivedSinceBase++;
        if (ahead > 0 && ahead < DROPOUT_MAX) {
            advance(ahead);
            badSequence = NO_BAD_SEQUENCE;
            updateJitter(timestamp, nowNanos);
            return highest;
        }
        long extended = ahead == 0 ? highest : highest + ahead - ROUND;
        boolean first = mark(extended);
        if (first && ahead == 0) {
            updateJitter(timestamp, nowNanos);
        }
        return first ? extended : DUPLICATE;
    }

    /**
     * Takes a packet that came as a retransmission on another SSRC (RFC 4588). It does not change the
     * loss that is reported: that is the network's, and the sender's estimate rests on it.
     *
     * @param sequence the original one, 16 bits
     * @return its extended sequence number, {@link #DUPLICATE} or {@link #OUT_OF_RANGE}
     */
    public long onRecovered(int sequence) {
        long extended = highest + (short) (sequence - (int) highest);
        if (!started || extended >= highest + DROPOUT_MAX || extended <= highest - MISORDER_MAX) {
            return OUT_OF_RANGE;
        }
        if (extended > highest) {
            // The last packets before a pause were lost, and came back as padding or probes.
            advance((int) (extended - highest));
        } else if (!mark(extended)) {
            return DUPLICATE;
        }
        counters.count(MediaCount.PACKETS_RECOVERED);
        return extended;
    }

    /** RFC 3550 A.1 init_seq, but the extended number never goes back. */
    private void restart(long extended) {
        base = extended;
        highest = extended;
        badSequence = NO_BAD_SEQUENCE;
        receivedSinceBase = 0;
        expectedPrior = 0;
        receivedPrior = 0;
        transitKnown = false;
        Arrays.fill(seen, 0);
    }

    private void advance(int by) {
        if (by >= MISORDER_MAX) {
            Arrays.fill(seen, 0);
            highest += by;
        } else {
            for (int i = 0; i < by; i++) {
                highest++;
                seen[word(highest)] &= ~(1L << highest);
            }
        }
        mark(highest);
    }

    /** Returns whether the number is marked for the first time. */
    private boolean mark(long extended) {
        long bit = 1L << extended;
        boolean first = (seen[word(extended)] & bit) == 0;
        seen[word(extended)] |= bit;
        return first;
    }

    private static int word(long extended) {
        return (int) (extended & (MISORDER_MAX - 1)) / Long.SIZE;
    }

    /** RFC 3550 A.8, in integers; of packets in order, since a late one says nothing of spacing. */
    private void updateJitter(int timestamp, long nowNanos) {
        int transitNow = toClock(nowNanos - originNanos) - timestamp;
        int step = transitNow - transit;
        boolean known = transitKnown;
        transit = transitNow;
        transitKnown = true;
        if (!known || step == Integer.MIN_VALUE) {
            return;
        }
        int distance = Math.abs(step);
        if (distance <= JITTER_STEP_MAX_SECONDS * clockRateHz) {
            jitterScaled += distance - ((jitterScaled + 8) >> 4);
        }
    }

    /** Wraps as timestamps do. */
    private int toClock(long nanos) {
        long seconds = nanos / NANOS_PER_SECOND;
        long rest = nanos % NANOS_PER_SECOND;
        return (int) (seconds * clockRateHz + rest * clockRateHz / NANOS_PER_SECOND);
    }

    /** Takes a sender report of this SSRC (RFC 3550 6.4.1). */
    public void onSenderReport(long ntp, long nowNanos) {
        senderReportKnown = true;
        senderReportNtp = ntp;
        senderReportNanos = nowNanos;
    }

    /** The block for the next report (RFC 3550 A.3); begins a new interval for the fraction lost. */
    public ReportBlock reportBlock(long nowNanos) {
        long expected = expected();
        long expectedInterval = expected - expectedPrior;
        long lostInterval = expectedInterval - (receivedSinceBase - receivedPrior);
        expectedPrior = expected;
        receivedPrior = receivedSinceBase;
        int fraction =
                expectedInterval <= 0 || lostInterval <= 0
                        ? 0
                        : (int) Math.min(255, (lostInterval << 8) / expectedInterval);
        int lsr = 0;
        int dlsr = 0;
        if (senderReportKnown) {
            lsr = NtpTime.middle(senderReportNtp);
            dlsr = NtpTime.toUnits(nowNanos - senderReportNanos);
        }
        return new ReportBlock(
                ssrc, fraction, cumulativeLost(), highestForReport(), jitter(), lsr, dlsr);
    }

    private int highestForReport() {
        return started ? (int) (highest - ROUND) : 0;
    }

    /** Lost since the beginning or the last restart, kept within 24 signed bits (RFC 3550 A.3). */
    public int cumulativeLost() {
        return Math.clamp(expected() - receivedSinceBase, CUMULATIVE_MIN, CUMULATIVE_MAX);
    }

    /** Packets that should have come since the beginning or the last restart. */
    public long expected() {
        return started ? highest - base + 1 : 0;
    }

    /** Packets that came from the network since the beginning or the last restart, duplicates included. */
    public long received() {
        return receivedSinceBase;
    }

    public int ssrc() {
        return ssrc;
    }

    /** The highest extended sequence number, or -1 before the first packet. */
    public long highest() {
        return started ? highest : -1;
    }

    /** Mean deviation of the packets' spacing, in units of the media clock. */
    public int jitter() {
        return jitterScaled >> 4;
    }

    /** Packets from the network, duplicates included, those out of range not. */
    public long packets() {
        return packets;
    }
}
