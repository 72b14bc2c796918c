package io.sluice.forward;

import io.sluice.rtp.TrackSequence;
import org.jspecify.annotations.Nullable;

/**
 * Gives one viewer one stream: its own sequence numbers and timestamps, continuous over whatever the
 * track does and whatever is left out of it.
 *
 * <p>Owned by the viewer's loop. Sequence numbers are unwrapped.
 */
final class RtpRewriter {
    /** What {@link #sequence} returns for a packet from before the current run. */
    static final long BEFORE_RUN = Renumbering.NONE;

    /** What {@link #skip} returns where there is no hole to close. */
    static final long NO_HOLE = Renumbering.NONE;

    /**
     * A jump of a track's numbers by more than this begins a new run: jumps that add up to half a round
     * would be read as old packets, and their keys used twice (RFC 3711 3.3.1).
     */
    static final long JUMP_MAX = 3_000;

    /** Without a better clock, a new run of another source begins one frame of 30 fps later. */
    private static final int FRAMES_PER_SECOND = 30;

    /** Further from what the time of arrival says, two senders' reports are not believed. */
    private static final int CLOCK_ERROR_SECONDS_MAX = 1;

    /** Of an NTP timestamp in 32.32 fixed point. */
    private static final long FRACTION_MASK = 0xffff_ffffL;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final int clockRateHz;
    private final Renumbering sequences = new Renumbering();
    private final long[] passed = new long[TrackSequence.ENCODINGS_MAX];
    private int timestampShift;

    /** Of {@link #timestampShift}, what was added so that time does not stand still or go back. */
    private int pushed;

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

    /** Goes on with the numbers of another track; before the first run. */
    void takeOver(RtpRewriter before) {
        highestSequence = before.highestSequence;
        highestTimestamp = before.highestTimestamp;
        highestNanos = before.highestNanos;
        begun = before.begun;
    }

    /**
     * Begins a new run of another source with this packet as its first: it follows directly on the highest
     * packet sent so far. Its timestamp is that of its capture, if both sources have said how their clocks
     * stand to each other; if not, it is later by the time that passed.
     *
     * @param before of the source of the run before
     * @param now of the source of the new run
     */
    void begin(
            long trackSequence,
            int trackTimestamp,
            @Nullable SenderClock before,
            @Nullable SenderClock now,
            long nowNanos) {
        endRun();
        sequences.begin(trackSequence, highestSequence + 1);
        if (!begun) {
            begun = true;
            timestampShift = highestTimestamp - trackTimestamp;
            return;
        }
        int elapsed = (int) ((nowNanos - highestNanos) * clockRateHz / NANOS_PER_SECOND);
        int arrived = highestTimestamp + Math.max(elapsed, clockRateHz / FRAMES_PER_SECOND);
        int timestamp = arrived;
        if (before != null && now != null) {
            int captured = captured(trackTimestamp, before, now);
            int error = captured - arrived;
            int errorMax = CLOCK_ERROR_SECONDS_MAX * clockRateHz;
            if (error >= -errorMax && error <= errorMax) {
                timestamp = captured;
            }
        }
        // The same picture may have been sent of the other source already.
        pushed = Math.max(0, highestTimestamp + 1 - timestamp);
        timestampShift = timestamp + pushed - trackTimestamp;
    }

    /** The viewer's timestamp of a packet of the new source, by what the senders' reports say. */
    private int captured(int trackTimestamp, SenderClock before, SenderClock now) {
        long ntp = now.ntpTimestamp() - before.ntpTimestamp();
        long fraction = ((ntp & FRACTION_MASK) * clockRateHz) >>> Integer.SIZE;
        int between = (int) ((ntp >> Integer.SIZE) * clockRateHz + fraction);
        int onClockBefore = before.rtpTimestamp() + between + trackTimestamp - now.rtpTimestamp();
        return onClockBefore + timestampShift - pushed;
    }

    /** Begins a new run of the same source: as {@link #begin}, but timestamps go on as they are. */
    void resume(long trackSequence) {
        sequences.begin(trackSequence, highestSequence + 1);
    }

    /** Whether a packet of the current run's source is too far ahead to continue the run. */
    boolean jumps(long trackSequence) {
        return begun && sequences.ahead(trackSequence) - highestSequence > JUMP_MAX;
    }

    /** Whether a packet stands at or before the highest of the last run of its encoding. */
    boolean passed(long trackSequence) {
        int encoding = TrackSequence.encoding(trackSequence);
        return trackSequence
                <= (encoding == TrackSequence.encoding(sequences.newest())
                        ? sequences.newest()
                        : passed[encoding]);
    }

    /** Of an encoding that is gone back to, nothing is sent twice. */
    private void endRun() {
        passed[TrackSequence.encoding(sequences.newest())] = sequences.newest();
    }

    /** The viewer's sequence number of a packet, unwrapped, or {@link #BEFORE_RUN}. */
    long sequence(long trackSequence) {
        return sequences.number(trackSequence);
    }

    /**
     * Leaves a packet out.
     *
     * @param gapToo whether what is missing before it is of what is left out, too
     * @return the number that was kept for it and now stays a hole, or {@link #NO_HOLE}
     */
    long skip(long trackSequence, boolean gapToo) {
        return sequences.skip(trackSequence, gapToo, highestSequence);
    }

    /** The highest number of the current run. */
    long newest() {
        return sequences.newest();
    }

    int timestamp(int trackTimestamp) {
        return trackTimestamp + timestampShift;
    }

    /** The highest number that was used. */
    long highestSequence() {
        return highestSequence;
    }

    /** The timestamp of the highest packet that was sent. */
    int highestTimestamp() {
        return highestTimestamp;
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
