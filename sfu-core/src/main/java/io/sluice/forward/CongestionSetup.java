package io.sluice.forward;

import io.sluice.bandwidth.BandwidthConfig;
import io.sluice.bandwidth.BandwidthEstimator;
import io.sluice.loop.FineTicks;
import io.sluice.loop.PathEstimates;

/**
 * What {@link CongestionControl} is made with.
 *
 * @param estimators makes the estimator of one viewer
 * @param config what it begins with, and its bounds
 * @param ticks of the viewer's loop
 * @param estimates of all viewers of the loop
 */
public record CongestionSetup(
        BandwidthEstimator.Factory estimators,
        BandwidthConfig config,
        FineTicks ticks,
        PathEstimates estimates) {}
