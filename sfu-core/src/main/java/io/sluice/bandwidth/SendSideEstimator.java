package io.sluice.bandwidth;

import io.sluice.rtp.Arrivals;
import io.sluice.rtp.PacketReports;
import io.sluice.rtp.RtcpKind;
import io.sluice.rtp.RtcpReader;
import org.jspecify.annotations.Nullable;

/**
 * Estimates from transport-wide feedback, REMB or receiver reports: the best there is.
 *
 * <p>The estimate is the least of what the delay and the losses speak for, and what probes have shown. The target
 * is the estimate, less while a queue stands on the path or reports stay away: what was sent has to get through
 * first. Owned by the viewer's loop.
 */
public final class SendSideEstimator implements BandwidthEstimator {
    /** Frames come at once and leave within half of the time to the next. */
    private static final double PACING = 1.5;

    private static final long ROUND_TRIP_START_NANOS = 100_000_000;
    private static final long ROUND_TRIP_MAX_NANOS = 3_000_000_000L;
    private static final double ROUND_TRIP_SMOOTHING = 0.1;

    /** What may be under way beyond a round trip: a queue, and the time between two reports. */
    private static final long IN_FLIGHT_NANOS = 500_000_000;

    /** Enough to notice that the path is back. */
    private static final double SILENT_SHARE = 0.1;

    private static final double IN_FLIGHT_SHARE_MIN = 0.05;

    /** Without a report for so long, and three round trips, the path is taken to be dead. */
    private static final long SILENCE_NANOS = 700_000_000;

    private static final long PROBE_AFTER_DECREASE_NANOS = 300_000_000;
    private static final double BITS_NANOS = 8e9;

    /** Of the estimate when the path comes back. */
    private static final double AFTER_SILENCE = 0.5;

    private static final double DEAD_LOSS = 0.3;

    /** What arrives this much slower than it left, and waited, was too much. */
    private static final double FLOODED = 0.7;

    private final BandwidthConfig config;
    private final SentPackets sent = new SentPackets();

    /** Of a viewer that reports by streams. */
    private @Nullable ReportedPackets byStreams;

    private final ArrivalGroups groups = new ArrivalGroups();
    private final DelayTrend trend = new DelayTrend();
    private final AcknowledgedRate acknowledged = new AcknowledgedRate();
    private final QueueDelay queue = new QueueDelay();
    private final Flood flood = new Flood();
    private final ProbeResults results = new ProbeResults();
    private final DelayBasedRate delayBased;
    private final LossBasedRate lossBased;
    private final ReportedRate reported;
    private final Probing probing;
    private final SentRate sentRate;
    private final ArrivalClock clock = new ArrivalClock();
    private final Dip dip = new Dip();
    private long estimate;
    private long target;
    private long pacing;
    private long lies;
    private @Nullable BandwidthTrace trace;

    /** Whether the viewer reports packets, and since when nothing more is heard. */
    private boolean byPackets;

    private boolean silent;
    private boolean resuming;
    private int messageLost;
    private int messageReceived;
    private long heardNanos;

    /** What was sent before is not judged: the path was another one, or dead. */
    private long judgedSinceNanos;

    private long reportedThrough = -1;
    private long newestSentNanos;
    private boolean heardNew;
    private int skippedBytes;
    private PathUse use = PathUse.NORMAL;
    private long roundTripNanos = ROUND_TRIP_START_NANOS;

    public SendSideEstimator(BandwidthConfig config, long nowNanos) {
        this.config = config;
        delayBased = new DelayBasedRate(config, nowNanos);
        lossBased = new LossBasedRate(config);
        reported = new ReportedRate(config, nowNanos);
        probing = new Probing(config, results);
        sentRate = new SentRate(nowNanos);
        estimate = config.start();
        target = estimate;
        pacing = (long) (PACING * target);
        heardNanos = nowNanos;
        judgedSinceNanos = nowNanos;
    }

    @Override
    public void onSent(long sequence, int sizeBytes, int probe, long nowNanos) {
        sent.add(sequence, sizeBytes, probe, nowNanos);
        sentRate.onSent(sizeBytes);
    }

