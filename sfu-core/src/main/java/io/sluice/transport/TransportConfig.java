package io.sluice.transport;

import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContext;
import java.util.function.UnaryOperator;

/**
 * What every transport is made with.
 *
 * @param srtp limits of its SRTP contexts
 * @param srtpWatch takes each SRTP context as it is made, and gives the one to use. The same, by default: it
 *     is for tests, which watch that no packet index protects two packets (RFC 3711 9.1)
 * @param maxReceiveStreams SSRCs that one client may send media on at once
 * @param reportIntervalNanos between sender and receiver reports. One second: quick enough for lip
 *     sync of a newcomer, and under half a percent of the bits.
 * @param padding whether a byte of RTP padding is sent where it makes the packets of a frame one length,
 *     so that they leave as one run; to viewers with RTX only. To be turned off for clients that cannot
 *     read it
 */
public record TransportConfig(
        SrtpConfig srtp,
        UnaryOperator<SrtpContext> srtpWatch,
        int maxReceiveStreams,
        long reportIntervalNanos,
        boolean padding) {
    public static TransportConfig defaults() {
        return new TransportConfig(
                SrtpConfig.defaults(), UnaryOperator.identity(), 64, 1_000_000_000, true);
    }

    public TransportConfig withSrtpWatch(UnaryOperator<SrtpContext> changed) {
        return new TransportConfig(srtp, changed, maxReceiveStreams, reportIntervalNanos, padding);
    }

    public TransportConfig withPadding(boolean changed) {
        return new TransportConfig(
                srtp, srtpWatch, maxReceiveStreams, reportIntervalNanos, changed);
    }
}
