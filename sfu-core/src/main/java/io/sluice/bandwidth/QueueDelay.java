package io.sluice.bandwidth;

/**
 * How long packets wait on the path: by how much the way takes longer than the shortest that was seen lately.
 *
 * <p>Clocks of the two sides need not agree; they run apart slowly, so that what is shortest is forgotten after
 * {@link #MEMORY_NANOS} or twice that. Owned by the viewer's loop.
 */
final class QueueDelay {
    static final long MEMORY_NANOS = 30_000_000_000L;

    /** Less is noise. */
    private static final long STANDS_MIN_NANOS = 6_000_000;

    /** More is a queue, whatever it was before. */
    private static final long STANDS_MAX_NANOS = 25_000_000;

    /** Of the longest queue: a short buffer that is full is a queue too. */
    private static final double STANDS_SHARE = 0.5;

    /** Two packets, one behind the other, are no queue. */
    private static final double PACKETS_BITS_NANOS = 2 * 1_200 * 8e9;

    /** With more, less is sent than passes until it is gone. */
    private static final long DRAIN_ABOVE_NANOS = 80_000_000;

    private static final double DRAIN_IN_NANOS = 1e9;
    private static final double DRAIN_MIN = 0.25;

    /** A queue that stands for so long although we send less is not ours. */
    private static final long DRAIN_MAX_NANOS = 6_000_000_000L;

    private static final long STUCK_NANOS = 300_000_000;

    /** We sent less so often, and it stood: it is another's. */
    private static final int STUCK_MAX = 6;

    private boolean known;
    private long shortest;
    private long shortestNow;
    private long rememberedNanos;
    private long longest;
    private long longestNow;
    private long inMessage = Long.MAX_VALUE;
    private long queueNanos;
    private boolean draining;
    private long drainingSinceNanos;
    private boolean standing;
    private long standingSinceNanos;
    private int stuck;

    void reset() {
        known = false;
        inMessage = Long.MAX_VALUE;
        queueNanos = 0;
        draining = false;
        standing = false;
        stuck = 0;
    }

    void onPacket(long sentNanos, long arrivalNanos) {
        inMessage = Math.min(inMessage, arrivalNanos - sentNanos);
    }

    /** Ends a message, of a path that carries so much. */
    void onMessage(long bitsPerSecond, long nowNanos) {
        if (inMessage == Long.MAX_VALUE) {
            return;
        }
        if (!known) {
            known = true;
            shortest = inMessage;
            shortestNow = inMessage;
            longest = 0;
            longestNow = 0;
            rememberedNanos = nowNanos;
        }
        if (nowNanos - rememberedNanos > MEMORY_NANOS) {
            rememberedNanos = nowNanos;
            shortest = shortestNow;
            shortestNow = inMessage;
            longest = longestNow;
            longestNow = 0;
        }
        shortestNow = Math.min(shortestNow, inMessage);
        shortest = Math.min(shortest, shortestNow);
        queueNanos = inMessage - shortest;
        longestNow = Math.max(longestNow, queueNanos);
        longest = Math.max(longest, longestNow);
        inMessage = Long.MAX_VALUE;
        if (queueNanos <= DRAIN_ABOVE_NANOS) {
            draining = false;
        } else if (!draining) {
            draining = true;
            drainingSinceNanos = nowNanos;
        } else if (nowNanos - drainingSinceNanos > DRAIN_MAX_NANOS) {
            reset();
        }
        standing(stands(bitsPerSecond), nowNanos);
    }

    private void standing(boolean stands, long nowNanos) {
        if (!stands) {
            stuck = 0;
        } else if (!standing) {
            standingSinceNanos = nowNanos;
        }
        standing = stands;
    }

    /** Whether a queue neither grows nor goes away: asked for often, true now and then. */
    boolean sticks(long roundTripNanos, long nowNanos) {
        if (!standing || nowNanos - standingSinceNanos < STUCK_NANOS + roundTripNanos) {
            return false;
        }
        standingSinceNanos = nowNanos;
        if (++stuck > STUCK_MAX) {
            reset();
            return false;
        }
        return true;
    }

    /** By how much a way took longer than the shortest that is known; 0 before one is. */
    long waitedNanos(long wayNanos) {
        return known ? wayNanos - shortest : 0;
    }

    /** The least that a packet of the last message waited. */
    long nanos() {
        return queueNanos;
    }

    /** Whether packets wait, on a path that carries so much. */
    boolean stands(long bitsPerSecond) {
        long apart = (long) (PACKETS_BITS_NANOS / bitsPerSecond);
        return queueNanos > STANDS_MAX_NANOS + apart
                || queueNanos > Math.max(STANDS_MIN_NANOS + apart, (long) (STANDS_SHARE * longest));
    }

    /** Whether so much waits that less is sent than passes. */
    boolean draining() {
        return draining;
    }

    /** What share of the rate to send at, so that the queue becomes shorter. */
    double share() {
        if (!draining) {
            return 1;
        }
        double above = (queueNanos - DRAIN_ABOVE_NANOS) / DRAIN_IN_NANOS;
        return Math.clamp(1 - above, DRAIN_MIN, 1);
    }
}
