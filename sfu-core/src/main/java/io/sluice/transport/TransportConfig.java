package io.sluice.transport;

import io.sluice.bandwidth.BandwidthConfig;
import io.sluice.bandwidth.BandwidthEstimator;
import io.sluice.bandwidth.SendSideEstimator;
import io.sluice.forward.CongestionSetup;
import io.sluice.loop.Loop;
import io.sluice.sctp.SctpConfig;
import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContext;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What every transport is made with.
 *
 * @param srtp limits of its SRTP contexts
 * @param srtpWatch takes each SRTP context as it is made, and gives the one to use. The same, by default: it
 *     is for tests, which watch that no packet index protects two packets (RFC 3711 9.1)
 * @param maxReceiveStreams SSRCs that one client may send media on at once: ten tracks of three encodings with
 *     RTX: 64
 * @param reportIntervalNanos between sender and receiver reports. One second: quick enough for lip
 *     sync of a newcomer, and under half a percent of the bits.
 * @param padding whether a byte of RTP padding is sent where it makes the packets of a frame one length,
 *     so that they leave as one run; to viewers with RTX only. To be turned off for clients that cannot
 *     read it
 * @param estimators makes what bounds how much each viewer is sent; null sends everything to everybody,
 *     and what viewers say of their path is read and thrown away
 * @param bandwidth what an estimate begins with, and its bounds
 * @param sctp limits of its data channels
 */
public record TransportConfig(
        SrtpConfig srtp,
        UnaryOperator<SrtpContext> srtpWatch,
        int maxReceiveStreams,
        long reportIntervalNanos,
        boolean padding,
        BandwidthEstimator.@Nullable Factory estimators,
        BandwidthConfig bandwidth,
        SctpConfig sctp) {
    /** Most paths carry more, and show it within some hundred milliseconds; a guess costs nobody a picture. */
    private static final long START_BITS_PER_SECOND = 2_000_000;

    public static TransportConfig defaults() {
        return new TransportConfig(
                SrtpConfig.defaults(),
                UnaryOperator.identity(),
                64,
                1_000_000_000,
                true,
                SendSideEstimator::new,
                BandwidthConfig.defaults().startingAt(START_BITS_PER_SECOND),
                SctpConfig.defaults());
    }

    public TransportConfig withSrtpWatch(UnaryOperator<SrtpContext> changed) {
        return new TransportConfig(
                srtp,
                changed,
                maxReceiveStreams,
                reportIntervalNanos,
                padding,
                estimators,
                bandwidth,
                sctp);
    }

    public TransportConfig withPadding(boolean changed) {
        return new TransportConfig(
                srtp,
                srtpWatch,
                maxReceiveStreams,
                reportIntervalNanos,
                changed,
                estimators,
                bandwidth,
                sctp);
    }

    /** With another kind of estimator, or none. */
    public TransportConfig withEstimators(BandwidthEstimator.@Nullable Factory changed) {
        return new TransportConfig(
                srtp,
                srtpWatch,
                maxReceiveStreams,
                reportIntervalNanos,
                padding,
                changed,
                bandwidth,
                sctp);
    }

    /** With other bounds of the estimate. */
    public TransportConfig withBandwidth(BandwidthConfig changed) {
        return new TransportConfig(
                srtp,
                srtpWatch,
                maxReceiveStreams,
                reportIntervalNanos,
                padding,
                estimators,
                changed,
                sctp);
    }

    /** What bounds how much a viewer on a loop is sent; null if nothing does. */
    @Nullable CongestionSetup congestion(Loop loop) {
        return estimators == null
                ? null
                : new CongestionSetup(estimators, bandwidth, loop.fineTicks(), loop.estimates());
    }
}
