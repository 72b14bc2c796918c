package io.sluice.livekit;

import io.sluice.api.Rate;
import io.sluice.sdp.NegotiatorConfig;
import java.time.Duration;

/**
 * Settings of the LiveKit protocol.
 *
 * @param pingInterval between a client's pings, as it is told: 5 s
 * @param pingTimeout after which a client that hears nothing connects again: 15 s
 * @param tokenValidity of the tokens with which clients connect again: 10 min
 * @param tokenInterval between them; a client always has one that is good for some minutes: 5 min
 * @param replyTimeout for a room to answer: 10 s
 * @param renegotiateDelay between a change of the room's tracks and the request for an offer: 50 ms
 * @param declarationTimeout how long an offer waits for what the client says of the tracks in it, which it
 *     may send after the offer: 1 s
 * @param answerTimeout for a client to answer an offer of ours: 15 s
 * @param maxJoinRequestBytes of a join request that is not compressed, LiveKit's limit: 1 MiB
 * @param maxDeclaredTracks that were announced and are in no offer yet, LiveKit's limit: 20
 * @param maxHeldCandidates that wait for a description, each way: 64
 * @param maxHeldRequests that a client sends before it is in the room: 64
 * @param changes mutes and announced tracks of one client: 10 a second, 50 at once
 * @param wishes of one client, as sizes of pictures: 40 a second, 100 at once
 */
public record LiveKitConfig(
        Duration pingInterval,
        Duration pingTimeout,
        Duration tokenValidity,
        Duration tokenInterval,
        Duration replyTimeout,
        Duration renegotiateDelay,
        Duration declarationTimeout,
        Duration answerTimeout,
        int maxJoinRequestBytes,
        int maxDeclaredTracks,
        int maxHeldCandidates,
        int maxHeldRequests,
        Rate changes,
        Rate wishes,
        NegotiatorConfig negotiator) {

    public LiveKitConfig {
        // Some clients end their process when they are told zero.
        if (pingInterval.toSeconds() < 1 || pingTimeout.compareTo(pingInterval) <= 0) {
            throw new IllegalArgumentException(
                    "pingInterval must be at least a second, and pingTimeout longer.");
        }
    }

    public static LiveKitConfig defaults() {
        return new LiveKitConfig(
                Duration.ofSeconds(5),
                Duration.ofSeconds(15),
                Duration.ofMinutes(10),
                Duration.ofMinutes(5),
                Duration.ofSeconds(10),
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                Duration.ofSeconds(15),
                1024 * 1024,
                20,
                64,
                64,
                new Rate(10, 50),
                new Rate(40, 100),
                NegotiatorConfig.DEFAULT.withStreamPerTrack());
    }

    LiveKitConfig withDeclarationTimeout(Duration changed) {
        return new LiveKitConfig(
                pingInterval,
                pingTimeout,
                tokenValidity,
                tokenInterval,
                replyTimeout,
                renegotiateDelay,
                changed,
                answerTimeout,
                maxJoinRequestBytes,
                maxDeclaredTracks,
                maxHeldCandidates,
                maxHeldRequests,
                changes,
                wishes,
                negotiator);
    }
}
