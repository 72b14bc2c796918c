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

    /** Who asked for a keyframe gets what comes for so long, however that is counted meanwhile. */
    private static final long WISH_NANOS = 2_000_000_000;

    /** By encoding: whether nobody there can use it, so that it does not go this way. */
    private final boolean[] closed = new boolean[TrackSequence.ENCODINGS_MAX];

    private final long[] wishNanos = new long[TrackSequence.ENCODINGS_MAX];

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

    /** Takes the viewers' wish for a keyframe over, and looks whether they can use an encoding at all. */
    boolean takeKeyframeWish(int encoding, long nowNanos) {
        boolean wished = fanout.takeKeyframeWish(encoding);
        if (wished) {
            wishNanos[encoding] = nowNanos;
        }
        closed[encoding] = !fanout.wants(encoding) && nowNanos - wishNanos[encoding] >= WISH_NANOS;
        gaps[encoding] |= closed[encoding];
        return wished;
    }

    /** All encodings go this way for a while: other ones come than before, and viewers may change. */
    void open(long nowNanos) {
        Arrays.fill(wishNanos, nowNanos);
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
        if (closed[encoding]) {
            return;
        }
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
