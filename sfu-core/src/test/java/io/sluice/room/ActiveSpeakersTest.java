package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ActiveSpeakersTest {
    private static final long ROUND_NANOS = 250_000_000;
    private static final int QUIET = 70;

    private final ActiveSpeakers speakers = new ActiveSpeakers();
    private long nowNanos = 1_000_000_000;

    /** One round, in which each is as loud as is said; what is told, or {@code -}. */
    private String round(Map<String, Integer> levels) {
        nowNanos += ROUND_NANOS;
        levels.forEach((who, level) -> speakers.hear("PA_" + who, who, level, nowNanos));
        List<Speaker> told = speakers.poll(nowNanos);
        return told == null ? "-" : String.join("", told.stream().map(Speaker::identity).toList());
    }

    static Stream<Arguments> voices() {
        return Stream.of(
                Arguments.of("who is loud enough begins", new int[] {40}, "a"),
                Arguments.of("who is not does not", new int[] {41, 45, 41}, "- - -"),
                Arguments.of("between the thresholds one goes on", new int[] {30, 50, 50}, "a - -"),
                Arguments.of(
                        "a pause between words ends nothing",
                        new int[] {30, QUIET, QUIET, QUIET, 45},
                        "a - - - -"),
                Arguments.of(
                        "a longer pause does",
                        new int[] {30, QUIET, QUIET, QUIET, QUIET, 45},
                        "a - - -  -"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("voices")
    void shouldTellOneVoice(String name, int[] levels, String told) {
        List<String> heard = new ArrayList<>();
        for (int level : levels) {
            heard.add(round(Map.of("a", level)));
        }
        assertThat(heard).as(name).containsExactly(told.split(" "));
    }

    @Test
    void shouldPutTheLoudestFirst() {
        assertThat(round(Map.of("a", 38, "b", 20, "c", 30))).isEqualTo("bca");
    }

    @Test
    void shouldKeepTheOrderUntilTheDifferenceIsClear() {
        assertThat(round(Map.of("a", 25, "b", 35))).isEqualTo("ab");
        assertThat(round(Map.of("a", 25, "b", 20))).isEqualTo("-");
        assertThat(round(Map.of("a", 30, "b", 25))).isEqualTo("-");
        assertThat(round(Map.of("a", 30, "b", 24))).isEqualTo("ba");
    }

    @Test
    void shouldTellTwiceASecondAtMostAndTheLastState() {
        assertThat(round(Map.of("a", 30))).isEqualTo("a");
        assertThat(round(Map.of("a", 30, "b", 20))).isEqualTo("-");
        assertThat(round(Map.of("a", 30, "b", 20))).isEqualTo("ba");
        assertThat(round(Map.of("a", 30, "b", 20, "c", 10))).isEqualTo("-");
        assertThat(round(Map.of("a", 30, "b", 20, "c", 10))).isEqualTo("cba");
        assertThat(round(Map.of("a", 30, "b", 20, "c", 10))).isEqualTo("-");
    }

    @Test
    void shouldDropWhoIsMutedOrGoneAtOnce() {
        assertThat(round(Map.of("a", 30, "b", 20))).isEqualTo("ba");
        round(Map.of("a", 30, "b", 20));
        assertThat(round(Map.of("a", 30))).isEqualTo("a");
        round(Map.of());
        assertThat(round(Map.of())).isEmpty();
        assertThat(speakers.told()).isEmpty();
    }

    @Test
    void shouldCountTheLoudestOfSeveralTracks() {
        nowNanos += ROUND_NANOS;
        speakers.hear("PA_a", "a", 35, nowNanos);
        speakers.hear("PA_a", "a", 22, nowNanos);
        speakers.hear("PA_a", "a", 90, nowNanos);
        assertThat(speakers.poll(nowNanos)).containsExactly(new Speaker("PA_a", "a", 22));
    }

    @Test
    void shouldNameNoMoreThanAListHolds() {
        nowNanos += ROUND_NANOS;
        for (int i = 0; i < 100; i++) {
            speakers.hear("PA_" + i, "i" + i, 20, nowNanos);
        }
        assertThat(speakers.poll(nowNanos)).hasSize(ActiveSpeakers.MAX_SPEAKERS);
    }
}
