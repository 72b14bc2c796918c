package io.sluice.transport;

import io.sluice.bandwidth.BandwidthEstimator;
import io.sluice.bandwidth.ProbePlan;
import io.sluice.loop.Breakage;
import io.sluice.rtp.RtcpReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An estimator that says what it is told to say, and remembers what was sent. */
final class SetEstimator implements BandwidthEstimator {
    /** A packet that was sent. */
    record Sent(long sequence, int sizeBytes, int probe, long nowNanos) {}

    /** What was said of a packet that its viewer knows by its stream. */
    record StreamSent(int ssrc, int rtpSequence, long sequence) {}

    final List<Sent> sent = new ArrayList<>();
    final List<StreamSent> streamsSent = new ArrayList<>();
    long bitsPerSecond;
    long demand;
    int pathChanges;
    int feedbacks;
    @Nullable ProbePlan plan;
    @Nullable Breakage breakage;
    long lies;
    double calmLoss;

    SetEstimator(long bitsPerSecond) {
        this.bitsPerSecond = bitsPerSecond;
    }

    @Override
    public void onSent(long sequence, int sizeBytes, int probe, long nowNanos) {
        if (breakage != null) {
            throw breakage.now();
        }
        sent.add(new Sent(sequence, sizeBytes, probe, nowNanos));
    }

    @Override
    public void onStreamSent(int ssrc, int rtpSequence, long sequence) {
        streamsSent.add(new StreamSent(ssrc, rtpSequence, sequence));
    }

    @Override
    public void onFeedback(RtcpReader reader, long nowNanos) {
        feedbacks++;
    }

    @Override
    public void onRemb(long rate, long nowNanos) {
        bitsPerSecond = rate;
    }

    @Override
    public void onLossReport(int lost, int expected, long nowNanos) {}

    @Override
    public void onRoundTrip(long nanos) {}

    @Override
    public double calmLoss() {
        return calmLoss;
    }

    @Override
    public void onTick(long nowNanos) {}

    @Override
    public void onPathChanged(long nowNanos) {
        pathChanges++;
    }

    @Override
    public void demand(long rate) {
        demand = rate;
    }

    @Override
    public long targetBitsPerSecond() {
        return bitsPerSecond;
    }

    @Override
    public long pacingBitsPerSecond() {
        return bitsPerSecond;
    }

    @Override
    public @Nullable ProbePlan poll(long nowNanos) {
        ProbePlan next = plan;
        plan = null;
        return next;
    }

    @Override
    public long lies() {
        return lies;
    }
}
