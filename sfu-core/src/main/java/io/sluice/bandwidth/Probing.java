package io.sluice.bandwidth;

import org.jspecify.annotations.Nullable;

/**
 * When to try whether the path carries more: at the start, as long as tries show more, after a fall, when much
 * more is wanted than before, and now and then while more is wanted than is known to pass.
 *
 * <p>A try of {@link #DURATION_NANOS} in {@link #INTERVAL_MIN_NANOS} at most, and one for each growth of what is
 * wanted, at twice the rate: a few parts in a hundred of what is sent, less the more often it is in
 * vain. Owned by the viewer's loop.
 */
final class Probing {
    static final long DURATION_NANOS = 15_000_000;
    static final int PACKETS = 5;
    static final long INTERVAL_MIN_NANOS = 1_000_000_000;
    private static final long INTERVAL_MAX_NANOS = 3_000_000_000L;
    private static final int PACKET_BYTES_MIN = 200;
    private static final int FIRST = 3;
    private static final int SECOND = 6;
    private static final int FURTHER = 2;

    /** Of the rate of a probe: with more it was not the path that set the bound. */
    private static final double FURTHER_FROM = 0.7;

    /** What is wanted comes in bursts; more than this is of no use. */
    private static final double DEMAND = 2;

    /** After losses. */
    private static final double CAREFUL = 1.5;

    /** As often as what is wanted grows by so much a try need not wait for its turn: what was tried before was less. */
    private static final double GROWN = 1.5;

    /** The result of the try before is known by then, or the next one says the same and more. */
    private static final long GROWN_NANOS = 100_000_000;

    private static final double RAISED = 1.05;
    private static final double FELL = 0.66;
    private static final double AFTER_FALL = 0.85;
    private static final long FALL_NANOS = 5_000_000_000L;
    private static final long RESULT_NANOS = 1_000_000_000;
    private static final double BITS_NANOS = 8e9;

    /** So much longer than the noise of the path that the noise does not matter. */
    private static final int NOISE_FACTOR = 6;

    private static final long DURATION_MAX_NANOS = 60_000_000;

    private final BandwidthConfig config;
    private final ProbeResults results;
    private int id;
    private @Nullable ProbePlan pending;
    private @Nullable ProbePlan second;
    private boolean started;
    private boolean waiting;
    private boolean answered;
    private long plannedNanos;
    private long intervalNanos = INTERVAL_MIN_NANOS;
    private double furtherAbove;
    private long demand;
    private long demandAtPlan;
    private long estimateAtPlan;
    private long estimate;
    private long beforeFall;
    private long fellNanos;
    private long durationNanos = DURATION_NANOS;

    Probing(BandwidthConfig config, ProbeResults results) {
        this.config = config;
        this.results = results;
    }

    void reset() {
        pending = null;
        second = null;
        started = false;
        waiting = false;
        demandAtPlan = 0;
        intervalNanos = INTERVAL_MIN_NANOS;
        estimate = 0;
        beforeFall = 0;
        results.reset();
    }

    void demand(long bitsPerSecond) {
        demand = bitsPerSecond;
        if (demand == 0) {
            pending = null;
            second = null;
        }
    }

    /** The estimate is this now. */
    void onEstimate(long bitsPerSecond, long nowNanos) {
        if (bitsPerSecond < FELL * estimate) {
            beforeFall = estimate;
            fellNanos = nowNanos;
            intervalNanos = INTERVAL_MIN_NANOS;
        }
        estimate = bitsPerSecond;
    }

    /** Less passes than was sent, and it is known how much: there is nothing to find out for a while. */
    void onFlood(long nowNanos) {
        beforeFall = 0;
        waiting = false;
        plannedNanos = nowNanos;
        pending = null;
        second = null;
    }

    /** A probe has shown that so much passes. */
    void onResult(long bitsPerSecond, boolean careful, long nowNanos) {
        answered = true;
        if (waiting && bitsPerSecond > furtherAbove) {
            plan(FURTHER * bitsPerSecond, careful, nowNanos);
        }
    }

    /** Plans what is due. Asked for at each tick, if nothing speaks against a probe. */
    void onTick(boolean careful, long roundTripNanos, long noiseNanos, long nowNanos) {
        durationNanos = Math.min(DURATION_NANOS + NOISE_FACTOR * noiseNanos, DURATION_MAX_NANOS);
        if (demand == 0) {
            return;
        }
        if (!started) {
            started = true;
            estimateAtPlan = config.start();
            plan(FIRST * config.start(), careful, nowNanos);
            ProbePlan first = pending;
            plan(SECOND * config.start(), careful, nowNanos);
            second = pending;
            pending = first;
            return;
        }
        if (waiting && nowNanos - plannedNanos > RESULT_NANOS + roundTripNanos) {
            waiting = false;
            // What was lost on the way says nothing against another try.
            intervalNanos =
                    estimate > RAISED * estimateAtPlan || !answered
                            ? INTERVAL_MIN_NANOS
                            : Math.min(2 * intervalNanos, INTERVAL_MAX_NANOS);
        }
        long sinceNanos = nowNanos - plannedNanos;
        boolean grown = demand > GROWN * demandAtPlan && sinceNanos >= GROWN_NANOS;
        if (estimate < demand && (grown || (!waiting && sinceNanos >= intervalNanos))) {
            estimateAtPlan = estimate;
            boolean fell = nowNanos - fellNanos < FALL_NANOS;
            long back = fell ? (long) (AFTER_FALL * beforeFall) : 0;
            beforeFall = 0;
            long known = estimate == 0 ? config.start() : estimate;
            plan(Math.max(FURTHER * known, back), careful, nowNanos);
        }
    }

    private void plan(long wished, boolean careful, long nowNanos) {
        double most = Math.min(config.ceiling(), DEMAND * demand);
        if (careful) {
            most = Math.min(most, CAREFUL * estimate);
        }
        long rate = (long) Math.min(wished, most);
        demandAtPlan = demand;
        plannedNanos = nowNanos;
        waiting = true;
        answered = false;
        furtherAbove = rate < wished ? Double.MAX_VALUE : FURTHER_FROM * rate;
        int bytes = (int) (rate * (durationNanos / BITS_NANOS));
        id = id % SentPackets.PROBE_MAX + 1;
        pending = new ProbePlan(id, rate, Math.max(bytes, PACKETS * PACKET_BYTES_MIN), PACKETS);
    }

    /** The next to be sent, once, or null. */
    @Nullable ProbePlan poll() {
        ProbePlan plan = pending;
        if (plan != null) {
            pending = second;
            second = null;
            results.expect(plan);
        }
        return plan;
    }
}
