package io.sluice.forward;

import io.sluice.rtp.TrackSequence;

/**
 * Which encodings of a track the viewers of one loop can use now: others need not come to that loop.
 *
 * <p>Written by the viewers' loop, read by the publisher's. All of them, until it was looked at.
 */
final class WantedEncodings {
    /** Quick against a second, and seldom against packets. */
    private static final long INTERVAL_NANOS = 100_000_000;

    private volatile int mask = (1 << TrackSequence.ENCODINGS_MAX) - 1;
    private long nextNanos = Long.MIN_VALUE;

    /** Looks at the viewers again, if that is due. */
    void look(Subscription[] viewers, int encodings, long nowNanos) {
        if (encodings < 2 || nowNanos < nextNanos) {
            return;
        }
        nextNanos = nowNanos + INTERVAL_NANOS;
        int wanted = 0;
        for (int encoding = 0; encoding < encodings; encoding++) {
            wanted |= anyWants(viewers, encoding) ? 1 << encoding : 0;
        }
        if (wanted != mask) {
            mask = wanted;
        }
    }

    private static boolean anyWants(Subscription[] viewers, int encoding) {
        for (Subscription viewer : viewers) {
            if (viewer.wants(encoding)) {
                return true;
            }
        }
        return false;
    }

    boolean has(int encoding) {
        return (mask >>> encoding & 1) != 0;
    }
}
