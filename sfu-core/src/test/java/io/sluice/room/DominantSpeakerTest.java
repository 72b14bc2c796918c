package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DominantSpeakerTest {
    private static final int SAMPLES_PER_ROUND = 12;
    private static final int SPEECH = 95;
    private static final int ROOM_NOISE = 45;

    private final DominantSpeaker speakers = new DominantSpeaker();
    private final Map<String, byte[]> loudness = new LinkedHashMap<>();
    private final Random random = new Random(7);

    /** A quarter of a second, in which each is as loud as is said, more or less; who leads from then on. */
    private String round(Map<String, Integer> levels) {
        loudness.keySet().retainAll(levels.keySet());
        levels.forEach((who, level) -> {
            byte[] samples = loudness.computeIfAbsent(who, _ -> new byte[DominantSpeaker.SAMPLES]);
            for (int i = 0; i < SAMPLES_PER_ROUND; i++) {
                System.arraycopy(samples, 0, samples, 1, samples.length - 1);
                samples[0] = (byte) Math.max(0, level + random.nextInt(7) - 3);
            }
            speakers.hear("TR_" + who, "PA_" + who, who, samples);
        });
        RoomEvent.DominantSpeakerChanged changed = speakers.poll();
        return changed == null ? "-" : changed.identity();
    }

    private List<String> rounds(int count, Map<String, Integer> levels) {
        List<String> leads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            leads.add(round(levels));
        }
        return leads;
    }

    private String leader() {
        RoomEvent.DominantSpeakerChanged current = speakers.current();
        return current == null ? "nobody" : current.identity();
    }

    @Test
    void shouldNameNobodyWhileNobodySpeaks() {
        assertThat(rounds(40, Map.of("a", 0, "b", ROOM_NOISE))).containsOnly("-");
        assertThat(leader()).isEqualTo("nobody");
    }

    @Test
    void shouldNameTheFirstWhoSpeaksAtOnceAndOnce() {
        rounds(4, Map.of("a", ROOM_NOISE, "b", ROOM_NOISE));
        assertThat(rounds(3, Map.of("a", ROOM_NOISE, "b", SPEECH))).containsExactly("b", "-", "-");
    }

    @Test
    void shouldFollowWhoTakesOverWithinASecond() {
        rounds(8, Map.of("a", SPEECH, "b", ROOM_NOISE));
        assertThat(rounds(4, Map.of("a", ROOM_NOISE, "b", SPEECH))).contains("b");
    }

    @Test
    void shouldKeepWhoSpeaksWhenAnotherCoughsLouder() {
        rounds(8, Map.of("a", SPEECH, "b", ROOM_NOISE));
        assertThat(round(Map.of("a", SPEECH, "b", 125))).isEqualTo("-");
        assertThat(rounds(8, Map.of("a", SPEECH, "b", ROOM_NOISE))).containsOnly("-");
        assertThat(leader()).isEqualTo("a");
    }

    @Test
    void shouldKeepWhoPausesWhenAnotherInterjects() {
        rounds(8, Map.of("a", SPEECH, "b", ROOM_NOISE));
        assertThat(round(Map.of("a", ROOM_NOISE, "b", SPEECH))).isEqualTo("-");
        assertThat(rounds(8, Map.of("a", SPEECH, "b", ROOM_NOISE))).containsOnly("-");
    }

    @Test
    void shouldKeepTheLastWhenItIsQuiet() {
        rounds(8, Map.of("a", SPEECH, "b", ROOM_NOISE));
        assertThat(rounds(40, Map.of("a", 0, "b", ROOM_NOISE))).containsOnly("-");
        assertThat(leader()).isEqualTo("a");
    }

    @Test
    void shouldNotTakeALoudFanForASpeaker() {
        rounds(160, Map.of("a", ROOM_NOISE, "fan", 85));
        rounds(8, Map.of("a", SPEECH, "fan", 85));
        assertThat(leader()).isEqualTo("a");
        assertThat(rounds(40, Map.of("a", ROOM_NOISE, "fan", 85))).containsOnly("-");
    }

    @Test
    void shouldForgetWhoLeftOrIsMuted() {
        rounds(8, Map.of("a", SPEECH, "b", ROOM_NOISE));
        assertThat(round(Map.of("b", ROOM_NOISE))).isEqualTo("-");
        assertThat(leader()).isEqualTo("nobody");
        assertThat(rounds(2, Map.of("b", SPEECH))).contains("b");
    }

    @Test
    void shouldNotSayItAgainOfAnotherTrackOfTheSamePerson() {
        byte[] loud = new byte[DominantSpeaker.SAMPLES];
        java.util.Arrays.fill(loud, (byte) SPEECH);
        byte[] quiet = new byte[DominantSpeaker.SAMPLES];
        speakers.hear("TR_1", "PA_a", "a", loud);
        speakers.hear("TR_2", "PA_a", "a", quiet);
        assertThat(speakers.poll()).isNotNull();
        speakers.hear("TR_1", "PA_a", "a", quiet);
        speakers.hear("TR_2", "PA_a", "a", loud);
        assertThat(speakers.poll()).isNull();
    }
}
