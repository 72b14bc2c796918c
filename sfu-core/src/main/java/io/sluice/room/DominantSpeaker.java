package io.sluice.room;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the one who leads the conversation, as Volfin and Cohen do ("Dominant speaker identification for
 * multipoint videoconferencing", 2013): speech activity is scored over the last moment, the last tenth of
 * a second and the last second, and somebody takes over who beats the present one in all three. A cough is
 * too short for the third, and who only interjects does not take the picture away.
 *
 * <p>A round is one {@link #hear} for each track that can be heard, and a {@link #poll}. Owned by the
 * room's home loop. Sans-IO.
 */
final class DominantSpeaker {
    /** Samples of a track's loudness that a round takes: a second. */
    static final int SAMPLES = 50;

    /** Steps of loudness: for the paper's frequency bands, of which a level of RFC 6464 knows only the sum. */
    private static final int STEPS = 13;

    private static final int STEP = 10;

    /** Samples of a medium interval, and medium intervals of the long one. */
    private static final int MEDIUM_SAMPLES = 5;

    private static final int LONG_MEDIUMS = SAMPLES / MEDIUM_SAMPLES;

    /** A sample is speech from 7 steps on, 57 dB below the loudest; a medium interval from 4 samples on. */
    private static final int SPEECH_STEPS = 7;

    private static final int SPEECH_SAMPLES = 4;

    /** The weights with which the algorithm is commonly run; the longer the interval, the less silence looks like it. */
    private static final double IMMEDIATE_WEIGHT = 0.78;

    private static final double MEDIUM_WEIGHT = 24;
    private static final double LONG_WEIGHT = 47;

    /** By how much, in logarithms of scores, one must be ahead of the present speaker. */
    private static final double AHEAD_IMMEDIATE = 3;

    private static final double AHEAD_MEDIUM = 2;
    private static final double AHEAD_LONG = 0;

    private static final double SCORE_MIN = 1e-10;

    /** What is always there is the room, not the speaker; followed up slowly (10 s), down at once. */
    private static final double FLOOR_RISE = 1.0 / 32;

    /** At first the quietest moment of a second is taken for the room, but not one as loud as a voice. */
    private static final int FIRST_FLOOR_MAX = 60;

    private static final class Voice {
        private final String participantId;
        private final String identity;
        private final byte[] loudness = new byte[SAMPLES];

        private double floor = FIRST_FLOOR_MAX;
        private double immediate;
        private double medium;
        private double lasting;
        private boolean active;
        private boolean heard;

        private Voice(String participantId, String identity) {
            this.participantId = participantId;
            this.identity = identity;
        }

        private void score() {
            followFloor();
            int speechMediums = 0;
            int newestMedium = 0;
            for (int i = LONG_MEDIUMS - 1; i >= 0; i--) {
                newestMedium = 0;
                for (int k = 0; k < MEDIUM_SAMPLES; k++) {
                    if (steps(loudness[i * MEDIUM_SAMPLES + k]) >= SPEECH_STEPS) {
                        newestMedium++;
                    }
                }
                speechMediums += newestMedium >= SPEECH_SAMPLES ? 1 : 0;
            }
            immediate = DominantSpeaker.score(steps(loudness[0]), STEPS, IMMEDIATE_WEIGHT);
            medium = DominantSpeaker.score(newestMedium, MEDIUM_SAMPLES, MEDIUM_WEIGHT);
            lasting = DominantSpeaker.score(speechMediums, LONG_MEDIUMS, LONG_WEIGHT);
            active = newestMedium > 0;
        }

        private void followFloor() {
            int quietest = Byte.MAX_VALUE;
            for (byte sample : loudness) {
                // Silence that was not sent says nothing of the room.
                quietest = sample > 0 ? Math.min(quietest, sample) : quietest;
            }
            if (quietest == Byte.MAX_VALUE) {
                return;
            }
            floor = Math.min(quietest, floor + (quietest - floor) * FLOOR_RISE);
        }

        private int steps(int sample) {
            return sample < floor + STEP ? 0 : sample / STEP;
        }
    }

    private final Map<String, Voice> byTrack = new LinkedHashMap<>();
    private @Nullable Voice dominant;

    /**
     * Takes a track that is not muted.
     *
     * @param loudness of {@link #SAMPLES} times 20 ms, the newest first, 0 for silence to 127
     */
    void hear(String trackId, String participantId, String identity, byte[] loudness) {
        Voice voice = byTrack.computeIfAbsent(trackId, _ -> new Voice(participantId, identity));
        System.arraycopy(loudness, 0, voice.loudness, 0, SAMPLES);
        voice.heard = true;
    }

    /** Ends a round: whoever leads from now on, or null if that is the one before or nobody. */
    RoomEvent.@Nullable DominantSpeakerChanged poll() {
        byTrack.values().removeIf(voice -> !voice.heard);
        Voice before = dominant;
        if (before != null && !before.heard) {
            dominant = null;
        }
        for (Voice voice : byTrack.values()) {
            voice.heard = false;
            voice.score();
        }
        Voice best = dominant;
        double bestLead = 0;
        for (Voice voice : byTrack.values()) {
            double lead = lead(voice);
            if (lead > bestLead) {
                best = voice;
                bestLead = lead;
            }
        }
        dominant = best;
        boolean otherPerson =
                best != null
                        && (before == null || !before.participantId.equals(best.participantId));
        return otherPerson ? current() : null;
    }

    /** By how much a voice beats the present speaker; 0 or less if it does not. */
    private double lead(Voice voice) {
        Voice present = dominant;
        if (voice == present || !voice.active) {
            return 0;
        }
        if (present == null) {
            return voice.medium - Math.log(SCORE_MIN);
        }
        boolean beats =
                voice.immediate - present.immediate > AHEAD_IMMEDIATE
                        && voice.lasting - present.lasting > AHEAD_LONG;
        double lead = voice.medium - present.medium;
        return beats && lead > AHEAD_MEDIUM ? lead : 0;
    }

    /** Whoever led last, or null while nobody did. */
    RoomEvent.@Nullable DominantSpeakerChanged current() {
        Voice present = dominant;
        return present == null
                ? null
                : new RoomEvent.DominantSpeakerChanged(present.participantId, present.identity);
    }

    /**
     * How much likelier speech than silence shows {@code active} active parts of {@code parts}: the
     * logarithm of the paper's score, itself one of likelihoods, with chances of one half.
     */
    private static double score(int active, int parts, double weight) {
        double combinations = 0;
        for (int i = 1; i <= active; i++) {
            combinations += Math.log((double) (parts - active + i) / i);
        }
        double score = combinations - parts * Math.log(2) - Math.log(weight) + weight * active;
        return Math.log(Math.max(SCORE_MIN, score));
    }
}
