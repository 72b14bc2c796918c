package io.sluice.receive;

import io.sluice.forward.Fanout;
import io.sluice.loop.LoopHandoff;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import java.util.Arrays;

/**
 * The way of a track to the viewers of one other loop.
 *
 * <p>Owned by the publisher's loop.
 */
final class Hop {
    private final LoopHandoff handoff;
    private final Fanout fanout;
    private final boolean isVideo;
    private final DropCounters drops;

    /** By encoding: packets were refused, and nothing goes this way before the next place to begin. */
    private final boolean[] gaps = new boolean[TrackSequence.ENCODINGS_MAX];

    /** By encoding: the highest number that was refused; a keyframe before it has lost what follows it. */
    private final long[] refused = new long[TrackSequence.ENCODINGS_MAX];

    Hop(LoopHandoff handoff, Fanout fanout, boolean isVideo, DropCounters drops) {
        this.handoff = handoff;
        this.fanout = fanout;
        this.isVideo = isVideo;
        this.drops = drops;
    }

    Fanout fanout() {
        return fanout;
    }

    /** Nothing goes this way before the next place to begin. */
    void interrupt() {
        Arrays.fill(gaps, true);
    }

    /**
     * After a packet was refused, video goes on with a keyframe of its encoding and audio with any packet. A keyframe that
     * comes late, repaired, does not do where packets behind it were refused: there another one is asked for.
     *
     * @param keyframe whether one begins with the packet
     * @param sequence a {@link TrackSequence}
     */
    void handOver(RtpPacket packet, boolean keyframe, int slot, long sequence, long nowNanos) {
        int encoding = TrackSequence.encoding(sequence);
        boolean gap = gaps[encoding];
        boolean begins = !isVideo || (keyframe && sequence > refused[encoding]);
        boolean taken =
                (!gap || begins)
                        && handoff.offer(
                                fanout,
                                slot,
                                packet.offset(),
                                packet.lengthBytes(),
                                sequence,
                                gap,
                                nowNanos);
        if (taken) {
            gaps[encoding] = false;
        } else {
            drops.count(gap && !begins ? DropReason.AWAITING_KEYFRAME : DropReason.HANDOFF_FULL);
            gaps[encoding] = true;
            refused[encoding] = Math.max(refused[encoding], sequence);
            fanout.requestKeyframe(encoding);
        }
    }
}
