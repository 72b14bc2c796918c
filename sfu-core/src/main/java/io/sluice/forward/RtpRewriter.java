package io.sluice.forward;

/**
 * Gives one viewer one stream: its own sequence numbers and timestamps, continuous over whatever the
 * track does.
 *
 * <p>Owned by the viewer's loop. Sequence numbers are unwrapped.
 */
final class RtpRewriter {
    /** What {@link #sequence} returns for a packet from before the current run. */
    static final long BEFORE_RUN = -1;

    /**
     * A jump of a track's numbers by more than this begins a new run: jumps that add up to half a round
     * would be read as old packets, and their keys used twice (RFC 3711 3.3.1).
     */
    static final long JUMP_MAX = 3_000;

    /** Without a better clock, a new run of another source begins one frame of 30 fps later. */
    private static final int FRAMES_PER_SECOND = 30;

    private final int clockRateHz;
    private long runStart;
    private long sequenceShift;
    private int timestampShift;
    private long highestSequence;
    private int highestTimestamp;
    private long highestNanos;
    private boolean begun;

    /** Begins at a chosen place: {@code firstSequence} from 1 to 32,767, so that no roll-over is near (RFC 3711 3.3.1). */
    RtpRewriter(int clockRateHz, long firstSequence, int firstTimestamp) {
        this.clockRateHz = clockRateHz;
        highestSequence = firstSequence - 1;
        highestTimestamp = firstTimestamp;
    }

    /**
     * Begins a new run with this packet as its first: it follows directly on the highest packet sent so
     * far, and its timestamp is later by the time that passed.
     */
    void begin(long trackSequence, int trackTimestamp, long nowNanos) {
        runStart = trackSequence;
        sequenceShift = highestSequence + 1 - trackSequence;
        int timestamp = highestTimestamp;
        if (begun) {
            long elapsed = (nowNanos - highestNanos) * clockRateHz / 1_000_000_000;
            timestamp += (int) Math.max(elapsed, clockRateHz / FRAMES_PER_SECOND);
        }
        timestampShift = timestamp - trackTimestamp;
        begun = true;
    }

    /** Begins a new run of the same source: as {@link #begin}, but timestamps go on as they are. */
    void resume(long trackSequence) {
        runStart = trackSequence;
        sequenceShift = highestSequence + 1 - trackSequence;
    }

    /** Whether a packet is too far ahead to continue the current run. */
    boolean jumps(long trackSequence) {
        return begun && trackSequence + sequenceShift - highestSequence > JUMP_MAX;
    }

    /** Whether a packet stands at or before the highest that was sent. */
    boolean passed(long trackSequence) {
        return begun && trackSequence + sequenceShift <= highestSequence;
    }

    /** The viewer's sequence number of a packet, unwrapped, or {@link #BEFORE_RUN}. */
    long sequence(long trackSequence) {
        return trackSequence < runStart ? BEFORE_RUN : trackSequence + sequenceShift;
    }

    int timestamp(int trackTimestamp) {
        return trackTimestamp + timestampShift;
    }

    /** Notes what was sent, so that the next run can follow on it. */
    void sent(long sequence, int timestamp, long nowNanos) {
        if (sequence > highestSequence) {
            highestSequence = sequence;
            highestTimestamp = timestamp;
            highestNanos = nowNanos;
        }
    }
}
