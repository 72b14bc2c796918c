package io.sluice.receive;

import io.sluice.rtp.MediaCounters;

/**
 * One encoding of a track as it comes in: its SSRC, what is missing of it, and its statistics.
 *
 * <p>Owned by the publisher's loop. There is one for each track so far.
 */
final class Encoding {
    private final int ssrc;
    private final ReceiveStream stream;
    private final NackGenerator nacks;

    Encoding(int ssrc, int clockRateHz, MediaCounters counters) {
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

    NackGenerator nacks() {
        return nacks;
    }
}