    @Override
    public void onStreamSent(int ssrc, int rtpSequence, long sequence) {
        if (byStreams == null) {
            byStreams = new ReportedPackets();
        }
        byStreams.onSent(ssrc, rtpSequence, sequence, sent.oldest());
    }

    @Override
    public void onFeedback(RtcpReader reader, long nowNanos) {
        if (reader.kind() == RtcpKind.PACKET_REPORTS) {
            onPacketReports(reader.packetReports(), nowNanos);
        } else {
            onTransportWide(reader, nowNanos);
        }
    }

    private void onPacketReports(PacketReports reports, long nowNanos) {
        ReportedPackets found = byStreams;
        if (found == null || reports.size() == 0) {
            lies += reports.size() == 0 ? 0 : 1;
            return;
        }
        found.read(reports, sent);
        if (found.size() == 0) {
            lies++;
            return;
        }
        begin(nowNanos);
        skipBefore(found.number(0));
        for (int i = 0; i < found.size(); i++) {
            long sequence = found.number(i);
            int report = found.report(i);
            if (reports.isReceived(report)) {
                receive(
                        sequence,
                        clock.unwrap(
                                reports.arrivalNanos(report), PacketReports.ARRIVALS_WRAP_NANOS));
            } else if (sent.state(sequence) != SentPackets.LOST) {
                // Reports say again what they said before.
                lose(sequence);
            }
        }
        reportedThrough = Math.max(reportedThrough, found.number(0) - 1);
        end(nowNanos);
    }

    private void onTransportWide(RtcpReader reader, long nowNanos) {
        int statuses = reader.transportWideStatuses();
        Arrivals arrivals = reader.transportWideArrivals();
        long base = sent.nearest(reader.transportWideBase());
        long end = base + statuses;
        if (statuses == 0 || sent.highest() < 0 || end - 1 > sent.highest()) {
            lies++;
            return;
        }
        begin(nowNanos);
        skipBefore(base);
        long next = Math.max(base, Math.max(reportedThrough + 1, sent.oldest()));
        for (int i = 0; i < arrivals.size(); i++) {
            long sequence = base + (arrivals.sequence(i) - (int) base & 0xffff);
            for (; next < sequence; next++) {
                lose(next);
            }
            receive(sequence, clock.unwrap(arrivals.arrivalNanos(i), Arrivals.WRAP_NANOS));
            next = Math.max(next, sequence + 1);
        }
        for (; next < end; next++) {
            lose(next);
        }
        reportedThrough = Math.max(reportedThrough, end - 1);
        end(nowNanos);
    }

    private void begin(long nowNanos) {
        if (silent) {
            resume(nowNanos);
        }
        byPackets = true;
        heardNanos = nowNanos;
        heardNew = false;
        skippedBytes = 0;
        messageLost = 0;
        messageReceived = 0;
        use = PathUse.NORMAL;
    }

    /** The path was dead for a while: what happened then says nothing of what it carries now. */
    private void resume(long nowNanos) {
        silent = false;
        trend.reset();
        judgeFrom(nowNanos);
        resuming = true;
    }

    /** What was sent before says nothing any more. */
    private void judgeFrom(long nowNanos) {
        judgedSinceNanos = nowNanos;
        groups.reset();
        acknowledged.reset();
        lossBased.reset();
    }

    /** It may have been the reports alone that were lost. */
    private void judgeSilence(long nowNanos) {
        resuming = false;
        boolean dead =
                messageLost > DEAD_LOSS * (messageLost + messageReceived) || queue.draining();
        if (dead) {
            delayBased.set((long) (AFTER_SILENCE * estimate), nowNanos);
        }
    }

    private void skipBefore(long end) {
        for (long at = Math.max(reportedThrough + 1, sent.oldest()); at < end; at++) {
            skip(at);
        }
    }

    /** Its report was lost: nothing is known of it. */
    private void skip(long sequence) {
        if (sent.state(sequence) == SentPackets.SENT) {
            skippedBytes += sent.sizeBytes(sequence);
            sent.become(sequence, SentPackets.SKIPPED);
        }
    }

