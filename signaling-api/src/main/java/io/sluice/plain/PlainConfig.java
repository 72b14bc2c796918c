package io.sluice.plain;

import io.sluice.sdp.NegotiatorConfig;
import java.time.Duration;

/**
 * Settings of the plain protocol.
 *
 * @param renegotiateDelay between a change of the room's tracks and the request for an offer, so that a
 *     participant's camera and microphone, or ten newcomers, cost one offer; not yet seen as a delay: 50 ms
 * @param maxKeptMessages that may be lost with a WebSocket and sent again on the next: 256
 * @param maxKeptBytes of these messages. A busy room's 10 s are some ten KB: 256 KiB
 * @param maxHeldCandidates that wait for a description to be agreed, each way; a browser gathers some ten
 *     per address: 64
 */
public record PlainConfig(
        Duration renegotiateDelay,
        int maxKeptMessages,
        int maxKeptBytes,
        int maxHeldCandidates,
        NegotiatorConfig negotiator) {
    public PlainConfig {
        if (renegotiateDelay.toMillis() < 1) {
            throw new IllegalArgumentException("renegotiateDelay must be at least a millisecond.");
        }
        if (maxKeptMessages < 1 || maxKeptBytes < 1 || maxHeldCandidates < 1) {
            throw new IllegalArgumentException(
                    "maxKeptMessages, maxKeptBytes and maxHeldCandidates must be at least 1.");
        }
    }

    public static PlainConfig defaults() {
        return new PlainConfig(
                Duration.ofMillis(50), 256, 256 * 1024, 64, NegotiatorConfig.DEFAULT);
    }
}
