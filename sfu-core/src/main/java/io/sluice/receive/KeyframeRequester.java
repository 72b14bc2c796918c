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

    private final long intervalNanos;
    private boolean wanted;
    private long nextNanos;

    public KeyframeRequester(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    /** Somebody cannot go on without a keyframe. */
    public void request() {
        wanted = true;
    }

    /** A keyframe has begun to arrive. */
    public void onKeyframe() {
        wanted = false;
    }

    /** Returns whether to send a PLI now. Asks again until a keyframe comes: either may be lost. */
    public boolean poll(long nowNanos) {
        if (!wanted || nowNanos < nextNanos) {
            return false;
        }
        nextNanos = nowNanos + intervalNanos;
        return true;
    }

    /** When to call {@link #poll} next, or {@link #NEVER}. A time in the past means at once. */
    public long nextTimeoutNanos() {
        return wanted ? nextNanos : NEVER;
    }
}
