package io.sluice.receive;

import java.util.Arrays;

/**
 * How loud an audio track is: the levels of its packets (RFC 6464), smoothed, 0 for the loudest to 127
 * for silence; and as loudness, 0 for silence to 127, each 20 ms of the last second.
 *
 * <p>Written by the publisher's loop, read from any thread.
 */
public final class AudioLevel {
    public static final int SILENCE = 127;

    /** A packet counts for an eighth: a word is heard within a tenth of a second, a click is not. */
    private static final int SMOOTHING_SHIFT = 3;

    /** Bits behind the point, so that smoothing arrives at what it aims for. */
    private static final int FRACTION_BITS = 8;

    /** With discontinuous transmission silence is a packet each 400 ms (RFC 7587 3.1.3), or none. */
    private static final long STALE_NANOS = 500_000_000;

    /** What one number of {@link #copyRecent} stands for: the usual length of a packet of Opus. */
    private static final long SAMPLE_NANOS = 20_000_000;

    /** A packet may be late so much before it is taken for silence, and may stand for as much. */
    private static final int SAMPLES_MAX = 3;

    /** A second, and some more so that who reads is not overtaken by the next packets. */
    private static final int RING = 64;

    private static final int LEVEL_BITS = 8;
    private static final long LEVEL_MASK = (1 << LEVEL_BITS) - 1;

    private final byte[] ring = new byte[RING];

    /** How many samples were ever written; written last. */
    private volatile int written;

    private int scaled = SILENCE << FRACTION_BITS;

    /** The time in the upper bits and the level in the lower, so that readers see both or neither. */
    private volatile long state = SILENCE;

    /** Takes the level of one packet; on the publisher's loop. */
    void onPacket(int level, long nowNanos) {
        if (isStale(state, nowNanos)) {
            scaled = SILENCE << FRACTION_BITS;
        }
        long elapsedNanos = elapsedNanos(state, nowNanos);
        long samples = (elapsedNanos + SAMPLE_NANOS / 2) / SAMPLE_NANOS;
        fill(samples > SAMPLES_MAX ? (int) Math.min(samples - 1, RING) : 0, 0);
        fill(samples > SAMPLES_MAX ? 1 : (int) Math.max(1, samples), SILENCE - level);
        scaled += ((level << FRACTION_BITS) - scaled) >> SMOOTHING_SHIFT;
        state = (nowNanos << LEVEL_BITS) | (scaled >> FRACTION_BITS);
    }

    private void fill(int samples, int loudness) {
        int next = written;
        for (int i = 0; i < samples; i++) {
            ring[next++ & RING - 1] = (byte) loudness;
        }
        written = next;
    }

    /**
     * Writes how loud it was, the newest sample first, 0 for silence to 127 for the loudest; from any
     * thread. A sample that is written meanwhile may stand for the one before it.
     */
    public void copyRecent(byte[] loudness, long nowNanos) {
        long elapsed = Math.max(0, elapsedNanos(state, nowNanos)) / SAMPLE_NANOS;
        int silent = elapsed > SAMPLES_MAX ? (int) Math.min(elapsed, loudness.length) : 0;
        Arrays.fill(loudness, 0, silent, (byte) 0);
        int newest = written - 1;
        for (int i = silent; i < loudness.length; i++) {
            loudness[i] = ring[newest-- & RING - 1];
        }
    }

    /** The level at {@code nowNanos}, 0 to 127; silence if no packet has come for a while. */
    public int at(long nowNanos) {
        long read = state;
        return isStale(read, nowNanos) ? SILENCE : (int) (read & LEVEL_MASK);
    }

    private static boolean isStale(long state, long nowNanos) {
        return elapsedNanos(state, nowNanos) > STALE_NANOS;
    }

    private static long elapsedNanos(long state, long nowNanos) {
        // Shifted back last: so the difference is right although the upper bits are gone.
        return ((nowNanos << LEVEL_BITS) - (state & ~LEVEL_MASK)) >> LEVEL_BITS;
    }
}
