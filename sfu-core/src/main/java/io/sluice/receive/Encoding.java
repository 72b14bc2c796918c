package io.sluice.receive;

/**
 * One encoding of a track as it comes in: its SSRC, what is missing of it, and its statistics.
 *
 * <p>Owned by the publisher's loop. There is one for each track so far.
 */
final class Encoding {
    private final int ssrc;
    private final ReceiveStream stream;
    private final NackGenerator nacks;

    Encoding(int ssrc, int clockRateHz) {
        this.ssrc = ssrc;
        stream = new ReceiveStream(ssrc, clockRateHz);
        nacks = new NackGenerator();
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
