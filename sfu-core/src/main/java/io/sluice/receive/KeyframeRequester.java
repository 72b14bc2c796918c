package io.sluice.receive;

/**
 * Turns the keyframe requests of many subscribers into few for the publisher.
 *
 * <p>Owned by the publisher's loop, whose clock never shows negative times.
 */
public final class KeyframeRequester {
    /** What {@link #nextTimeoutNanos} returns while nothing is wanted. */
    public static final long NEVER = Long.MAX_VALUE;

    /** One request per source in this time serves all viewers that joined in it. */
    public static final long DEFAULT_INTERVAL_NANOS = 200_000_000L;

    /**
     * How long a repair that is under way holds back the next request: it may bring the keyframe that was asked for,
     * and a second one would only cost the publisher's rate. As long as three requests, or where the round trip is
     * long each loss would cost a keyframe; not longer, since the request itself may have been lost.
     */
    public static final long REPAIR_PATIENCE_NANOS = 600_000_000L;

    /** What is measured may be wrong, and a request may be lost over a long path, too. */
    public static final long ROUND_TRIP_MAX_NANOS = REPAIR_PATIENCE_NANOS;

    /** Whoever answers at all does so within this time, also over a long path. */
    public static final long ANSWER_NANOS = 1_000_000_000L;

    private final long intervalNanos;
    private boolean wanted;
    private long nextNanos;

    /** Asked for, and not come yet. */
    private boolean unanswered;

    private long askedNanos;
    private long firstAskedNanos;
    private boolean ignored;

    public KeyframeRequester(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    /** Somebody cannot go on without a keyframe. */
    public void request() {
        wanted = true;
    }

    /** A keyframe has begun to arrive. */
    public void onKeyframe(long nowNanos) {
        if (unanswered) {
            // After so long it came by itself.
            ignored = nowNanos - firstAskedNanos >= ANSWER_NANOS;
        }
        wanted = false;
        unanswered = false;
    }

    /** Whether the publisher sends no keyframes for the asking, as far as is known. */
    public boolean isIgnored() {
        return ignored;
    }

    /**
     * Returns whether to send a PLI now. Asks again until a keyframe comes: either may be lost.
     *
     * @param repairing whether packets are missing that may yet come
     * @param roundTripNanos to the publisher, 0 if it is not known: no answer comes sooner, and each further request
     *     would be another keyframe
     */
    public boolean poll(long nowNanos, boolean repairing, long roundTripNanos) {
        if (!wanted || nowNanos < nextNanos) {
            return false;
        }
        if (repairing && unanswered && nowNanos - askedNanos < REPAIR_PATIENCE_NANOS) {
            return false;
        }
        firstAskedNanos = unanswered ? firstAskedNanos : nowNanos;
        ignored |= nowNanos - firstAskedNanos >= ANSWER_NANOS;
        unanswered = true;
        askedNanos = nowNanos;
        nextNanos =
                nowNanos + Math.max(intervalNanos, Math.min(roundTripNanos, ROUND_TRIP_MAX_NANOS));
        return true;
    }

    /** When to call {@link #poll} next, or {@link #NEVER}. A time in the past means at once. */
    public long nextTimeoutNanos() {
        return wanted ? nextNanos : NEVER;
    }
}
