package io.sluice.room;

import java.time.Instant;

/**
 * A participant, as everybody in the room may know it.
 *
 * @param participantId ours, new for each join: {@code PA_...}
 * @param identity the application's, unique in the room
 * @param name to be shown
 * @param metadata the application's own words about the participant
 */
public record ParticipantInfo(
        String participantId, String identity, String name, String metadata, Instant joinedAt) {}