    private void lose(long sequence) {
        if (!sent.has(sequence) || sent.state(sequence) == SentPackets.RECEIVED) {
            return;
        }
        sent.become(sequence, SentPackets.LOST);
        messageLost++;
        long sentNanos = sent.sentNanos(sequence);
        if (sentNanos - judgedSinceNanos >= 0) {
            newestSentNanos = Math.max(newestSentNanos, sentNanos);
            lossBased.onLost(sent.sizeBytes(sequence), sentNanos);
        }
    }

    private void receive(long sequence, long arrival) {
        if (!sent.has(sequence) || sent.state(sequence) == SentPackets.RECEIVED) {
            return;
        }
        boolean late = sent.state(sequence) == SentPackets.LOST;
        sent.become(sequence, SentPackets.RECEIVED);
        messageReceived++;
        long sentNanos = sent.sentNanos(sequence);
        int size = sent.sizeBytes(sequence);
        queue.onPacket(sentNanos, arrival);
        flood.onPacket(arrival, queue.waitedNanos(arrival - sentNanos), size);
        if (sentNanos - judgedSinceNanos < 0) {
            return;
        }
        heardNew = true;
        newestSentNanos = Math.max(newestSentNanos, sentNanos);
        if (late) {
            lossBased.onLate(size);
        } else {
            lossBased.onReceived(size, sentNanos, arrival - sentNanos);
        }
        acknowledged.onPacket(sentNanos, arrival, size, skippedBytes);
        skippedBytes = 0;
        if (sent.probe(sequence) != NO_PROBE) {
            results.onPacket(sent.probe(sequence), size, sentNanos, arrival);
        }
        if (groups.onPacket(sentNanos, arrival)) {
            trend.onGroups(
                    groups.sentDeltaNanos(), groups.arrivalDeltaNanos(), groups.arrivalNanos());
            use = trend.use() == PathUse.OVER || use != PathUse.OVER ? trend.use() : use;
        }
    }

    private void end(long nowNanos) {
        queue.onMessage(estimate, nowNanos);
        if (resuming) {
            judgeSilence(nowNanos);
        }
        if (flood.judge(delayBased, nowNanos)) {
            // What of it is lost says nothing more.
            trend.restart();
            judgeFrom(nowNanos);
            update(nowNanos);
            probing.onFlood(nowNanos);
            return;
        }
        if (!heardNew) {
            update(nowNanos);
            return;
        }
        onRoundTrip(nowNanos - newestSentNanos);
        acknowledged.measure();
        if (queue.draining()
                && acknowledged.bitsPerSecond() < FLOODED * acknowledged.sentBitsPerSecond()) {
            // There are too few packets for a trend, and no need of one.
            use = PathUse.OVER;
        }
        long arrived = lossBased.withOwnLoss(acknowledged.bitsPerSecond());
        long shown = results.take();
        if (shown > 0) {
            onProbe(shown, nowNanos);
        }
        if (use == PathUse.OVER && queue.nanos() < trend.noiseNanos()) {
            // Delays vary more than they have grown.
            use = PathUse.NORMAL;
        }
        delayBased.onUse(
                use,
                arrived,
                acknowledged.sentBitsPerSecond(),
                queue.stands(estimate),
                queue.draining(),
                roundTripNanos,
                nowNanos);
        if (use == PathUse.NORMAL && queue.sticks(roundTripNanos, nowNanos)) {
            delayBased.onStuck(arrived, nowNanos);
        }
        lossBased.onMessage(
                newestSentNanos,
                delayBased.bitsPerSecond(),
                acknowledged.bitsPerSecond(),
                sentRate.limited(),
                queue.stands(estimate));
        update(nowNanos);
    }

    private void onProbe(long shown, long nowNanos) {
        // The queue that it made is our doing, and says nothing more.
        trend.restart();
        groups.reset();
        use = PathUse.NORMAL;
        long before = delayBased.bitsPerSecond();
        if (shown > before) {
            long raised = results.filled() ? before + (shown - before) / 2 : shown;
            delayBased.set(raised, nowNanos);
        }
        lossBased.set(Math.min(shown, delayBased.bitsPerSecond()), sentRate.unused());
        probing.onResult(shown, lossBased.state() != LossBasedRate.State.DELAY, nowNanos);
    }

