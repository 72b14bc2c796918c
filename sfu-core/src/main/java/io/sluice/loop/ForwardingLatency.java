package io.sluice.loop;

import io.sluice.rtp.LatencyHistogram;

/**
 * Measures how long forwarded packets were in the server: from the batch that they came in with, on
 * whichever loop, to the end of the turn that sends them, when they have left at the latest. Those that had
 * to wait for their turn, since the viewer's network carries no more, are measured apart from them.
 *
 * <p>Owned by the viewers' loop. Packets of a turn are gathered by the time they came in, so that the clock
 * is read once a turn.
 */
public final class ForwardingLatency {
    /** Times of arrival in one turn: a batch has one, packets from other loops have theirs. */
    private static final int ARRIVALS_PER_TURN = 256;

    private final LatencyHistogram histogram = new LatencyHistogram();
    private final LatencyHistogram waits = new LatencyHistogram();
    private final long[] arrivalNanos = new long[ARRIVALS_PER_TURN];
    private final long[] packets = new long[ARRIVALS_PER_TURN];
    private int arrivals;

    /** A packet that came in at {@code nanos} was queued for sending. */
    public void onQueued(long nanos) {
        int last = arrivals - 1;
        // With no room left it counts as one of the last arrival, which is a turn away at most.
        if (last >= 0 && (arrivalNanos[last] == nanos || arrivals == ARRIVALS_PER_TURN)) {
            packets[last]++;
            return;
        }
        arrivalNanos[arrivals] = nanos;
        packets[arrivals] = 1;
        arrivals++;
    }

    /** A packet was queued for sending that had to wait so long. */
    public void onWaited(long nanos) {
        waits.record(nanos, 1);
    }

    /** Whether anything was queued since the last turn's end. */
    boolean isPending() {
        return arrivals > 0;
    }

    /** What was queued has left. */
    void onFlushed(long nowNanos) {
        for (int i = 0; i < arrivals; i++) {
            histogram.record(nowNanos - arrivalNanos[i], packets[i]);
        }
        arrivals = 0;
    }

    /** What was measured so far of those that left at once; from any thread. */
    public LatencyHistogram histogram() {
        return histogram;
    }

    /** How long those waited that did; from any thread. */
    public LatencyHistogram waits() {
        return waits;
    }
}
