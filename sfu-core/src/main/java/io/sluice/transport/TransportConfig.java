package io.sluice.transport;

import io.sluice.srtp.SrtpConfig;

/**
 * What every transport is made with.
 *
 * @param srtp limits of its SRTP contexts
 * @param checkSrtp whether every protected packet is checked against all recent ones under the same
 *     key (RFC 3711 9.1); costs a digest and memory per packet, so it is on in tests only
 * @param maxReceiveStreams SSRCs that one client may send media on at once
 * @param reportIntervalNanos between sender and receiver reports. One second: quick enough for lip
 *     sync of a newcomer, and under half a percent of the bits.
 * @param padding whether a byte of RTP padding is sent where it makes the packets of a frame one length,
 *     so that they leave as one run; to viewers with RTX only. To be turned off for clients that cannot
 *     read it
 */
public record TransportConfig(
        SrtpConfig srtp,
        boolean checkSrtp,
        int maxReceiveStreams,
        long reportIntervalNanos,
        boolean padding) {
    public static TransportConfig defaults() {
        return new TransportConfig(SrtpConfig.defaults(), false, 64, 1_000_000_000, true);
    }

    /** The same, with every protected packet checked. */
    public TransportConfig checked() {
        return new TransportConfig(srtp, true, maxReceiveStreams, reportIntervalNanos, padding);
    }

    public TransportConfig withPadding(boolean changed) {
        return new TransportConfig(
                srtp, checkSrtp, maxReceiveStreams, reportIntervalNanos, changed);
    }
}