    private void update(long nowNanos) {
        estimate =
                byPackets
                        ? Math.min(delayBased.bitsPerSecond(), lossBased.bitsPerSecond())
                        : reported.bitsPerSecond();
        estimate = Math.clamp(estimate, config.floor(), config.ceiling());
        double share = byPackets ? Math.min(queue.share(), inFlightShare()) : 1;
        target = Math.max((long) (share * estimate), config.floor());
        boolean holdsBack =
                dip.lasts(lossBased, sentRate.bitsPerSecond(), estimate, roundTripNanos, nowNanos);
        pacing = (long) ((holdsBack ? Dip.SHARE : PACING) * target);
        probing.onEstimate(estimate, nowNanos);
    }

    /** Less if more is under way than the path can hold at this rate: it does not get through. */
    private double inFlightShare() {
        if (silent) {
            return SILENT_SHARE;
        }
        double window = estimate * ((roundTripNanos + IN_FLIGHT_NANOS) / BITS_NANOS);
        double share = window / Math.max(sent.inFlightBytes(), 1);
        return Math.clamp(share, IN_FLIGHT_SHARE_MIN, 1);
    }

    @Override
    public void onRemb(long bitsPerSecond, long nowNanos) {
        if (!byPackets) {
            reported.onRemb(bitsPerSecond);
            update(nowNanos);
        }
    }

    @Override
    public void onLossReport(int lost, int expected, long nowNanos) {
        if (byPackets) {
            return;
        }
        if (!reported.onLoss(lost, expected, roundTripNanos, nowNanos)) {
            lies++;
        }
        update(nowNanos);
    }

    @Override
    public double calmLoss() {
        return lossBased.calmLoss();
    }

    @Override
    public void onRoundTrip(long nanos) {
        if (nanos > 0 && nanos <= ROUND_TRIP_MAX_NANOS) {
            roundTripNanos += (long) (ROUND_TRIP_SMOOTHING * (nanos - roundTripNanos));
        }
    }

    @Override
    public void onTick(long nowNanos) {
        sentRate.onTick(target, nowNanos);
        if (trace != null) {
            trace.onTick(
                    estimate,
                    target,
                    sentRate.bitsPerSecond(),
                    trend.scaled() / trend.threshold(),
                    lossBased.loss(),
                    queue.nanos(),
                    nowNanos);
        }
        if (!byPackets) {
            probeMaybe(nowNanos);
            return;
        }
        if (!silent
                && sent.inFlightBytes() > 0
                && nowNanos - heardNanos > SILENCE_NANOS + 3 * roundTripNanos) {
            silent = true;
        }
        update(nowNanos);
        probeMaybe(nowNanos);
    }

    private void probeMaybe(long nowNanos) {
        boolean settled =
                !silent
                        && trend.use() != PathUse.OVER
                        && !queue.stands(estimate)
                        && (sentRate.unused()
                                || lossBased.state() != LossBasedRate.State.DECREASING)
                        && delayBased.sinceDecreaseNanos(nowNanos)
                                > PROBE_AFTER_DECREASE_NANOS + roundTripNanos;
        if (settled && sent.highest() >= 0) {
            probing.onTick(
                    lossBased.state() != LossBasedRate.State.DELAY,
                    roundTripNanos,
                    trend.noiseNanos(),
                    nowNanos);
        }
    }

    @Override
    public void onPathChanged(long nowNanos) {
        judgeFrom(nowNanos);
        trend.reset();
        queue.reset();
        flood.reset();
        delayBased.reset(nowNanos);
        reported.reset(nowNanos);
        probing.reset();
        silent = false;
        dip.reset();
        heardNanos = nowNanos;
        roundTripNanos = ROUND_TRIP_START_NANOS;
        update(nowNanos);
    }

    @Override
    public void trace(@Nullable BandwidthTrace wanted) {
        trace = wanted;
    }

    @Override
    public void demand(long bitsPerSecond) {
        probing.demand(bitsPerSecond);
    }

    @Override
    public long estimateBitsPerSecond() {
        return estimate;
    }

    @Override
    public long targetBitsPerSecond() {
        return target;
    }

    @Override
    public long pacingBitsPerSecond() {
        return pacing;
    }

    @Override
    public @Nullable ProbePlan poll(long nowNanos) {
        return probing.poll();
    }

    @Override
    public long lies() {
        return lies;
    }
}
