package io.sluice.forward;

import io.sluice.bandwidth.BandwidthEstimator;
import io.sluice.bandwidth.Pacer;
import io.sluice.bandwidth.ProbePlan;
import io.sluice.bandwidth.RateBudget;
import io.sluice.loop.FineTicks;
import io.sluice.loop.PathEstimates;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtcpReader;
import java.util.List;
import java.util.function.Consumer;

/**
 * How much one viewer's transport may send and when: the estimate of its path, the pacer, and what waits.
 *
 * <p>While there is room in the budget a packet leaves in its turn, and only counts. What has to wait is not
 * copied: it has its number, and is read again from the track's history when its time comes. Audio never
 * waits; then come retransmissions, video and probes.
 *
 * <p>A viewer that has said nothing of what reaches it after {@link Opening#LENGTH_NANOS} never will, and is
 * sent everything. Owned by the viewer's loop.
 */
public final class CongestionControl implements FineTicks.Member {
    /** Instead of bits per second: nothing is known that would bound them. */
    public static final long UNBOUNDED = RateBudget.UNLIMITED;

    /** Instead of a transport-wide number: the viewer takes none. */
    static final long NO_NUMBER = -1;

    /**
     * Nothing was sent for so long though something is wanted: what was learnt is old, and nothing would ever be
     * learnt anew. It begins again, with probes.
     */
    private static final long IDLE_NANOS = 3_000_000_000L;

    /** Longer than a keyframe of the smallest layer takes; what is older is better begun anew. */
    static final long WAIT_MAX_NANOS = 400_000_000;

    /** A second of 10 Mbit/s. */
    private static final int WAITING_MAX = 1_024;

    /** What the estimator does by itself is not in a hurry, and there may be thousands of them. */
    private static final long ESTIMATOR_TICK_NANOS = 25_000_000;

    /**
     * What data could use that used up its part a moment ago: a file takes all there is, and without wanting more
     * than video does nothing would ever look for more.
     */
    private static final long DATA_BITS_PER_SECOND = 50_000_000;

    private static final long DATA_SPENT_NANOS = 1_000_000_000;

    /** Receiver reports that tell of less are no reason to send less. */
    private static final int LOSS_SHARE_MIN = 50;

    /** Of what is sent, lost by the path itself: with less, packets are lost twice too seldom to be seen. */
    private static final double COPY_LOSS_MIN = 0.02;

    private final BandwidthEstimator estimator;
    private final FineTicks ticks;
    private final PathEstimates estimates;
    private final MediaCounters counters;
    private final PathTrace trace;
    private final Consumer<Throwable> onDefect;
    private final Pacer pacer = new Pacer();
    private final PacedQueue video = new PacedQueue(WAITING_MAX);
    private final Resends resends;
    private final Opening opening;
    private final ProbeRun probe;

    /** Of video, sent or not. */
    private final List<ViewerStream> streams;

    private boolean heard;

    /** Whether anything can be sent at all, and when something was. */
    private boolean wanted;

    private long sentNanos;
    private long tickedNanos;
    private boolean pathChanged;
    private boolean pathFull;
    private boolean ticking;

    /** Whether data ever used up its part, and when it did so last. */
    private boolean dataSpent;

    private long dataSpentNanos;
    private long targetBitsPerSecond;

    /** How many of the estimator's are counted. */
    private long lies;

    /** As it stands in {@link #estimates}; 0 for none. */
    private long toldBitsPerSecond;

    /** Never goes back, though the time of a batch and that of a tick come from different readings. */
    private long nowNanos;

    /**
     * @param streams of video to this viewer; its owner adds and removes
     * @param onDefect ends the transport; called on its loop
     */
    CongestionControl(
            CongestionSetup setup,
            List<ViewerStream> streams,
            DropCounters drops,
            MediaCounters counters,
            PathTrace trace,
            Consumer<Throwable> onDefect,
            long nowNanos) {
        this.streams = streams;
        estimator = setup.estimators().create(setup.config(), nowNanos);
        ticks = setup.ticks();
        estimates = setup.estimates();
        this.counters = counters;
        this.trace = trace;
        this.onDefect = onDefect;
        this.nowNanos = nowNanos;
        opening = new Opening(setup.config().start());
        probe = new ProbeRun(streams, counters);
        resends = new Resends(drops, counters);
        sentNanos = nowNanos;
        tickedNanos = nowNanos;
        targetBitsPerSecond = estimator.targetBitsPerSecond();
        update();
    }

    private void advance(long now) {
        nowNanos = Math.max(nowNanos, now);
    }

    /** Whether what the path carries is but a guess; see {@link Opening}. */
    boolean isGuess(long now) {
        return opening.lasts(now);
    }

    /** What may be sent in all, with retransmissions and data; {@link #UNBOUNDED} if everything. */
    long targetBitsPerSecond() {
        return targetBitsPerSecond;
    }

    /** What the path is thought to carry, whatever is sent of it at the moment; as {@link #targetBitsPerSecond}. */
    long estimateBitsPerSecond() {
        return isBounded() ? estimator.estimateBitsPerSecond() : UNBOUNDED;
    }

