package io.sluice.room;

/**
 * A participant, as everybody in the room may know it.
 *
 * @param participantId ours, new for each join: {@code PA_...}
 * @param identity the application's, unique in the room
 * @param name to be shown
 */
public record ParticipantInfo(String participantId, String identity, String name) {}
