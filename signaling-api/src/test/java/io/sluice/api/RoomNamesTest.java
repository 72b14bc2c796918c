package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RoomNamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "daily standup", "Käse/Brot", "会議室", "😀", "...", "%41"})
    void shouldTakeAnyPrintableText(String name) {
        assertThat(RoomNames.problem(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a\nb", "\u0000", "\uFFFD", "\uD800", "\u0085", "a\u2028b", "a\u2029b"})
    void shouldRefuseWhatCannotBePrinted(String name) {
        assertThat(RoomNames.problem(name)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void shouldRefuseWhatNoAddressCanHold(String name) {
        assertThat(RoomNames.problem(name)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "😀"})
    void shouldCountCharactersNotBytes(String character) {
        assertThat(RoomNames.problem(character.repeat(RoomNames.MAX_CHARS))).isEmpty();
        assertThat(RoomNames.problem(character.repeat(RoomNames.MAX_CHARS + 1))).isPresent();
    }
}
