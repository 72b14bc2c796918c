package io.sluice.receive;

/**
 * Lets an audio track through while it is among the loudest of its room, and a little longer.
 *
 * <p>Owned by the publisher's loop. Whoever raises the voice is let through with the next packet; who is no
 * more among the loudest is found out at the room's next round.
 */
final class LoudestGate {
    /** Within a sentence nobody is cut off. */
    static final long HOLD_NANOS = 600_000_000;

    private final LoudestThreshold threshold;
    private boolean open = true;
    private boolean reopened;
    private long loudNanos;

    LoudestGate(LoudestThreshold threshold, long nowNanos) {
        this.threshold = threshold;
        loudNanos = nowNanos;
    }

    /** Whether a packet goes on, when its track is as loud as {@code level}. */
    boolean admits(int level, long nowNanos) {
        if (level <= threshold.level()) {
            loudNanos = nowNanos;
        }
        boolean admitted = nowNanos - loudNanos <= HOLD_NANOS;
        reopened = admitted && !open;
        open = admitted;
        return admitted;
    }

    /** Whether the last packet was the first that went on after others that did not. */
    boolean reopened() {
        return reopened;
    }
}