    /** The most that could be used: 0 if nothing is wanted. */
    public void demand(long bitsPerSecond) {
        boolean dataWaits = dataSpent && nowNanos - dataSpentNanos < DATA_SPENT_NANOS;
        wanted = bitsPerSecond > 0;
        estimator.demand(bitsPerSecond + (dataWaits ? DATA_BITS_PER_SECOND : 0));
    }

    /** A packet is about to leave that the viewer reports on by its stream; see {@link BandwidthEstimator}. */
    void onStreamSent(int ssrc, int rtpSequence, long sequence) {
        estimator.onStreamSent(ssrc, rtpSequence, sequence);
    }

    /**
     * A packet of media leaves.
     *
     * @param sequence its transport-wide number, or {@link #NO_NUMBER}
     * @param lengthBytes of the datagram's payload
     */
    void onSent(long sequence, int lengthBytes, long now) {
        advance(now);
        sentNanos = nowNanos;
        int sizeBytes = lengthBytes + BandwidthEstimator.OVERHEAD_BYTES;
        pacer.onSent(sizeBytes, nowNanos);
        opening.onSent(nowNanos);
        if (sequence != NO_NUMBER) {
            estimator.onSent(sequence, sizeBytes, probe.id(), nowNanos);
        }
        probe.onSent(sizeBytes, nowNanos);
    }

    /** Whether a packet of a stream of video has to wait. */
    boolean mustWait(ViewerStream stream, long now) {
        advance(now);
        opening.onVideo(nowNanos);
        probe.latest(stream);
        return !video.isEmpty() || resends.hasAnswer() || !isOpen();
    }

    private boolean isOpen() {
        return !pathFull && (pacer.isOpen(nowNanos) || probe.isOpen(nowNanos));
    }

    /** Has a packet of video wait; if there is no room, nothing waits any more and the stream is broken. */
    boolean await(ViewerStream stream, long sequence, long now) {
        advance(now);
        if (!video.add(stream, sequence, nowNanos)) {
            giveUp();
            stream.abandon(sequence);
            return false;
        }
        counters.count(MediaCount.PACKETS_PACED);
        hurry();
        return true;
    }

    /** Whether the budget for sending again has room; the viewer chooses what it asks for. */
    boolean mayResend(long now) {
        advance(now);
        return pacer.mayResend(nowNanos);
    }

    /** Whether a packet to be sent again has to wait. */
    boolean resendMustWait(long now) {
        advance(now);
        return resends.hasAnswer() || !isOpen();
    }

    /** A packet of so many bytes is sent again, or waits for it: the budget pays for what is not refused. */
    void onResend(int lengthBytes, long now) {
        advance(now);
        pacer.onResend(lengthBytes + BandwidthEstimator.OVERHEAD_BYTES, nowNanos);
    }

    /** Has a packet wait to be sent again; false if it does already or there is no room, which is counted. */
    boolean awaitAgain(ViewerStream stream, long sequence, long now) {
        advance(now);
        boolean waits = resends.addAnswer(stream, sequence, nowNanos);
        if (waits) {
            hurry();
        }
        return waits;
    }

    /** Whether the path loses enough by itself that what is sent again should not go alone. */
    boolean losesByItself() {
        return estimator.calmLoss() >= COPY_LOSS_MIN;
    }

    /** Has a copy of a packet that is sent again follow it, where the budget has room to spare then. */
    void awaitCopy(ViewerStream stream, long sequence, long now) {
        advance(now);
        resends.addCopy(stream, sequence, nowNanos);
        hurry();
    }

    private void hurry() {
        if (!ticking) {
            ticking = true;
            ticks.add(this);
        }
    }

    /** What waits of a stream is not sent any more: the stream goes on with its next keyframe. */
    void giveUp(ViewerStream stream) {
        video.abandon(stream);
        resends.forget(stream);
    }

    /** A stream ends. */
    void forget(ViewerStream stream) {
        video.forget(stream);
        resends.forget(stream);
        probe.forget(stream);
    }

    /** How many bytes of data may leave now, behind audio and video. */
    public long dataRoomBytes(long now) {
        advance(now);
        return video.isEmpty() && !pathFull ? pacer.dataRoomBytes(!streams.isEmpty(), nowNanos) : 0;
    }

    /** Data leaves, of so many bytes of the datagram's payload. */
    public void onDataSent(int lengthBytes, long now) {
        advance(now);
        int sizeBytes = lengthBytes + BandwidthEstimator.OVERHEAD_BYTES;
        pacer.onSent(sizeBytes, nowNanos);
        pacer.onData(sizeBytes, nowNanos);
        if (pacer.isDataSpent(nowNanos)) {
            dataSpent = true;
            dataSpentNanos = nowNanos;
        }
    }

    /** The path itself takes no more, whatever it was thought to carry, or takes more again. */
    void pathFull(boolean full) {
        pathFull = full;
    }

    /** The path is another one: what was learnt of it goes with the next tick. */
    void onPathChanged() {
        pathChanged = true;
    }

