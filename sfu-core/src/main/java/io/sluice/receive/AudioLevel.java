package io.sluice.receive;

/**
 * How loud an audio track is: the levels of its packets (RFC 6464), smoothed, 0 for the loudest to 127
 * for silence.
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

    private static final int LEVEL_BITS = 8;
    private static final long LEVEL_MASK = (1 << LEVEL_BITS) - 1;

    private int scaled = SILENCE << FRACTION_BITS;

    /** The time in the upper bits and the level in the lower, so that readers see both or neither. */
    private volatile long state = SILENCE;

    /** Takes the level of one packet; on the publisher's loop. */
    void onPacket(int level, long nowNanos) {
        if (isStale(state, nowNanos)) {
            scaled = SILENCE << FRACTION_BITS;
        }
        scaled += ((level << FRACTION_BITS) - scaled) >> SMOOTHING_SHIFT;
        state = (nowNanos << LEVEL_BITS) | (scaled >> FRACTION_BITS);
    }

    /** The level at {@code nowNanos}, 0 to 127; silence if no packet has come for a while. */
    public int at(long nowNanos) {
        long read = state;
        return isStale(read, nowNanos) ? SILENCE : (int) (read & LEVEL_MASK);
    }

    private static boolean isStale(long state, long nowNanos) {
        // Shifted back last: so the difference is right although the upper bits are gone.
        long elapsedNanos = ((nowNanos << LEVEL_BITS) - (state & ~LEVEL_MASK)) >> LEVEL_BITS;
        return elapsedNanos > STALE_NANOS;
    }
}
