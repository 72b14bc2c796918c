package io.sluice.calls;

import io.sluice.room.Topology;
import org.jspecify.annotations.Nullable;

/**
 * What the host has decided about a call.
 *
 * @param passwordHash of {@link Passwords}; null: there is no password
 * @param lobby whether the host lets each newcomer in
 * @param audioOnly whether nothing but microphones may be published
 * @param locked whether newcomers are kept out
 * @param broadcast whether newcomers only watch, until the host makes speakers of them
 * @param topology which way sound and pictures take
 * @param maxParticipants at once
 * @param keepChat whether what is written to everybody goes into the history
 */
record CallSettings(
        String title,
        @Nullable String passwordHash,
        boolean lobby,
        boolean audioOnly,
        boolean locked,
        boolean broadcast,
        Topology topology,
        int maxParticipants,
        boolean keepChat) {

    CallSettings withPassword(String hash) {
        return new CallSettings(
                title,
                hash,
                lobby,
                audioOnly,
                locked,
                broadcast,
                topology,
                maxParticipants,
                keepChat);
    }
}
