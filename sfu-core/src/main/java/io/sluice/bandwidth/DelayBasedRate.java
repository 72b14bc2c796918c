package io.sluice.bandwidth;

/**
 * The rate at which the delay does not grow: up while it stays, down to less than what passes when it grows
 * (draft-ietf-rmcat-gcc-02 5.5).
 *
 * <p>Owned by the viewer's loop.
 */
final class DelayBasedRate {
    /** Leaves room for the queue to empty. */
    static final double DECREASE = 0.85;

    /** Where less than the rate is sent anyway. */
    private static final double DECREASE_DRAINING = 0.95;

    /** Of what passes, while a queue stands: it shall become shorter, slowly. */
    private static final double DRAIN = 0.93;

    private static final double INCREASE_PER_SECOND = 1.08;

    /** A rate that is not used is not known to pass. */
    private static final double ABOVE_ACKNOWLEDGED = 1.5;

    private static final long ABOVE_ACKNOWLEDGED_BITS = 10_000;
    private static final long PACKET_BITS = 1_200 * 8;
    private static final long RESPONSE_NANOS = 100_000_000;
    private static final long INCREASE_MIN = 4_000;
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long REDUCE_MIN_NANOS = 10_000_000;
    private static final long REDUCE_MAX_NANOS = 200_000_000;

    /** Packets that arrive this much slower than they left show what passes. */
    private static final double SLOWED = 0.97;

    private enum State {
        HOLD,
        INCREASE
    }

    private final BandwidthConfig config;
    private final LinkCapacity capacity = new LinkCapacity();
    private State state = State.HOLD;
    private long bitsPerSecond;
    private long changedNanos;
    private long decreasedNanos;
    private boolean decreased;
    private long beforeFloodBps;

    DelayBasedRate(BandwidthConfig config, long nowNanos) {
        this.config = config;
        reset(nowNanos);
    }

    void reset(long nowNanos) {
        capacity.reset();
        state = State.HOLD;
        bitsPerSecond = config.start();
        changedNanos = nowNanos;
        decreased = false;
    }

    /**
     * Takes what the delay says.
     *
     * @param acknowledged bits per second that arrived, 0 if not known
     * @param sent bits per second at which the same packets left
     * @param queueStands whether packets wait on the path, so that more would wait longer
     * @param draining whether less than the rate is sent until they do not
     */
    void onUse(
            PathUse use,
            long acknowledged,
            long sent,
            boolean queueStands,
            boolean draining,
            long roundTripNanos,
            long nowNanos) {
        switch (use) {
            case OVER -> {
                if (mayReduce(acknowledged, roundTripNanos, nowNanos)) {
                    decrease(acknowledged, sent, draining ? DECREASE_DRAINING : DECREASE, nowNanos);
                }
            }
            case UNDER -> {
                // The queue empties: what passes is not to be measured now.
                state = State.HOLD;
                changedNanos = nowNanos;
            }
            case NORMAL -> {
                if (state == State.HOLD) {
                    state = State.INCREASE;
                    changedNanos = nowNanos;
                }
                if (queueStands) {
                    changedNanos = nowNanos;
                } else {
                    increase(acknowledged, roundTripNanos, nowNanos);
                }
            }
        }
    }

    private boolean mayReduce(long acknowledged, long roundTripNanos, long nowNanos) {
        long wait = Math.clamp(roundTripNanos, REDUCE_MIN_NANOS, REDUCE_MAX_NANOS);
        return !decreased
                || nowNanos - decreasedNanos >= wait
                || (acknowledged > 0 && 2 * acknowledged < bitsPerSecond);
    }

    /** A queue stands, and does not grow: there is a bit too much. */
    void onStuck(long acknowledged, long nowNanos) {
        set((long) (DRAIN * bitsPerSecond), nowNanos);
        if (acknowledged > 0) {
            capacity.onOveruse(acknowledged);
        }
        state = State.HOLD;
        decreased = true;
        decreasedNanos = nowNanos;
    }

    /**
     * Much more was sent than passes, and what does is known.
     *
     * @param passingBps what passes
     * @param again whether that was known already, and is now known better
     */
    void onFlood(long passingBps, boolean again, long nowNanos) {
        beforeFloodBps = again ? beforeFloodBps : bitsPerSecond;
        set(Math.min(beforeFloodBps, (long) (DECREASE * passingBps)), nowNanos);
        capacity.reset();
        capacity.onOveruse(passingBps);
        state = State.HOLD;
        decreased = true;
        decreasedNanos = nowNanos;
    }

    private void decrease(long acknowledged, long sent, double factor, long nowNanos) {
        long before = bitsPerSecond;
        // What came as fast as it was sent was as much as we had: it does not show what would pass.
        boolean limited = acknowledged > 0 && acknowledged < SLOWED * sent;
        long basis = limited ? acknowledged : Math.max(acknowledged, before);
        long reduced = (long) (factor * basis);
        if (reduced > before && capacity.known()) {
            reduced = (long) (factor * capacity.bitsPerSecond());
        }
        set(Math.min(before, reduced), nowNanos);
        if (limited) {
            if (capacity.isBelow(acknowledged)) {
                capacity.reset();
            }
            capacity.onOveruse(acknowledged);
        }
        state = State.HOLD;
        decreased = true;
        decreasedNanos = nowNanos;
    }

    private void increase(long acknowledged, long roundTripNanos, long nowNanos) {
        if (acknowledged > 0 && capacity.isAbove(acknowledged)) {
            capacity.reset();
        }
        double seconds = (double) Math.min(nowNanos - changedNanos, SECOND_NANOS) / SECOND_NANOS;
        double more =
                capacity.known()
                        ? seconds * additive(roundTripNanos)
                        : bitsPerSecond * (Math.pow(INCREASE_PER_SECOND, seconds) - 1);
        long limit =
                acknowledged > 0
                        ? (long) (ABOVE_ACKNOWLEDGED * acknowledged) + ABOVE_ACKNOWLEDGED_BITS
                        : config.start();
        if (bitsPerSecond < limit) {
            set(Math.min(limit, bitsPerSecond + (long) more), nowNanos);
        }
        changedNanos = nowNanos;
    }

    /** Bits per second in each second: one packet in the time that it takes to see the effect. */
    private static double additive(long roundTripNanos) {
        double responseSeconds = (double) (roundTripNanos + RESPONSE_NANOS) / SECOND_NANOS;
        return Math.max(INCREASE_MIN, PACKET_BITS / responseSeconds);
    }

    /** It is known to be this. */
    void set(long rate, long nowNanos) {
        bitsPerSecond = Math.clamp(rate, config.floor(), config.ceiling());
        changedNanos = nowNanos;
    }

    long bitsPerSecond() {
        return bitsPerSecond;
    }

    /** How long ago it went down last. */
    long sinceDecreaseNanos(long nowNanos) {
        return decreased ? nowNanos - decreasedNanos : Long.MAX_VALUE;
    }
}
