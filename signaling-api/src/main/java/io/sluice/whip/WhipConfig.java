package io.sluice.whip;

import io.sluice.api.IceServer;
import io.sluice.api.Rate;
import io.sluice.sdp.SdpLimits;
import java.time.Duration;
import java.util.List;

/**
 * Settings of WHIP and WHEP.
 *
 * @param iceServers that clients are told of; empty by default: the server's own candidates are enough where it has a
 *     public address
 * @param strict whether a PATCH has to name the session's state by {@code If-Match} even before the first ICE restart.
 *     Several clients never do, so not by default
 * @param requests from one address (one /64 of IPv6). A studio behind one address sends some tens of candidates: 50 a
 *     second; 200 at once
 * @param sdpLimits of an offer. Two sections as browsers write them have 10 KB: 64 KiB, and 8 sections, so that
 *     too many are told as such
 * @param replyTimeout for a room to answer; OBS waits 8 s for everything: 5 s
 */
public record WhipConfig(
        List<IceServer> iceServers,
        boolean strict,
        Rate requests,
        SdpLimits sdpLimits,
        Duration replyTimeout) {
    public WhipConfig {
        iceServers = List.copyOf(iceServers);
        if (replyTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("replyTimeout must be at least a millisecond.");
        }
    }

    public static WhipConfig defaults() {
        return new WhipConfig(
                List.of(),
                false,
                new Rate(50, 200),
                new SdpLimits(64 * 1024, 4_096, 4_096, 8, 512, 64),
                Duration.ofSeconds(5));
    }

    public WhipConfig withIceServers(List<IceServer> changed) {
        return new WhipConfig(changed, strict, requests, sdpLimits, replyTimeout);
    }

    public WhipConfig withStrict(boolean changed) {
        return new WhipConfig(iceServers, changed, requests, sdpLimits, replyTimeout);
    }

    WhipConfig withPatience(Rate newRequests, Duration newReplyTimeout) {
        return new WhipConfig(iceServers, strict, newRequests, sdpLimits, newReplyTimeout);
    }
}
