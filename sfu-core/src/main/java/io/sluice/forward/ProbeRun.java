package io.sluice.forward;

import io.sluice.bandwidth.BandwidthEstimator;
import io.sluice.bandwidth.ProbePlan;
import io.sluice.bandwidth.RateBudget;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The probe that is being sent to one viewer, if one is: all that leaves belongs to it, and what is missing to
 * its rate is filled up with packets that are sent again, or padding.
 *
 * <p>Owned by the viewer's loop.
 */
final class ProbeRun {
    /** A probe is sent in steps of one fine tick. */
    private static final long BURST_NANOS = 2_000_000;

    /** A probe that could not be sent by then says nothing any more. */
    private static final long LENGTH_MAX_NANOS = 300_000_000;

    /** The packets that are sent again: of so many of the last. */
    private static final int AGAIN_MAX = 32;

    private final List<ViewerStream> streams;
    private final MediaCounters counters;
    private final RateBudget pace = new RateBudget(BURST_NANOS, LENGTH_MAX_NANOS);
    private @Nullable ProbePlan plan;
    private long begunNanos;
    private int bytesLeft;
    private int packetsLeft;
    private int back;

    /** Whether the packet that leaves is for the probe alone. */
    private boolean fills;

    /** The last that sent video: what fills up is sent among its retransmissions. */
    private @Nullable ViewerStream latest;

    /**
     * @param streams of video to this viewer, sent or not: what is paused for want of room is what there must
     *     be probed for
     */
    ProbeRun(List<ViewerStream> streams, MediaCounters counters) {
        this.streams = streams;
        this.counters = counters;
    }

    /** A stream sends video. */
    void latest(ViewerStream stream) {
        latest = stream;
    }

    /** A stream ends. */
    void forget(ViewerStream stream) {
        if (latest == stream) {
            latest = null;
        }
    }

    boolean isRunning() {
        return plan != null;
    }

    /** Whether one can begin: none is running, and there is something to fill it up with. */
    boolean canBegin() {
        return plan == null && prober() != null;
    }

    private @Nullable ViewerStream prober() {
        if (latest != null && latest.canProbe()) {
            return latest;
        }
        for (int i = 0; i < streams.size(); i++) {
            if (streams.get(i).canProbe()) {
                return streams.get(i);
            }
        }
        return null;
    }

    void begin(ProbePlan next, long nowNanos) {
        counters.count(MediaCount.PROBES_SENT);
        plan = next;
        begunNanos = nowNanos;
        bytesLeft = next.sizeBytes();
        packetsLeft = next.packets();
        back = 0;
        pace.clear();
        pace.rate(next.bitsPerSecond());
    }

    /** What is left of it is not sent. */
    void end() {
        plan = null;
    }

    /** What a packet that leaves now belongs to; {@link BandwidthEstimator#NO_PROBE} if none is running. */
    int id() {
        return plan == null ? BandwidthEstimator.NO_PROBE : plan.id();
    }

    /** Whether a packet may leave for it, whatever else bounds. */
    boolean isOpen(long nowNanos) {
        return plan != null && pace.isOpen(nowNanos);
    }

    /** A packet of any kind leaves. */
    void onSent(int sizeBytes, long nowNanos) {
        if (plan == null) {
            return;
        }
        pace.take(sizeBytes, nowNanos);
        bytesLeft -= sizeBytes;
        packetsLeft--;
        if (fills) {
            counters.count(MediaCount.PROBE_PACKETS_SENT);
            counters.add(MediaCount.PROBE_BYTES_SENT, sizeBytes);
        }
        if (bytesLeft <= 0 && packetsLeft <= 0) {
            plan = null;
        }
    }

    /** Sends what is missing to its rate. */
    void fill(long nowNanos) {
        if (plan != null && nowNanos - begunNanos > LENGTH_MAX_NANOS) {
            plan = null;
        }
        fills = true;
        while (isOpen(nowNanos)) {
            ViewerStream prober = prober();
            back = (back + 1) % AGAIN_MAX;
            if (prober == null || !prober.sendProbe(back, nowNanos)) {
                plan = null;
            }
        }
        fills = false;
    }
}
