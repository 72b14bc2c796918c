package io.sluice.receive;

import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtpPacket;

/**
 * The SSRC that an encoding comes under: what is missing of it, and its statistics.
 *
 * <p>Owned by the publisher's loop.
 */
final class EncodingSource {
    private final int ssrc;
    private final ReceiveStream stream;
    private final NackGenerator nacks;

    EncodingSource(int ssrc, int clockRateHz, MediaCounters counters) {
        this.ssrc = ssrc;
        stream = new ReceiveStream(ssrc, clockRateHz, counters);
        nacks = new NackGenerator(counters);
    }

    int ssrc() {
        return ssrc;
    }

    ReceiveStream stream() {
        return stream;
    }

    /** Counts a packet, one sent again by itself; see {@link ReceiveStream#onRtp} and its like. */
    long onPacket(RtpPacket packet, boolean retransmitted, long nowNanos) {
        return retransmitted
                ? stream.onRecovered(packet.sequence())
                : stream.onRtp(packet.sequence(), packet.timestamp(), nowNanos);
    }

    NackGenerator nacks() {
        return nacks;
    }
}
