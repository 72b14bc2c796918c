package io.sluice.room;

/**
 * The limits of a room and where its participants are placed.
 *
 * @param maxParticipants in one room. 1,000: a broadcast of that size fits one node; more is a decision.
 * @param maxTracksPerParticipant published at once. 16: a camera, a screen and their sound leave room
 *     for more devices, and a client that makes tracks in a loop stops early.
 * @param maxSubscriptionsPerParticipant at once. 512: more than a page can show, and what 1,200-byte
 *     reports can carry each second.
 * @param spillBusyShare share of a second that a room's home loop may compute before newcomers are
 *     placed on another. 0.7 leaves room for the next keyframe of everybody.
 */
public record RoomConfig(
        int maxParticipants,
        int maxTracksPerParticipant,
        int maxSubscriptionsPerParticipant,
        double spillBusyShare) {
    public static RoomConfig defaults() {
        return new RoomConfig(1_000, 16, 512, 0.7);
    }
}
