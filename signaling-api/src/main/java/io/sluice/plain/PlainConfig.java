package io.sluice.plain;

import io.sluice.api.Rate;
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
 * @param replyTimeout for a room to answer; it takes milliseconds, and a client must not wait for ever for one
 *     that is stuck: 10 s
 * @param changes mutes, and offers that were not asked for or that restart ICE, of one client: everybody in the
 *     room is told of each, and nobody presses a button more often than 5 times a second; 50 at once, as when
 *     somebody begins to share a screen
 * @param wishes of one client: as many as it has pictures on a page that is resized, twice a second: 40 a second,
 *     100 at once
 */
public record PlainConfig(
        Duration renegotiateDelay,
        int maxKeptMessages,
        int maxKeptBytes,
        int maxHeldCandidates,
        Duration replyTimeout,
        Rate changes,
        Rate wishes,
        NegotiatorConfig negotiator) {
    public PlainConfig {
        if (renegotiateDelay.toMillis() < 1 || replyTimeout.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "renegotiateDelay and replyTimeout must be at least a millisecond.");
        }
        if (Math.min(maxKeptMessages, maxKeptBytes) < 1 || maxHeldCandidates < 1) {
            throw new IllegalArgumentException(
                    "maxKeptMessages, maxKeptBytes and maxHeldCandidates must be at least 1.");
        }
    }

    public static PlainConfig defaults() {
        return new PlainConfig(
                Duration.ofMillis(50),
                256,
                256 * 1024,
                64,
                Duration.ofSeconds(10),
                new Rate(5, 50),
                new Rate(40, 100),
                NegotiatorConfig.DEFAULT);
    }

    PlainConfig withKept(int messages, int bytes) {
        return new PlainConfig(
                renegotiateDelay,
                messages,
                bytes,
                maxHeldCandidates,
                replyTimeout,
                changes,
                wishes,
                negotiator);
    }

    /** With one rate for changes and for wishes. */
    PlainConfig withPatience(Duration newReplyTimeout, Rate newRate) {
        return new PlainConfig(
                renegotiateDelay,
                maxKeptMessages,
                maxKeptBytes,
                maxHeldCandidates,
                newReplyTimeout,
                newRate,
                newRate,
                negotiator);
    }
}
