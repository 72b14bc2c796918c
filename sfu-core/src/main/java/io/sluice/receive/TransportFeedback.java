package io.sluice.receive;

import io.sluice.rtp.Arrivals;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.SequenceUnwrapper;
import java.util.Arrays;

/**
 * Collects when the packets of one transport arrive and reports it to their sender
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01), which estimates its bandwidth from it.
 *
 * <p>A report is due {@link #INTERVAL_NANOS} after the one before, sooner if many packets wait, and
 * soonest if one is missing. It runs from the first packet not reported on to the newest; what was
 * reported missing and comes late is reported again, with all that follows it.
 *
 * <p>Use: while {@link #due}, begin a packet and {@link #write}. Owned by the transport's loop;
 * allocates with the first packet only: most transports send nothing.
 */
public final class TransportFeedback {
    /** What {@link #nextTimeoutNanos} returns while nothing is to report. */
    public static final long NEVER = Long.MAX_VALUE;

    /** The longest time between reports while packets come. */
    public static final long INTERVAL_NANOS = 100_000_000L;

    /** The time between reports when {@link #BUSY_PACKETS} wait. */
    public static final long BUSY_INTERVAL_NANOS = 50_000_000L;

    /** The time between reports when one is missing: its sender should slow down at once. */
    public static final long LOSS_INTERVAL_NANOS = 20_000_000L;

    public static final int BUSY_PACKETS = 20;

    /** Numbers that are kept: more than come in {@link #INTERVAL_NANOS} at 100 Mbit/s. */
    public static final int WINDOW = RtcpWriter.STATUSES_MAX;

    private final MediaCounters counters;
    private final SequenceUnwrapper unwrapper = new SequenceUnwrapper();

    /** Arrival of the numbers {@code highest - WINDOW + 1} to {@code highest}, by their low bits. */
    private long[] arrivalTicks = {};

    private long[] report = {};
    private boolean started;

    /** The first number to report on; above {@code highest} when all is reported. */
    private long next;

    private long highest;
    private long originNanos;
    private long lastReportNanos;
    private boolean lossSeen;
    private int pending;
    private int feedbackCount;

    public TransportFeedback(MediaCounters counters) {
        this.counters = counters;
    }

    /** Takes notice of a packet with this transport-wide number (16 bits). */
    public void onPacket(int transportSequence, long nowNanos) {
        long sequence = unwrapper.unwrap(transportSequence);
        if (!started) {
            start(sequence, nowNanos);
        }
        if (sequence <= highest - WINDOW) {
            counters.count(MediaCount.TRANSPORT_FEEDBACK_MISSED);
            return;
        }
        if (sequence > highest) {
            advance(sequence);
        }
        int slot = slot(sequence);
        if (arrivalTicks[slot] != RtcpWriter.NOT_RECEIVED) {
            return;
        }
        arrivalTicks[slot] = Math.floorDiv(nowNanos - originNanos, Arrivals.TICK_NANOS);
        next = Math.min(next, sequence);
        pending++;
    }

    private void start(long sequence, long nowNanos) {
        started = true;
        arrivalTicks = new long[WINDOW];
        report = new long[WINDOW];
        Arrays.fill(arrivalTicks, RtcpWriter.NOT_RECEIVED);
        originNanos = nowNanos;
        lastReportNanos = nowNanos;
        next = sequence;
        highest = sequence - 1;
    }

    private void advance(long sequence) {
        lossSeen |= sequence > highest + 1;
        if (sequence - highest >= WINDOW) {
            Arrays.fill(arrivalTicks, RtcpWriter.NOT_RECEIVED);
        } else {
            for (long skipped = highest + 1; skipped < sequence; skipped++) {
                arrivalTicks[slot(skipped)] = RtcpWriter.NOT_RECEIVED;
            }
            arrivalTicks[slot(sequence)] = RtcpWriter.NOT_RECEIVED;
        }
        highest = sequence;
        long oldest = highest - WINDOW + 1;
        if (next < oldest) {
            counters.add(MediaCount.TRANSPORT_FEEDBACK_MISSED, oldest - next);
            next = oldest;
        }
    }

    private static int slot(long sequence) {
        return (int) (sequence & (WINDOW - 1));
    }

    /** Whether a report should be written now. */
    public boolean due(long nowNanos) {
        return nowNanos >= nextTimeoutNanos();
    }

    /** When {@link #due} becomes true, if nothing else comes, or {@link #NEVER}. */
    public long nextTimeoutNanos() {
        if (pending == 0) {
            return NEVER;
        }
        if (lossSeen) {
            return lastReportNanos + LOSS_INTERVAL_NANOS;
        }
        return lastReportNanos + (pending >= BUSY_PACKETS ? BUSY_INTERVAL_NANOS : INTERVAL_NANOS);
    }

    /**
     * Writes one message. What does not fit stays due, for another packet.
     *
     * @param senderSsrc ours; {@code mediaSsrc} any of the sender's
     * @return false if there is nothing to report or not enough room for anything
     */
    public boolean write(RtcpWriter writer, int senderSsrc, int mediaSsrc, long nowNanos) {
        if (pending == 0) {
            return false;
        }
        int count = (int) (highest - next + 1);
        for (int i = 0; i < count; i++) {
            report[i] = arrivalTicks[slot(next + i)];
        }
        int written =
                writer.transportWide(senderSsrc, mediaSsrc, feedbackCount, next, report, count);
        if (written == 0) {
            return false;
        }
        counters.count(MediaCount.TRANSPORT_FEEDBACK_SENT);
        feedbackCount = (feedbackCount + 1) & 0xff;
        next += written;
        if (next > highest) {
            pending = 0;
            lossSeen = false;
            lastReportNanos = nowNanos;
        }
        return true;
    }
}
