package io.sluice.room;

/**
 * The limits of rooms and where their participants are placed.
 *
 * @param maxRooms at once on this node. 10,000: some tens of megabytes, far more than the cores carry.
 * @param maxParticipants in one room. 1,000: a broadcast of that size fits one node; more is a decision.
 * @param maxTracksPerParticipant published at once. 16: a camera, a screen and their sound leave room
 *     for more devices, and a client that makes tracks in a loop stops early.
 * @param maxSubscriptionsPerParticipant at once. 512: more than a page can show, and what 1,200-byte
 *     reports can carry each second.
 * @param maxMetadataChars of a room, and of each participant. 4,096: everybody's are sent to each
 *     newcomer, which is 4 MB in a room of 1,000.
 * @param spillBusyShare share of a second that a room's home loop may compute before newcomers are
 *     placed on another; with 0 everybody is placed where most room is. 0.7 leaves room for the next keyframe
 *     of everybody.
 * @param loudestAudio whether large rooms hear their loudest only
 * @param perKey of the tokens of each API key, so that one tenant leaves something for the others
 */
public record RoomConfig(
        int maxRooms,
        int maxParticipants,
        int maxTracksPerParticipant,
        int maxSubscriptionsPerParticipant,
        int maxMetadataChars,
        double spillBusyShare,
        LoudestAudio loudestAudio,
        PerKey perKey) {

    /**
     * What the tokens of one API key may have at once on this node. Calls by code count as one key.
     *
     * @param maxRooms that they have made. 0, for no such bound: with one key the limits of the node are enough
     * @param maxParticipants in all rooms. 0, for no such bound
     */
    public record PerKey(int maxRooms, int maxParticipants) {
        public static final PerKey UNBOUNDED = new PerKey(0, 0);

        public PerKey {
            if (maxRooms < 0 || maxParticipants < 0) {
                throw new IllegalArgumentException(
                        "maxRooms and maxParticipants of a key must not be negative; 0 is no bound.");
            }
        }
    }

    /**
     * @param tracks that are forwarded, the loudest; 0 for all of them: nobody's first word is lost, and silence
     *     costs next to nothing
     * @param fromParticipants so many make a room large; fewer can be heard at once: 20
     */
    public record LoudestAudio(int tracks, int fromParticipants) {
        /** Everybody is forwarded: nobody's first word is lost, and silence costs next to nothing. */
        public static final LoudestAudio OFF = new LoudestAudio(0, 0);

        public LoudestAudio {
            if (tracks < 0 || fromParticipants < 0) {
                throw new IllegalArgumentException(
                        "tracks and fromParticipants must not be negative.");
            }
        }
    }

    public RoomConfig {
        requirePositive("maxRooms", maxRooms);
        requirePositive("maxParticipants", maxParticipants);
        requirePositive("maxTracksPerParticipant", maxTracksPerParticipant);
        requirePositive("maxSubscriptionsPerParticipant", maxSubscriptionsPerParticipant);
        if (maxMetadataChars < 0 || !(spillBusyShare >= 0 && spillBusyShare <= 1)) {
            throw new IllegalArgumentException(
                    "maxMetadataChars must not be negative, and spillBusyShare be from 0 to 1.");
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + " but must be at least 1.");
        }
    }

    public static RoomConfig defaults() {
        return new RoomConfig(
                10_000, 1_000, 16, 512, 4_096, 0.7, LoudestAudio.OFF, PerKey.UNBOUNDED);
    }

    public RoomConfig withLoudestAudio(LoudestAudio changed) {
        return new RoomConfig(
                maxRooms,
                maxParticipants,
                maxTracksPerParticipant,
                maxSubscriptionsPerParticipant,
                maxMetadataChars,
                spillBusyShare,
                changed,
                perKey);
    }

    public RoomConfig withSpillBusyShare(double changed) {
        return new RoomConfig(
                maxRooms,
                maxParticipants,
                maxTracksPerParticipant,
                maxSubscriptionsPerParticipant,
                maxMetadataChars,
                changed,
                loudestAudio,
                perKey);
    }

    public RoomConfig withPerKey(PerKey changed) {
        return new RoomConfig(
                maxRooms,
                maxParticipants,
                maxTracksPerParticipant,
                maxSubscriptionsPerParticipant,
                maxMetadataChars,
                spillBusyShare,
                loudestAudio,
                changed);
    }
}
