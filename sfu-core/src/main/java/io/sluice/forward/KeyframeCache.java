package io.sluice.forward;

import io.sluice.rtp.TrackSequence;
import java.util.Arrays;

/**
 * With which kept keyframe of a track a newcomer can begin, before a new one comes.
 *
 * <p>Owned by the loop of its {@link TrackHistory}. A newcomer gets all that is kept from the keyframe on at once, so
 * that must be little and young, unless the publisher sends no keyframe when it is asked (OBS): then it is all there
 * is.
 */
final class KeyframeCache {
    /** A burst that any path takes. */
    static final int PACKETS_MAX = 40;

    /** What a viewer plays over in a moment. */
    static final long AGE_MAX_NANOS = 500_000_000;

    private static final long NONE = Fanout.NOWHERE;

    private final TrackHistory history;

    // By encoding.
    private final long[] keyframes = new long[TrackSequence.ENCODINGS_MAX];
    private final long[] beginnings = new long[TrackSequence.ENCODINGS_MAX];
    private final long[] arrivalNanos = new long[TrackSequence.ENCODINGS_MAX];
    private final int[] timestamps = new int[TrackSequence.ENCODINGS_MAX];

    KeyframeCache(TrackHistory history) {
        this.history = history;
        clear();
    }

    /** Forgets all: other sequences may begin anywhere. */
    void clear() {
        Arrays.fill(keyframes, NONE);
    }

    /**
     * A viewer could begin with a packet that has come.
     *
     * @param beginning the first that it would get
     */
    void onKeyframe(long sequence, long beginning, int timestamp, long nowNanos) {
        int encoding = TrackSequence.encoding(sequence);
        // Several packets may say so; the first of them is kept longest.
        boolean same = keyframes[encoding] != NONE && timestamps[encoding] == timestamp;
        if (same && beginning >= beginnings[encoding]) {
            return;
        }
        keyframes[encoding] = sequence;
        beginnings[encoding] = beginning;
        timestamps[encoding] = timestamp;
        arrivalNanos[encoding] = nowNanos;
    }

    /** The packet that an encoding's history must begin with so that a newcomer can; the highest number if none. */
    long begin(int encoding) {
        return keyframes[encoding] == NONE ? Long.MAX_VALUE : beginnings[encoding];
    }

    /**
     * The packet that begins the keyframe for a newcomer, or {@link Fanout#NOWHERE}: all that follows it must be kept.
     *
     * @param next the first packet that the newcomer will get without our doing
     * @param alone whether no other keyframe can be had
     */
    long keyframe(long next, boolean alone, long nowNanos) {
        int encoding = TrackSequence.encoding(next);
        long keyframe = keyframes[encoding];
        if (keyframe == NONE || keyframe >= next) {
            return NONE;
        }
        boolean small =
                next - beginnings[encoding] <= PACKETS_MAX
                        && nowNanos - arrivalNanos[encoding] <= AGE_MAX_NANOS;
        return (small || alone) && isWhole(encoding, next) ? keyframe : NONE;
    }

    private boolean isWhole(int encoding, long next) {
        PacketHistory kept = history.of(encoding);
        if (next - beginnings[encoding] > history.capacity()) {
            return false;
        }
        for (long sequence = beginnings[encoding]; sequence < next; sequence++) {
            if (kept.find(sequence) < 0) {
                return false;
            }
        }
        return true;
    }
}
