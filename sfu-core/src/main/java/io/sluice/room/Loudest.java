package io.sluice.room;

import io.sluice.receive.AudioLevel;
import io.sluice.receive.LoudestThreshold;
import java.util.Arrays;

/**
 * Finds how loud the loudest few of a room are. A round is one {@link #hear} for each audio track that is
 * not muted, and a {@link #poll}.
 *
 * <p>Owned by the room's home loop. Sans-IO.
 */
final class Loudest {
    private final int tracks;
    private final int fromParticipants;
    private final LoudestThreshold threshold = new LoudestThreshold();
    private final int[] tracksAtLevel = new int[AudioLevel.SILENCE + 1];

    Loudest(RoomConfig.LoudestAudio config) {
        tracks = config.tracks();
        fromParticipants = config.fromParticipants();
    }

    /** Whether it is ever of use in this room. */
    boolean isOn() {
        return tracks > 0;
    }

    /** What the publishers' loops go by. */
    LoudestThreshold threshold() {
        return threshold;
    }

    /** A track is as loud as {@code level}, 0 to 127. */
    void hear(int level) {
        tracksAtLevel[level]++;
    }

    /** Ends a round. */
    void poll(int participants) {
        int level = AudioLevel.SILENCE;
        if (isOn() && participants >= fromParticipants) {
            int counted = 0;
            level = -1;
            while (counted < tracks && level < AudioLevel.SILENCE) {
                level++;
                counted += tracksAtLevel[level];
            }
        }
        threshold.level(level);
        Arrays.fill(tracksAtLevel, 0);
    }
}
