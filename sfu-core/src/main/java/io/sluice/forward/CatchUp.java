package io.sluice.forward;

import io.sluice.codec.PayloadInfo;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;

/**
 * Begins a run of one viewer with what there is of it, in order. What is kept behind its first packet was dropped
 * for this viewer when it came, so that nothing is sent twice.
 *
 * <p>Owned by the viewer's loop.
 */
final class CatchUp {
    private final Fanout fanout;
    private final LayerSelector selector;
    private final ViewerStream stream;
    private final DropCounters drops;
    private final RtpPacket kept;
    private final PayloadInfo keptInfo;

    CatchUp(Fanout fanout, Egress egress, LayerSelector selector, ViewerStream stream) {
        this.fanout = fanout;
        this.selector = selector;
        this.stream = stream;
        drops = egress.drops();
        kept = egress.scratch().resent();
        keptInfo = egress.scratch().resentInfo();
    }

    /** Sends what is kept from {@code beginning} to {@code newest}, and the packet at hand in its place. */
    void run(
            RtpPacket packet,
            PayloadInfo info,
            long trackSequence,
            long beginning,
            long newest,
            long nowNanos) {
        for (long sequence = beginning; sequence <= newest; sequence++) {
            if (sequence == trackSequence) {
                continueWith(packet, info, trackSequence, nowNanos);
            } else if (fanout.find(sequence, kept) && kept.ssrc() == packet.ssrc()) {
                fanout.payloads().readAgain(kept, TrackSequence.encoding(sequence), keptInfo);
                continueWith(kept, keptInfo, sequence, nowNanos);
            }
        }
    }

    private void continueWith(
            RtpPacket packet, PayloadInfo info, long trackSequence, long nowNanos) {
        int encoding = TrackSequence.encoding(trackSequence);
        boolean taken =
                packet.payloadBytes() != 0
                        && selector.select(
                                        encoding,
                                        packet.ssrc(),
                                        info,
                                        packet.timestamp(),
                                        true,
                                        false)
                                == LayerSelector.Choice.FORWARD;
        if (taken) {
            stream.forward(packet, info, selector, false, trackSequence, nowNanos);
        } else {
            drops.count(DropReason.UNWANTED_LAYER);
            stream.skip(packet, info, trackSequence);
        }
    }
}
