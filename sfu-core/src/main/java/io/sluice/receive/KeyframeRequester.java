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
     * and a second one would only cost the publisher's rate. Where the round trip is long each loss would cost a keyframe
     * else; not longer, since the request itself may have been lost.
     */
    public static final long REPAIR_PATIENCE_NANOS = 600_000_000L;

    /** Whoever answers at all does so within this time, also over a long path. */
    public static final long ANSWER_NANOS = 1_000_000_000L;

    private final long intervalNanos;
    private boolean wanted;
    private long nextNanos;

    /**
     * How long an answer takes, as far as is known: asked again is not before, for over a long path each further
     * request would cost a keyframe that nobody needs. Between the interval and {@link #REPAIR_PATIENCE_NANOS}.
     */
    private long answerNanos;

    /** Asked for, and not come yet. */
    private boolean unanswered;

    private long askedNanos;
    private long firstAskedNanos;
    private boolean ignored;

    public KeyframeRequester(long intervalNanos) {
        this.intervalNanos = intervalNanos;
        answerNanos = intervalNanos;
    }

    /** Somebody cannot go on without a keyframe. */
    public void request() {
        wanted = true;
    }

    /** A keyframe has begun to arrive. */
    public void onKeyframe(long nowNanos) {
        if (unanswered) {
            long took = nowNanos - firstAskedNanos;
            // After so long it came by itself.
            ignored = took >= ANSWER_NANOS;
            if (!ignored) {
                answerNanos =
                        Math.max(intervalNanos, Math.min(answerTime(took), REPAIR_PATIENCE_NANOS));
            }
            nextNanos = askedNanos + intervalNanos;
        }
        wanted = false;
        unanswered = false;
    }

    /** Which of several requests is answered nobody can say: the next is given time enough to tell (RFC 6298 3). */
    private long answerTime(long tookNanos) {
        return askedNanos == firstAskedNanos ? tookNanos : 2 * answerNanos;
    }

    /** Whether the publisher sends no keyframes for the asking, as far as is known. */
    public boolean isIgnored() {
        return ignored;
    }

    /**
     * Returns whether to send a PLI now. Asks again until a keyframe comes: either may be lost.
     *
     * @param repairing whether packets are missing that may yet come
     */
    public boolean poll(long nowNanos, boolean repairing) {
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
        nextNanos = nowNanos + answerNanos;
        return true;
    }

    /** When to call {@link #poll} next, or {@link #NEVER}. A time in the past means at once. */
    public long nextTimeoutNanos() {
        return wanted ? nextNanos : NEVER;
    }
}