    /** The viewer says which packets came and when; the reader stands on it. */
    public void onFeedback(RtcpReader reader, long now) {
        advance(now);
        heard = true;
        estimator.onFeedback(reader, nowNanos);
        reported();
    }

    /** The viewer says what it can receive. */
    public void onRemb(long bitsPerSecond, long now) {
        advance(now);
        heard = true;
        estimator.onRemb(bitsPerSecond, nowNanos);
        reported();
    }

    private void reported() {
        opening.onReport(estimator.estimateBitsPerSecond());
        update();
    }

    /** The viewer says what of a stream it has not received since it said so last. */
    public void onLossReport(int lost, int expected, long now) {
        advance(now);
        heard |= (long) lost * LOSS_SHARE_MIN > expected;
        if (heard) {
            estimator.onLossReport(lost, expected, nowNanos);
            reported();
        }
    }

    /** A round trip was measured. */
    public void onRoundTrip(long nanos) {
        estimator.onRoundTrip(nanos);
    }

    /** Lets time pass; see {@link io.sluice.loop.Ticking}. */
    public void onTick(long now) {
        advance(now);
        if (!wanted) {
            sentNanos = nowNanos;
        }
        if (pathChanged || nowNanos - sentNanos > IDLE_NANOS) {
            if (pathChanged) {
                opening.again();
            }
            pathChanged = false;
            sentNanos = nowNanos;
            probe.end();
            estimator.onPathChanged(nowNanos);
        }
        if (nowNanos - tickedNanos >= ESTIMATOR_TICK_NANOS) {
            tickedNanos = nowNanos;
            estimator.trace(trace.running());
            estimator.onTick(nowNanos);
            update();
        }
        ProbePlan plan = isBounded() && probe.canBegin() ? estimator.poll(nowNanos) : null;
        if (plan != null) {
            probe.begin(plan, nowNanos);
            hurry();
        }
        if (ticking) {
            sendWhatWaits();
        }
    }

    private boolean isBounded() {
        return heard || opening.awaitsReport(nowNanos);
    }

    private void update() {
        counters.add(MediaCount.BANDWIDTH_REPORTS_IGNORED, estimator.lies() - lies);
        lies = estimator.lies();
        boolean bounded = isBounded();
        long leastPacing = opening.lasts(nowNanos) ? Opening.BITS_PER_SECOND : 0;
        targetBitsPerSecond = bounded ? estimator.targetBitsPerSecond() : UNBOUNDED;
        pacer.rates(
                bounded ? Math.max(leastPacing, estimator.pacingBitsPerSecond()) : UNBOUNDED,
                targetBitsPerSecond);
        tell(bounded ? estimator.estimateBitsPerSecond() : 0);
    }

    private void tell(long estimate) {
        if (estimate != toldBitsPerSecond) {
            estimates.change(toldBitsPerSecond, estimate);
            toldBitsPerSecond = estimate;
        }
    }

    /** The transport ends. */
    void end() {
        tell(0);
    }

    @Override
    public boolean onFineTick(long now) {
        advance(now);
        try {
            sendWhatWaits();
        } catch (RuntimeException | Error e) {
            ticking = false;
            onDefect.accept(e);
            return false;
        }
        ticking = !video.isEmpty() || !resends.isEmpty() || probe.isRunning();
        return ticking;
    }

    private void sendWhatWaits() {
        sendAgain();
        sendVideo();
        if (!pathFull) {
            probe.fill(nowNanos);
        }
    }

    private void sendAgain() {
        while (resends.hasAnswer() && isOpen()) {
            resends.sendAnswer(nowNanos);
        }
        while (!resends.hasAnswer()
                && resends.hasCopy(nowNanos)
                && isOpen()
                && pacer.mayCopy(nowNanos)) {
            int lengthBytes = resends.sendCopy(nowNanos);
            if (lengthBytes > 0) {
                onResend(lengthBytes, nowNanos);
            }
        }
    }

    private void sendVideo() {
        while (!video.isEmpty() && ((!resends.hasAnswer() && isOpen()) || mustNotWait())) {
            ViewerStream stream = video.stream();
            long sequence = video.sequence();
            long sinceNanos = video.sinceNanos();
            video.remove();
            if (stream != null) {
                stream.sendWaiting(sequence, sinceNanos, nowNanos);
            }
        }
        if (!video.isEmpty() && nowNanos - video.sinceNanos() > WAIT_MAX_NANOS) {
            giveUp();
        }
    }

    /** Whether the oldest packet leaves, room or not: nothing is given up for a guess. */
    private boolean mustNotWait() {
        return !pathFull
                && opening.lasts(nowNanos)
                && nowNanos - video.sinceNanos() > Opening.WAIT_MAX_NANOS;
    }

    /** What waits comes too late to be seen: each stream goes on with its next keyframe. */
    private void giveUp() {
        while (!video.isEmpty()) {
            ViewerStream stream = video.stream();
            if (stream != null) {
                stream.abandon(video.sequence());
            }
            video.remove();
        }
    }
}
